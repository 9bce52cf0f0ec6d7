import BSBBasics
import Foundation
import Testing

@testable import BSBShapes

func mesh(_ text: String, _ format: MeshFormat) throws -> Mesh {
    try Mesh(data: Data(text.utf8), format: format, path: "given.\(format.rawValue)")
}

func failureText(_ body: () throws -> some Any) -> String? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? Failure)?.description ?? "not a Failure: \(error)"
    }
}

@Suite struct OBJReaderTests {
    private let square = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n"

    @Test func keepsTheFilesOrderAndFaces() throws {
        let read = try mesh(square + "f 1 2 3 4\nf 1 2\nf 4/1 3//2 2/3/4\n", .obj)
        #expect(read.vertices == [SIMD3(0, 0, 0), SIMD3(1, 0, 0), SIMD3(1, 1, 0), SIMD3(0, 1, 0)])
        #expect(read.faces == [SIMD3(0, 1, 2), SIMD3(0, 2, 3), SIMD3(3, 2, 1)])
        #expect(read.fileFace == [0, 0, 2])
        #expect(read.fileFaceCount == 3)
        #expect(read.remarks.count == 1)
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func anyLineEnd(_ end: String) throws {
        let text = (square + "# a comment\n\tf  1\t2 \\\n 3 # the face").replacingOccurrences(of: "\n", with: end)
        #expect(try mesh(text, .obj).faces == [SIMD3(0, 1, 2)])
    }

    @Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian]) func byteOrderMarks(_ encoding: String.Encoding) throws {
        let text = square + "f 1 2 3\n"
        #expect(try mesh("\u{FEFF}" + text, .obj).vertices.count == 4)
        let wide = try #require(("\u{FEFF}" + text).data(using: encoding))
        #expect(try Mesh(data: wide, format: .obj).vertices.count == 4)
    }

    @Test func missingMaterialsAreTold() throws {
        let read = try mesh("mtllib no such file.mtl\n" + square + "usemtl none\nf 1 2 3\n", .obj)
        #expect(read.faces.count == 1 && read.remarks.count == 1 && read.remarks[0].contains("no such file.mtl"))
    }

    @Test func negativeAndForwardIndices() throws {
        #expect(try mesh(square + "f -4 -3 -2\nv 5 5 5\nf -1 1 2", .obj).faces == [SIMD3(0, 1, 2), SIMD3(4, 0, 1)])
        #expect(try mesh("f 1 2 3\n" + square, .obj).faces == [SIMD3(0, 1, 2)])
    }

    @Test func colorsOnSomeVertices() throws {
        let read = try mesh("v 0 0 0\nv 1 0 0 255 0 51\nv 0 1 0 1\nf 1 2 3", .obj)
        #expect(read.vertexColors == [SIMD3(1, 1, 1), SIMD3(1, 0, 0.2), SIMD3(1, 1, 1)])
        #expect(try mesh("v 0 0 0 1 0 0 1\nv 1 0 0 0 1 0\nv 0 1 0 0 0 .5\nf 1 2 3", .obj).vertexColors?[2] == SIMD3(0, 0, 0.5))
        #expect(try mesh(square + "f 1 2 3", .obj).vertexColors == nil)
    }

    @Test func groupsAreSetsOfFileFaces() throws {
        let read = try mesh(square + "f 1 2 3\no chair\ng leg left\nf 1 2 3\nf 1 3 4\ng leg\nf 1 2 4\no\ng\nf 2 3 4\n", .obj)
        #expect(read.groups.map(\.name) == ["chair", "leg", "left"])
        #expect(read.groups.map(\.fileFaces) == [[1, 2, 3], [1, 2, 3], [1, 2]])
    }

    @Test(arguments: [
        ("f 0 1 2", "line 5"), ("f 1 2 5", "line 5"), ("f 1 2 -5", "line 5"), ("f 1 a 2", "line 5"), ("v 1 2", "line 5"),
        ("v 0,5 1 2", "comma"), ("v x 1 2", "line 5"), ("f 99999999999999999999999 1 2", "line 5"), ("", "no faces"),
        ("f 1 1 2", "none of"),
        ("v nan 0 0\nf 1 2 5", "not finite"), ("v 0 -inf 0\nf 1 2 5", "not finite"), ("v 0 1e400 0\nf 1 2 5", "line 6"),
    ])
    func saysWhereAndWhat(_ line: String, _ expected: String) {
        let text = failureText { try mesh(square + line, .obj) }
        #expect(text?.contains(expected) == true, "\(text ?? "no failure")")
        #expect(text?.contains("given.obj") == true)
    }

    @Test func strayVerticesThatAreNotFiniteMoveToTheOrigin() throws {
        let read = try mesh(square + "v nan 1 2\nv 1e39 0 -1.#INF\nf 1 2 3", .obj)
        #expect(read.vertices[4...].allSatisfy { $0 == .zero } && read.vertices.count == 6)
        #expect(read.remarks.count == 1)
    }

    @Test func numbersAreThoseOfTheStandardLibrary() throws {
        var generator = SeededGenerator(seed: 3)
        var texts = ["1", "-0", "+.5", "5.", "1e5", "1E-5", "123456789012345678901234567890", "0.1", "3.4028235e38", "1e-46", "4.9e-324"]
        // Exactly half way between two values of Float, and just beside it.
        texts += ["1.00000005960464477", "1.00000005960464478", "16777217", "16777217.0000000001", "0.300000026822090149"]
        for _ in 0..<500 {
            let value = Double(Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())))
            if value.isFinite { texts += ["\(value)", "\(value / 3)"] }
            texts.append("\(generator.uniform(-9, 9))")
        }
        for text in texts {
            let value = try TextScanner.scan(Data(text.utf8)) { scanner in scanner.number(0..<text.utf8.count) }
            let trimmed = text.hasSuffix(".") ? text + "0" : text
            #expect(value.map(Float.init) == Double(trimmed).map(Float.init), "\(text)")
        }
        for text in ["", "-", "e5", "1e", "1 2", "0x10", "1.2.3", "--1", "1e5.5"] {
            #expect(try TextScanner.scan(Data((text + " ").utf8)) { scanner in scanner.number(0..<text.utf8.count) } == nil, "\(text)")
        }
    }
}
