import BSBBasics
import BSBRendering
import BSBWorkbench

/// A place on a mesh, named in one of several ways.
package enum SurfaceTarget: Sendable, Hashable {
    /// A vertex of the file.
    case vertex(Int)
    /// The vertex nearest to a point in the file's units.
    case point(SIMD3<Double>)
    /// What a pixel of a view shows, in the frame of `bsb render`: angles in degrees, square pictures of `size` pixels.
    case pixel(SIMD2<Float>, azimuth: Float, elevation: Float, size: Int)
}

extension SurfaceTarget {
    /// The vertex that is meant.
    ///
    /// - Throws: `Failure` if there is no such vertex, the point is not finite, or the pixel shows nothing.
    /// - Complexity: O(#V).
    package func vertex(of mesh: OpenMesh) throws -> Int {
        let operation = "finding the click on the mesh"
        switch self {
        case .vertex(let vertex):
            guard mesh.mesh.vertices.indices.contains(vertex) else {
                throw Failure(
                    .usage, operation, reason: "there is no vertex \(vertex)",
                    hint: "the mesh has vertices 0 to \(mesh.mesh.vertices.count - 1)")
            }
            return vertex
        case .point(let point):
            guard point.sum().isFinite else { throw Failure(.usage, operation, reason: "the point is not finite") }
            return Self.nearest(to: point, of: mesh)
        case .pixel(let pixel, let azimuth, let elevation, let size):
            guard size > 0, size <= 100_000, (pixel.sum() + azimuth + elevation).isFinite else {
                throw Failure(.usage, operation, reason: "the view or the pixel makes no sense")
            }
            let camera = Camera(azimuth: azimuth * .pi / 180, elevation: elevation * .pi / 180).turned(mesh.up)
            guard let hit = mesh.scene.nearestHits([camera.ray(through: pixel, size: RasterSize(size))])[0] else {
                throw Failure(
                    .usage, operation, reason: "the view shows nothing at pixel \(pixel.x), \(pixel.y)",
                    hint: "'bsb render --azimuth \(azimuth) --elevation \(elevation) --size \(size)' makes the picture that is meant")
            }
            let face = mesh.scene.mesh.faces[Int(hit.face)]
            let (u, v) = (hit.barycentrics.x, hit.barycentrics.y)
            let first = 1 - u - v
            return Int(first >= u && first >= v ? face.x : u >= v ? face.y : face.z)
        }
    }

    /// The nearest vertex that a face uses, the lowest of ties.
    private static func nearest(to point: SIMD3<Double>, of mesh: OpenMesh) -> Int {
        let point = mesh.mesh.relative(point)
        var best = (vertex: 0, distance: Double.infinity)
        for (vertex, position) in mesh.mesh.vertices.enumerated() where mesh.referenced[vertex] {
            let offset = SIMD3<Double>(position) - point
            let distance = (offset * offset).sum()
            if distance < best.distance { best = (vertex, distance) }
        }
        return best.vertex
    }
}

/// A click somewhere on a mesh.
package struct TargetedClick: Sendable, Hashable {
    /// Where.
    package var target: SurfaceTarget
    /// Whether on what is wanted, or on what is not.
    package var isForeground: Bool

    /// A click at `target`.
    package init(_ target: SurfaceTarget, isForeground: Bool = true) {
        self.target = target
        self.isForeground = isForeground
    }
}
