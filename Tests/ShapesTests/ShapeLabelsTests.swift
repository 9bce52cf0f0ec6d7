import BSBBasics
import Foundation
import TestSupport
import Testing

@testable import BSBShapes

@Suite struct ShapeLabelsTests {
    private func labels(_ text: String, faces: Int = 6) throws -> ShapeLabels {
        let path = temporaryPath()
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try ShapeLabels(contentsOf: path, fileFaceCount: faces)
    }

    @Test func namesAndFacesAlternate() throws {
        let read = try labels("upper lid\n1 2 \r\n\nbase\n3 5 6\nupper lid\n6 4")
        #expect(read.names == ["upper lid", "base"] && read.perFace == [0, 0, 1, 0, 1, 1])
        #expect(try labels("empty\n").perFace == [-1, -1, -1, -1, -1, -1])
        #expect(try JSONDecoder().decode(ShapeLabels.self, from: read.jsonData()) == read)
    }

    @Test func verticesTakeTheLargerPart() throws {
        // Box faces: low z, high z, low y, high y, low x, high x.
        let mesh = box()
        #expect(try labels("bottom\n1\nrest\n2 3 4 5 6").perVertex(of: mesh) == [1, 1, 1, 0, 1, 1, 1, 1])  // vertex 3 is tied
        let some = try labels("bottom\n1\n").perVertex(of: mesh)
        #expect(some == [0, 0, 0, 0, -1, -1, -1, -1])
        #expect(failureText { try labels("a\n1", faces: 3).perVertex(of: mesh) }?.contains("3 labels for 6") == true)
    }

    @Test(arguments: [
        ("a\n7", "line 2"), ("a\n0", "line 2"), ("a\nb c\nd", "'b'"), ("", "no labels"), ("\n\n", "no labels"), ("a\n-1", "line 2"),
    ])
    func damage(_ text: String, _ expected: String) {
        let failure = failureText { try labels(text) }
        #expect(failure?.contains(expected) == true && failure?.hasPrefix("reading the labels '") == true, "\(failure ?? "no failure")")
    }
}
