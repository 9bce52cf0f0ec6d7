import BSBBasics
import Foundation
import Testing

@testable import BSBShapes

@Suite struct STLReaderTests {
    private func binary(_ name: String = "solid but binary", declared: UInt32 = 2) -> Data {
        var file = ByteWriter()
        file.put(name.padding(toLength: 80, withPad: " ", startingAt: 0))
        file.put(declared)
        for facet in 0..<2 {
            file.put(0, 0, 1)
            file.put(0, 0, Float(facet), 1, 0, 0, 0, 1, 0)
            file.put(UInt16(0))
        }
        return file.data
    }

    @Test func binaryThatBeginsWithSolid() throws {
        let read = try Mesh(data: binary(), format: .stl)
        #expect(read.vertices.count == 6 && read.faces == [SIMD3(0, 1, 2), SIMD3(3, 4, 5)] && read.vertices[3] == SIMD3(0, 0, 1))
        #expect(MeshFormat(sniffing: binary("x"), path: nil) == .stl)
    }

    @Test func binaryWithTrailingBytes() throws {
        #expect(try Mesh(data: binary("x") + [1, 2, 3], format: .stl).faces.count == 2)
        #expect(try Mesh(data: binary("x", declared: 1), format: .stl).remarks.count == 1)
    }

    @Test func ascii() throws {
        let text = "solid a part\n facet normal 0 0 1\n outer loop\nVERTEX 0 0 0\nvertex 1 0 0\nvertex 0 1e0 0\nendloop\nendfacet\nendsolid"
        #expect(try mesh(text, .stl).faces == [SIMD3(0, 1, 2)])
        #expect(failureText { try mesh(text.replacingOccurrences(of: "1e0 0", with: "1e0"), .stl) }?.contains("line 6") == true)
        #expect(
            failureText { try mesh(text.replacingOccurrences(of: "vertex 0 1e0 0", with: ""), .stl) }?.contains("three different") == true)
        #expect(failureText { try mesh(String(text.prefix(60)), .stl) }?.contains("within a facet") == true)
        #expect(failureText { try mesh("solid nothing\nendsolid", .stl) }?.contains("no vertices") == true)
    }

    @Test func damage() {
        #expect(failureText { try Mesh(data: binary("x", declared: 3), format: .stl) }?.contains("declares 3 triangles") == true)
        #expect(failureText { try Mesh(data: binary("x", declared: .max), format: .stl) }?.contains("declares") == true)
        #expect(failureText { try Mesh(data: binary("x", declared: 0).prefix(84), format: .stl) }?.contains("no vertices") == true)
        #expect(failureText { try Mesh(data: binary("x").prefix(50), format: .stl) }?.contains("header") == true)
    }
}
