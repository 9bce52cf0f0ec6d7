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
        let faces = [SIMD3<UInt32>](repeating: [0, 1, 2], count: 50) + [[0, 1, 3]]
        let mesh = try OpenMesh(Mesh(vertices: vertices, faces: faces), name: "repeats")
        let view = mesh.scene.surfaces(from: .init(azimuth: 0.3, elevation: 0.4), size: .init(64))
        #expect(Set(view.faceIDs).isSubset(of: [-1, 0, 50]) && view.faceIDs.contains(0))
        #expect(mesh.report.duplicateFaces == 49)
    }
}
