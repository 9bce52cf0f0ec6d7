import BSBBasics
import BSBCEmbree
import BSBShapes

/// A mesh prepared for ray casting: what lies along a ray, what a camera sees.
///
/// Edges and corners shared by triangles are watertight. Queries may run on any number of threads at once.
package final class RayScene: Sendable {
    /// The mesh that rays are cast at.
    package let mesh: Mesh
    /// #F unit normals by the triangles' winding; zero for triangles without area.
    package let faceNormals: [SIMD3<Float>]
    /// The corners of the box around all triangles; lower > upper where there are none.
    let bounds: (lower: SIMD3<Float>, upper: SIMD3<Float>)
    let accelerator: Accelerator
    /// Normals for shading by their crease angle, for all that paint the scene.
    private let smoothNormals = Guarded<[Float: CornerNormals]>([:])

    /// Builds the search tree over the triangles.
    ///
    /// A mesh without triangles is a scene without hits; triangles with a corner that is not
    /// finite are never hit.
    ///
    /// - Parameter repeats: triangles that lie on others and are never hit, since each ray would meet all of them.
    /// - Throws: `Failure` where a triangle names a vertex that does not exist, or memory runs out.
    /// - Complexity: O(#F log #F) time, about 200 bytes for each triangle.
    package init(mesh: Mesh, leavingOut repeats: [UInt32] = []) throws {
        try Self.check(mesh)
        self.mesh = mesh
        faceNormals = mesh.faces.map { face in
            let corners = mesh.corners(of: face)
            return cross(corners.1.double - corners.0.double, corners.2.double - corners.0.double).normalized().map { SIMD3<Float>($0) }
                ?? .zero
        }
        bounds = Self.bounds(of: mesh)
        accelerator = try Accelerator(mesh: mesh, leavingOut: repeats)
    }

    /// The smooth normals of the mesh, made when they are first asked for.
    ///
    /// - Complexity: as ``CornerNormals/init(_:fans:creaseAngle:)``, once.
    func cornerNormals(creaseAngle: Float) -> CornerNormals {
        smoothNormals.withLock { known in
            if let normals = known[creaseAngle] { return normals }
            let normals = CornerNormals(mesh, creaseAngle: creaseAngle)
            known[creaseAngle] = normals
            return normals
        }
    }

    private static func check(_ mesh: Mesh) throws {
        let operation = "preparing the mesh for ray casting"
        guard mesh.faces.count < Int(Int32.max), mesh.vertices.count < Int(Int32.max) else {
            throw Failure(.badInput, operation, reason: "it has more than 2^31 - 1 faces or vertices")
        }
        let count = UInt32(mesh.vertices.count)
        if let bad = mesh.faces.firstIndex(where: { $0.max() >= count }) {
            throw Failure(.badInput, operation, reason: "face \(bad) names vertex \(mesh.faces[bad].max()) of \(count)")
        }
    }

    private static func bounds(of mesh: Mesh) -> (lower: SIMD3<Float>, upper: SIMD3<Float>) {
        var lower = SIMD3<Float>(repeating: .infinity)
        var upper = -lower
        for face in mesh.faces {
            let (a, b, c) = mesh.corners(of: face)
            guard (a + b + c).sum().isFinite else { continue }
            lower = pointwiseMin(lower, pointwiseMin(a, pointwiseMin(b, c)))
            upper = pointwiseMax(upper, pointwiseMax(a, pointwiseMax(b, c)))
        }
        return (lower, upper)
    }
}

extension Mesh {
    /// The positions of a triangle's corners.
    @inline(__always)
    func corners(of face: SIMD3<UInt32>) -> (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>) {
        (vertices[Int(face.x)], vertices[Int(face.y)], vertices[Int(face.z)])
    }
}
