import BSBBasics
import BSBRendering
import BSBShapes
import TestSupport
import Testing

@testable import BSBWorkbench

@Suite struct OpenLargeMeshTests {
    @Test func aLargeMeshIsWorkedOnInClusters() throws {
        let mesh = sphereMesh(40)
        let small = try OpenMesh(mesh, name: "small")
        let large = try OpenMesh(mesh, name: "large", clusterLimit: 700)
        #expect(small.clusters == nil && small.fit == small.look && small.fitted.vertices.count == mesh.vertices.count)
        let clusters = try #require(large.clusters)
        #expect(clusters.count <= 700 && large.fitted.vertices.count == clusters.count)
        #expect(large.fitted.faces.count == mesh.faces.count && large.scene.mesh.faces == mesh.faces)
        #expect(large.look == small.look && large.fit != large.look)
    }

    @Test func trianglesThatLieOnOthersAreHitOnce() throws {
        let vertices: [SIMD3<Float>] = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
        let faces = [SIMD3<UInt32>](repeating: [0, 1, 2], count: 20_000) + [[0, 1, 3]]
        let mesh = try OpenMesh(Mesh(vertices: vertices, faces: faces), name: "repeats")
        let view = mesh.scene.surfaces(from: .init(azimuth: 0.3, elevation: 0.4), size: .init(64))
        #expect(Set(view.faceIDs).isSubset(of: [-1, 0, 20_000]) && view.faceIDs.contains(0))
        #expect(mesh.report.duplicateFaces == 19_999)
    }

    /// 25,000 random triangles across a cube: what a file whose faces name wrong vertices looks like.
    @Test func trianglesThatFillSpaceAreRefused() throws {
        var generator = SeededGenerator(seed: 3)
        let vertices = (0..<25_000).map { _ in SIMD3<Float>(generator.uniform(), generator.uniform(), generator.uniform()) }
        let faces = (0..<25_000).map { _ in
            SIMD3<UInt32>(UInt32(generator.uniform() * 24_999), UInt32(generator.uniform() * 24_999), UInt32(generator.uniform() * 24_999))
        }
        let mesh = Mesh(vertices: vertices, faces: faces)
        #expect(MeshReport(sphereMesh(40)).layers < 3)
        #expect(MeshReport(mesh).layers > 1000)
        #expect(MeshReport(mesh).warnings.first?.contains("they fill space") == true)
        let failure = #expect(throws: Failure.self) { try OpenMesh(mesh, name: "loose.obj") }
        #expect(failure?.kind == .badInput && failure?.path == "loose.obj" && "\(failure!)".contains("fill space"))
    }
}
