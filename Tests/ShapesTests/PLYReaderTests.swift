import BSBBasics
import Foundation
import Testing

@testable import BSBShapes

/// Bytes of numbers in either order.
struct ByteWriter {
    var data = Data()
    var isBigEndian = false

    mutating func put<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: isBigEndian ? value.bigEndian : value.littleEndian) { data.append(contentsOf: $0) }
    }

    mutating func put(_ values: Float...) { for value in values { put(value.bitPattern) } }
    mutating func put(_ value: Double) { put(value.bitPattern) }
    mutating func put(_ text: String) { data.append(contentsOf: Array(text.utf8)) }
}

@Suite struct PLYReaderTests {
    private let asciiHeader =
        "ply\nformat ascii 1.0\ncomment made by hand\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
    private let faceHeader = "element face 1\nproperty list uchar int vertex_indices\nend_header\n"

    @Test(arguments: ["\n", "\r\n", "\r"]) func ascii(_ end: String) throws {
        let text = (asciiHeader + faceHeader + "0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n").replacingOccurrences(of: "\n", with: end)
        let read = try mesh(text, .ply)
        #expect(read.faces == [SIMD3(0, 1, 2)] && read.vertices[2] == SIMD3(0, 1, 0))
    }

    /// Extra elements first, properties in disorder, doubles, lists at vertices, and a payload that begins with a line end.
    private func binary(bigEndian: Bool, lineEnd: String) -> Data {
        var file = ByteWriter()
        file.isBigEndian = bigEndian
        let header = """
            ply
            format binary_\(bigEndian ? "big" : "little")_endian 1.0
            element camera 1
            property uchar kind
            property list ushort double angles
            element vertex 3
            property uchar red
            property double z
            property uint8 blue
            property float32 x
            property list int8 short tags
            property uint8 green
            property float y
            element face 2
            property short material
            property list uchar uint vertex_index

            """
        file.put((header + "end_header\n").replacingOccurrences(of: "\n", with: lineEnd))
        file.put(UInt8(10))
        file.put(UInt16(2))
        file.put(0.5)
        file.put(1.5)
        for index in 0..<3 {
            file.put(UInt8(index * 51))
            file.put(Double(index) + 0.25)
            file.put(UInt8(255))
            file.put(Float(index))
            file.put(Int8(1))
            file.put(Int16(-7))
            file.put(UInt8(0))
            file.put(Float(index * index))
        }
        file.put(Int16(3))
        file.put(UInt8(0))
        file.put(Int16(4))
        file.put(UInt8(3))
        for corner in [2, 0, 1] { file.put(UInt32(corner)) }
        return file.data
    }

    @Test(arguments: [true, false], ["\n", "\r\n", "\r"]) func binaryOfEitherOrder(_ bigEndian: Bool, _ lineEnd: String) throws {
        let read = try Mesh(data: binary(bigEndian: bigEndian, lineEnd: lineEnd), format: .ply)
        #expect(read.vertices == [SIMD3(0, 0, 0.25), SIMD3(1, 1, 1.25), SIMD3(2, 4, 2.25)])
        #expect(read.vertexColors == [SIMD3(0, 0, 1), SIMD3(0.2, 0, 1), SIMD3(0.4, 0, 1)])
        #expect(read.faces == [SIMD3(2, 0, 1)] && read.fileFace == [1] && read.fileFaceCount == 2)
    }

    @Test func everyTruncationIsAFailure() {
        let data = binary(bigEndian: false, lineEnd: "\n")
        for count in 0..<data.count {
            #expect(failureText { try Mesh(data: data.prefix(count), format: .ply) }?.contains("mesh") == true, "\(count)")
        }
    }

    @Test(arguments: [
        ("format ascii", "format foo", "PLY format"), ("element vertex 3", "element vertex -3", "line 4"), ("float x", "half x", "line 5"),
        ("element vertex 3", "element vertex 4", "3 of"), ("property float z\n", "", "x, y and z"), ("face 1", "face 2", "ends before"),
        ("element vertex 3", "element vertex 999999999999", "more than"),
        ("list uchar int vertex_indices", "list uchar float corners", "vertex_indices"),
        ("element face 1", "element face 0", "no faces"), ("3 0 1 2", "3 0 1 -2", "line 14"), ("3 0 1 2", "-1 0 1 2", "list"),
        ("3 0 1 2", "3 0 1 3", "vertex 3"), ("3 0 1 2", "1.5 0 1 2", "list"), ("3 0 1 2", "3 0 1", "ends before"),
        ("0 1 0", "0 nan 0", "finite"),
        ("end_header", "", "not known"), ("comment made by hand", "property float q", "before any element"),
        ("3 0 1 2", "255 0 1 2", "ends before"),
        ("ascii 1.0\n", "ascii 1.0\nelement giant 999999999999999\nproperty list int int a\n", "not a number"),
    ])
    func damage(_ old: String, _ new: String, _ expected: String) {
        let text = (asciiHeader + faceHeader + "0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n").replacingOccurrences(of: old, with: new)
        let failure = failureText { try mesh(text, .ply) }
        if expected == "3 of" || expected == "not a number" {
            #expect(failure != nil)
        } else {
            #expect(failure?.contains(expected) == true, "\(failure ?? "no failure")")
        }
    }

    @Test func hugeElementsWithoutPropertiesTakeNoTime() throws {
        let header = asciiHeader.replacingOccurrences(of: "comment made by hand", with: "element void 999999999999999")
        #expect(try mesh(header + faceHeader + "0 0 0 1 0 0 0 1 0 3 0 1 2", .ply).faces.count == 1)
    }
}
