import BSBBasics
import Foundation
import TestSupport
import Testing

@Suite struct NumPyArrayTests {
    /// What numpy 2 saves for `arange(6, dtype='<f4').reshape(2, 3)`.
    private let floatsOfNumPy = file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", padding: 58, elements: floatBytes)
    private static let floatBytes: [UInt8] = [
        0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40, 0, 0, 0x80, 0x40, 0, 0, 0xA0, 0x40,
    ]

    @Test func bytesAreThoseOfNumPy() throws {
        let array = NumPyArray([Float](arrayLiteral: 0, 1, 2, 3, 4, 5), shape: [2, 3])
        #expect(array.encoded() == floatsOfNumPy)
        let truths = file("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", padding: 60, elements: [1, 0, 1])
        #expect(NumPyArray([true, false, true], shape: [3]).encoded() == truths)
        let number = file(
            "{'descr': '<i8', 'fortran_order': False, 'shape': (), }", padding: 62, elements: [0xFB] + [UInt8](repeating: 0xFF, count: 7))
        #expect(NumPyArray([-5], shape: []).encoded() == number)
        #expect(try NumPyArray(decoding: number).integers() == [-5])
    }

    @Test func everyTypeComesBack() throws {
        let arrays = [
            NumPyArray([1.5, -2, .infinity] as [Float], shape: [3]), NumPyArray([0, 255] as [UInt8], shape: [2, 1]),
            NumPyArray([Int32.min, 7], shape: [1, 2]), NumPyArray([Int.max, -1], shape: [2]), NumPyArray([false, true], shape: [2]),
            NumPyArray(halfBits: [0x3C00, 0xC000], shape: [2]), NumPyArray([] as [Float], shape: [0, 4]),
            NumPyArray(element: .float64, shape: [1], bytes: Data([0, 0, 0, 0, 0, 0, 0xF8, 0x3F])),
        ]
        try withTemporaryDirectory { directory in
            for array in arrays {
                try array.write(to: directory + "/a.npy")
                #expect(try NumPyArray(contentsOf: directory + "/a.npy") == array)
            }
        }
        #expect(arrays[5].floats() == [1, -2])
        #expect(arrays[5].halfBits() == [0x3C00, 0xC000])
        #expect(arrays[7].floats() == [1.5])
        #expect(arrays[1].integers() == [0, 255])
        #expect(arrays[0].integers() == nil)
        #expect(arrays[4].floats() == [0, 1])
    }

    @Test(arguments: [
        "{'descr': '>f4', 'fortran_order': False, 'shape': (6,), }", "{'descr': '<f4', 'fortran_order': True, 'shape': (6,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }", "{'descr': '<f4', 'fortran_order': False, 'shape': (-6,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", "{'descr': '<f4', 'fortran_order': False, }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "", "{'shape': (", "{'descr': [('a', '<f4')]}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 6, }", "{'descr': '', 'fortran_order': False, 'shape': (6,), }",
    ]) func badHeadersAreRefused(header: String) {
        let data = file(header, padding: 0, elements: Self.floatBytes)
        #expect(kind { _ = try NumPyArray(decoding: data, name: "a.npy") } == .badInput)
    }

    @Test func damagedFilesNeverTrap() {
        var generator = SeededGenerator(seed: 1)
        for length in 0..<floatsOfNumPy.count {
            #expect(kind { _ = try NumPyArray(decoding: floatsOfNumPy.prefix(length)) } == .badInput)
        }
        for _ in 0..<2000 {
            var data = floatsOfNumPy
            for _ in 0...generator.index(below: 3) {
                data[generator.index(below: 128)] = UInt8(truncatingIfNeeded: generator.next())
            }
            _ = try? NumPyArray(decoding: data)
        }
    }

    @Test func streamedRowsAreTheArray() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/rows.npy"
            let writer = try NumPyWriter(path: path, element: .float32, shape: [2, 3])
            try writer.append([0, 1, 2] as [Float])
            #expect(kind { try writer.append([1] as [UInt8]) } == .internal)
            #expect(kind { try writer.finish() } == .internal)
            #expect(!FileManager.default.fileExists(atPath: path))
            try writer.append([3, 4, 5] as [Float])
            #expect(kind { try writer.append([6] as [Float]) } == .internal)
            try writer.finish()
            #expect(try AtomicFile.readFile(path) == floatsOfNumPy)
            let halves = try NumPyWriter(path: path, element: .float16, shape: [3])
            try halves.append([1, -2, 1e9] as [Float])
            try halves.finish()
            #expect(try NumPyArray(contentsOf: path).floats() == [1, -2, .infinity])
            #expect(kind { _ = try NumPyWriter(path: path, element: .int64, shape: [Int.max, 8]) } == .usage)
            #expect(kind { _ = try NumPyWriter(path: path, element: .int64, shape: [-1]) } == .usage)
        }
    }
}

private func file(_ header: String, padding: Int, elements: [UInt8]) -> Data {
    let text = header + String(repeating: " ", count: padding) + "\n"
    return Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8) + elements)
}
