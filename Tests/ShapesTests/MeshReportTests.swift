import BSBBasics
import Foundation
import Testing

@testable import BSBShapes

@Suite struct MeshReportTests {
    @Test func aCleanBox() {
        let report = MeshReport(box())
        #expect(report.warnings.isEmpty, "\(report.warnings)")
        #expect(report.components == 1 && abs(report.area - 24) < 1e-9 && report.fileFaces == 6 && report.triangles == 12)
        #expect(report.lowerBound == SIMD3(-1, -1, -1) && report.upperBound == SIMD3(1, 1, 1))
    }

    @Test func insideOutPartsAreFoundWhereverTheyAre() {
        var mesh = box(SIMD3(99, 99, 99), SIMD3(100, 100, 100))
        mesh.faces = mesh.faces.map { SIMD3($0.x, $0.z, $0.y) }
        let good = box()
        let offset = UInt32(mesh.vertices.count)
        let both = Mesh(vertices: mesh.vertices + good.vertices, faces: mesh.faces + good.faces.map { $0 &+ SIMD3(repeating: offset) })
        let report = MeshReport(both)
        #expect(report.invertedComponents == 1 && report.components == 2 && report.inconsistentEdges == 0)
        #expect(abs(report.invertedFraction - 0.2) < 1e-9)
        #expect(report.warnings.count == 2)
    }

    @Test func aTurnedTriangleHasThreeInconsistentEdges() {
        var mesh = box()
        mesh.faces[0] = SIMD3(mesh.faces[0].x, mesh.faces[0].z, mesh.faces[0].y)
        let report = MeshReport(mesh)
        #expect(report.inconsistentEdges == 3 && report.invertedComponents == 0)
    }

    @Test func everythingOddIsCounted() {
        var mesh = box()
        mesh.faces += [mesh.faces[0], SIMD3(0, 1, 7)]
        mesh.fileFace += [6, 7]
        mesh.fileFaceCount = 9
        mesh.vertices += [SIMD3(5, 5, 5), SIMD3(5, 5, 5)]
        mesh.remarks = ["a remark"]
        let report = MeshReport(mesh)
        #expect(report.unreferencedVertices == 2 && report.duplicateVertices == 1)
        #expect(report.duplicateFaces == 1 && report.degenerateFaces == 1)
        // The repeated triangle's three edges; the extra one shares edge 0-1, and its other two edges are new.
        #expect(report.nonManifoldEdges == MeshReportTests.edges(of: mesh) { $0 > 2 })
        #expect(report.boundaryEdges == MeshReportTests.edges(of: mesh) { $0 == 1 })
        #expect(report.warnings.last == "a remark" && report.warnings.contains("2 vertices are used by no triangle"))
    }

    static func edges(of mesh: Mesh, _ matches: (Int) -> Bool) -> Int {
        var counts: [Set<UInt32>: Int] = [:]
        for face in mesh.faces { for side in 0..<3 { counts[[face[side], face[(side + 1) % 3]], default: 0] += 1 } }
        return counts.values.count(where: matches)
    }

    @Test func openSheetAndThousandsOfParts() {
        let sheet = Mesh(vertices: [SIMD3(0, 0, 0), SIMD3(1, 0, 0), SIMD3(0, 1, 0)], faces: [SIMD3(0, 1, 2)])
        #expect(MeshReport(sheet).boundaryEdges == 3)
        let triangle = [SIMD3<Float>(0, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)]
        let vertices = (0..<2000).flatMap { part in triangle.map { $0 + SIMD3(Float(part), 0, 0) } }
        let faces = (0..<UInt32(2000)).map { SIMD3<UInt32>(3 * $0, 3 * $0 + 1, 3 * $0 + 2) }
        let many = Mesh(vertices: vertices, faces: faces)
        #expect(MeshReport(many).components == 2000)
    }

    @Test func goesThroughJSON() throws {
        let report = MeshReport(soup(4))
        #expect(try JSONDecoder().decode(MeshReport.self, from: JSONEncoder().encode(report)) == report)
    }
}
