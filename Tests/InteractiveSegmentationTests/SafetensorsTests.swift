import BSBBasics
import Foundation
import Testing

@testable import BSBInteractiveSegmentation

@Suite struct SafetensorsTests {
    static let file = Safetensors(
        tensors: [
            "a": .init(shape: [2, 3], values: [1, 2, 3, 4, 5, 6]), "b.c": .init(shape: [], values: [7]),
            "empty": .init(shape: [0, 4], values: []),
        ], metadata: ["format": "test", "words": "ü \"quoted\""])

    static func file(header: String, body: [UInt8] = []) -> Data {
        var data = Data()
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
        return data + Data(header.utf8) + Data(body)
    }

    @Test func comesBackAsWritten() throws {
        let data = try Self.file.encoded()
        #expect(try Safetensors(data) == Self.file)
        #expect(try Safetensors(data).encoded() == data)
        let length = data.withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
        #expect((8 + length) % 8 == 0)
    }

    @Test func readsHalves() throws {
        let data = Self.file(
            header: #"{"h":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[2,4]}}"#,
            body: [0x00, 0x3C, 0x80, 0x3F])
        let file = try Safetensors(data)
        #expect(file.tensors["h"]?.values == [1])
        #expect(file.tensors["b"]?.values == [1])
    }

    @Test(arguments: [
        "", "[]", "{", "nonsense", #"{"a":1}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1e300],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#,
        #"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#,
        #"{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[0,0,0,0,0,0,0,0,0],"data_offsets":[0,0]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    ]) func hostileHeadersAreRefused(header: String) {
        #expect(throws: Failure.self) { try Safetensors(Self.file(header: header, body: [0, 0, 0, 0])) }
    }

    @Test func lengthsBeyondTheFileAreRefused() throws {
        #expect(throws: Failure.self) { try Safetensors(Data([1, 2, 3])) }
        #expect(throws: Failure.self) { try Safetensors(Data([UInt8](repeating: 255, count: 8))) }
        #expect(throws: Failure.self) { try Safetensors(Data([UInt8](repeating: 255, count: 7) + [127, 0])) }
    }

    @Test func everyCutAndManyFlipsAreResultsOrFailures() throws {
        let data = try Self.file.encoded()
        for length in 0..<data.count { #expect(throws: Failure.self) { try Safetensors(data.prefix(length)) } }
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<300 {
            var altered = data
            altered[generator.index(below: data.count)] = UInt8(generator.index(below: 256))
            _ = try? Safetensors(altered)
        }
    }

    @Test func slicesAreReadFromTheirOwnStart() throws {
        let data = try Self.file.encoded()
        #expect(try Safetensors((Data([9, 9, 9]) + data).dropFirst(3)) == Self.file)
    }
}
