import BSBBasics
import Foundation
import Testing

@testable import BSBShapes

@Suite struct MeshWriterTests {
    private var colored: Mesh {
        var mesh = box(SIMD3(0.1, -2.7, 3), SIMD3(1.3, 1e-20, 1e7))
        mesh.vertexColors = (0..<8).map { SIMD3(Float($0) * 17 / 255, 1, 0) }
        mesh.vertices.append(SIMD3(7, 7, 7))
        mesh.vertexColors?.append(SIMD3(0, 0, 1))
        return mesh
    }

    private var labelled: MeshAttributes {
        MeshAttributes(
            vertexValues: (name: "probability", values: (0..<9).map { Float($0) / 9 }), partOfFileFace: [0, 1, 0, 1, -1, 1],
            partNames: ["the seat", "leg"])
    }

    private func expectSame(_ written: Mesh, _ mesh: Mesh, colorTolerance: Float) {
        #expect(written.vertices == mesh.vertices && written.faces == mesh.faces && written.remarks.isEmpty)
        for (a, b) in zip(written.vertexColors ?? [], mesh.vertexColors ?? []) { #expect(length(a - b) <= colorTolerance) }
        #expect(written.vertexColors?.count == mesh.vertexColors?.count)
    }

    @Test(arguments: [false, true]) func ply(_ ascii: Bool) throws {
        for attributes in [MeshAttributes(), labelled] {
            let data = try colored.plyData(attributes: attributes, ascii: ascii)
            #expect(MeshFormat(sniffing: data, path: nil) == .ply)
            expectSame(try Mesh(data: data, format: .ply), colored, colorTolerance: 1e-6)
        }
        let text = String(decoding: try colored.plyData(attributes: labelled, ascii: true), as: UTF8.self)
        #expect(text.contains("comment part 0 the_seat\n") && text.contains("property float probability") && text.contains("3 0 3 1 0 0\n"))
    }

    @Test func obj() throws {
        let read = try Mesh(data: colored.objData(attributes: labelled), format: .obj)
        expectSame(read, colored, colorTolerance: 0)
        #expect(read.groups.map(\.name) == ["the_seat", "leg", "rest"])
        #expect(read.groups[0].fileFaces == [0, 1, 4, 5])
        let plain = try colored.objData()
        #expect(MeshFormat(sniffing: plain, path: nil) == .obj)
    }

    @Test func glb() throws {
        let whole = try colored.glbData()
        #expect(whole.count % 4 == 0)
        expectSame(try Mesh(data: whole, format: .glb), colored, colorTolerance: 1e-5)
        let parts = try Mesh(data: colored.glbData(attributes: labelled), format: .glb)
        #expect(parts.groups.map(\.name) == ["the seat", "leg", "rest"] && parts.faces.count == 12)
        #expect(parts.vertices == colored.vertices)
    }

    @Test func attributesThatDoNotFitAreRefused() {
        let wrong = [
            MeshAttributes(vertexColors: []), MeshAttributes(vertexValues: (name: "a", values: [1])), MeshAttributes(partOfFileFace: [0]),
        ]
        for attributes in wrong { #expect(failureText { try colored.plyData(attributes: attributes) }?.contains("attributes") == true) }
        #expect(failureText { try Mesh(vertices: [], faces: []).glbData() } != nil)
        #expect(failureText { try Mesh(vertices: [], faces: [SIMD3(0, 1, 2)]).objData() } != nil)
    }

    @Test func sameBytesEveryTime() throws {
        #expect(try colored.glbData(attributes: labelled) == colored.glbData(attributes: labelled))
    }

    @Test func sRGBGoesThereAndBack() {
        for level in 0...255 {
            let color = SIMD3<Float>(repeating: Float(level) / 255)
            #expect(length(SRGB.encode(SRGB.decode(color)) - color) < 1e-5)
        }
        #expect(abs(SRGB.decode(SIMD3(0.5, 0, 1)).x - 0.21404) < 1e-5)
    }
}
