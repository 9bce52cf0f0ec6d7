import BSBShapes
import TestSupport
import Testing

@testable import BSBInteractiveSegmentation

@Suite struct SurfaceModelTests {
    /// A ball, a small one that is within one cluster, and one whose triangles come first: the faces that are left out say nothing.
    @Test func facesWithinAClusterSayNothing() throws {
        var (early, tiny) = (sphereMesh(12), sphereMesh(2))
        early.vertices = early.vertices.map { $0 * 0.3 + [3, 0, 0] }
        tiny.vertices = tiny.vertices.map { $0 * 0.001 - [3, 0, 0] }
        let mesh = merged([early, sphereMesh(30), tiny])
        let clusters = try #require(VertexClusters(mesh, adjacency: Adjacency(mesh), limit: 400))
        let coarse = clusters.mesh(mesh)
        let whole = Adjacency(coarse)
        let kept = try SurfaceModel(mesh, clusters: clusters, coarse: coarse).adjacency
        #expect(2 * kept.triangles.count < whole.triangles.count)
        #expect(kept.edges == whole.edges && kept.positions == whole.positions && kept.weld == whole.weld)
        #expect(kept.vertexComponents() == whole.vertexComponents())
        // The components of faces have the same numbers at the same points.
        func numbers(_ adjacency: Adjacency) -> [UInt32] {
            let faces = adjacency.faceComponents()
            var numbers = [UInt32](repeating: .max, count: adjacency.weld.count)
            for (face, corners) in adjacency.triangles.enumerated() {
                for corner in 0..<3 { numbers[Int(corners[corner])] = faces.ofFace[face] }
            }
            return numbers
        }
        #expect(numbers(kept) == numbers(whole) && !numbers(kept).contains(.max))
        #expect(kept.faceComponents().count == whole.faceComponents().count)
    }
}
