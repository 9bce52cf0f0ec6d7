import BSBBasics
import BSBRendering
import BSBShapes

/// A mesh ready to be photographed: search tree, smooth normals, and where its textures stick.
package struct PhotoSubject: Sendable {
    /// The triangles with their search tree; picture coordinates refer to its faces.
    package let scene: RayScene
    /// #V positions that textures are looked up at, so that they move along when the mesh is deformed.
    package let texturePositions: [SIMD3<Float>]
    let cornerNormals: [SIMD3<Float>]

    /// The mesh.
    package var mesh: Mesh { scene.mesh }

    /// Prepares a mesh.
    ///
    /// - Parameters:
    ///   - mesh: #V vertices at about unit size and #F faces.
    ///   - texturePositions: #V positions for textures; the vertices themselves by default.
    ///   - fans: the mesh's connectivity if known already.
    ///   - creaseDegrees: edges bent more than this stay sharp.
    /// - Throws: `Failure` where a face names a vertex that is not there, or a position is missing.
    package init(
        mesh: Mesh, texturePositions: [SIMD3<Float>]? = nil, fans: CornerFans? = nil, creaseDegrees: Float = 42
    ) throws {
        scene = try RayScene(mesh: mesh)
        self.texturePositions = texturePositions ?? mesh.vertices
        guard self.texturePositions.count == mesh.vertices.count else {
            throw Failure(.usage, "preparing a mesh for photographs", reason: "there must be one texture position for each vertex")
        }
        cornerNormals = CornerNormals(mesh, fans: fans, creaseAngle: creaseDegrees * .pi / 180).values
    }

    /// A weighted mean of the three corners' values.
    @inline(__always)
    func interpolate(_ values: UnsafeBufferPointer<SIMD3<Float>>, face: Int, at weights: SIMD2<Float>) -> SIMD3<Float> {
        let corners = scene.mesh.faces[face]
        let first = values[Int(corners.x)] * (1 - weights.x - weights.y)
        return first + values[Int(corners.y)] * weights.x + values[Int(corners.z)] * weights.y
    }
}

/// A subject somewhere in a picture: turned, scaled and moved.
package struct PlacedSubject: Sendable {
    /// What stands there.
    package var subject: PhotoSubject
    /// What it is made of.
    package var finish: Finish
    /// Its size in units of its own.
    package var scale: Float
    /// Where its own origin is.
    package var translation: SIMD3<Float>
    var rotation: Rotation

    /// A subject as it is, scaled, then moved.
    package init(_ subject: PhotoSubject, finish: Finish, scale: Float = 1, translation: SIMD3<Float> = .zero) {
        self.subject = subject
        self.finish = finish
        self.scale = scale
        self.translation = translation
        rotation = .identity
    }

    /// Turns the subject so that its own direction `ownUp` points along `up`, and by `angle` radians around it.
    package mutating func stand(ownUp: SIMD3<Float>, along up: SIMD3<Float>, turnedBy angle: Float) {
        rotation = Rotation(up: up, angle: angle).after(Rotation(up: ownUp, angle: 0).inverted)
    }

    /// The least of the vertices' coordinates along the unit direction `up`.
    package func lowest(along up: SIMD3<Float>) -> Float {
        let local = rotation.inverse(up)
        let lowest = subject.mesh.vertices.reduce(Float.infinity) { Float.minimum($0, dot($1, local)) }
        return (lowest.isFinite ? lowest : 0) * scale + dot(translation, up)
    }

    /// The ray in the subject's own space; distances along it stay the same.
    @inline(__always)
    func local(_ ray: Ray) -> Ray {
        var ray = ray
        ray.origin = rotation.inverse(ray.origin - translation) / scale
        ray.direction = rotation.inverse(ray.direction) / scale
        return ray
    }
}
