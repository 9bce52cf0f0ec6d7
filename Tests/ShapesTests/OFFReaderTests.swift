import BSBBasics
import Foundation
import Testing

@testable import BSBShapes

@Suite struct OFFReaderTests {
    private let triangle = "0 0 0\n1 0 0\n0 1 0\n"

    @Test(arguments: [
        "OFF\n3 1 0\n", "OFF 3 1 3\n", "OFF3 1 0\n", "3 1 0\n", "# first\n\nOFF # kind\n# more\n3 # vertices\n1\n", "OFF\r3 1\r",
    ])
    func headers(_ header: String) throws {
        let read = try mesh(header + triangle + "3 0 1 2 0.5 0.5 0.5\n", .off)
        #expect(read.faces == [SIMD3(0, 1, 2)])
        #expect(read.vertices[2] == SIMD3(0, 1, 0))
    }

    @Test func variants() throws {
        let colored = try mesh("COFF\n3 1 0\n0 0 0 255 0 0 255\n1 0 0 0 255 0\n0 1 0 0 0 255 255\n3 0 1 2", .off)
        #expect(colored.vertexColors == [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)])
        let normals = try mesh("NOFF\n3 1 0\n0 0 0 0 0 1\n1 0 0 0 0 1\n0 1 0 0 0 1\n3 0 1 2", .off)
        #expect(normals.vertices[1] == SIMD3(1, 0, 0) && normals.vertexColors == nil)
        let all = try mesh("STCNOFF\n3 1 0\n0 0 0 0 0 1 1 0 0 1 .5 .5\n1 0 0 0 0 1 0 1 0 1 0 0\n0 1 0 0 0 1 0 0 1 1 1 1\n3 0 1 2", .off)
        #expect(all.vertexColors?[1] == SIMD3(0, 1, 0) && all.vertices[2] == SIMD3(0, 1, 0))
    }

    @Test func facesOfAnySize() throws {
        let read = try mesh("OFF\n5 4 0\n0 0 0 1 0 0 1 1 0\n0 1 0\n.5 2 0\n5 0 1 2\n4 3\n2 0 1\n0\n3 0 1 2\n", .off)
        #expect(read.fileFaceCount == 4)
        #expect(read.fileFace == [0, 0, 0, 3])
    }

    @Test(arguments: [
        ("OFF\n4 1 0\n", "face 0"), ("OFF\n3 2 0\n", "face 1"), ("OFF\n-3 1 0\n", "line 2"), ("OFF\n3 -1 0\n", "line 2"),
        ("OFF\n99999999999 1 0\n", "line 2"), ("OFF\n999999999999999999999999 1 0\n", "line 2"), ("OFF BINARY\n3 1 0\n", "binary"),
        ("4OFF\n3 1 0\n", "header"), ("OFF\n60000000 1 0\n", "ends within vertex 4"), ("HOFF", "header"), ("OFF", "counts"),
        ("OFF 3", "faces"),
        ("#", "comments"),
    ])
    func badHeaders(_ header: String, _ expected: String) {
        let text = failureText { try mesh(header + (header.contains("\n") ? triangle + "3 0 1 2\n" : ""), .off) }
        #expect(text?.contains(expected) == true, "\(text ?? "no failure")")
    }

    @Test(arguments: [
        ("3 0 1 3", "line 6"), ("-3 0 1 2", "line 6"), ("3 0 1 -1", "line 6"), ("9999999999 0 1 2", "ends"), ("3 0 1 x", "line 6"),
    ])
    func badFaces(_ face: String, _ expected: String) {
        let text = failureText { try mesh("OFF\n3 1 0\n" + triangle + face, .off) }
        #expect(text?.contains(expected) == true, "\(text ?? "no failure")")
    }
}
