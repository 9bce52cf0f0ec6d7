import BSBBasics
import BSBImages
import Foundation
import Testing

@testable import BSBPiping

/// A pipe of the system with both of its ends.
struct Ends {
    let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        (reading, writing) = (ends[0], ends[1])
    }

    /// Writes bytes from a thread of its own, since a pipe holds little, and then the end unless more is to come.
    func send(_ data: Data, inPiecesOf size: Int = 1 << 16, andEnds: Bool = true) {
        let writing = writing
        Thread.detachNewThread {
            // Who reads may have had enough: that is an error here, and no signal that ends all tests.
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &signals, nil)
            var rest = data[...]
            while !rest.isEmpty {
                let count = rest.prefix(size).withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
                    write(writing, bytes.baseAddress, bytes.count)
                }
                guard count > 0 else { break }
                rest = rest.dropFirst(count)
            }
            if andEnds { close(writing) }
        }
    }
}

@Suite struct PipeMessageTests {
    struct Body: Codable, Equatable {
        var id: Int
        var text: String
    }

    /// What a reader makes of bytes.
    private func read(_ data: Data, limits: PipeReader.Limits = .init(), inPiecesOf size: Int = 1 << 16) throws -> [PipeMessage] {
        let ends = try Ends()
        defer { close(ends.reading) }
        ends.send(data, inPiecesOf: size)
        var reader = PipeReader(descriptor: ends.reading, limits: limits)
        var messages: [PipeMessage] = []
        while let message = try reader.next() { messages.append(message) }
        return messages
    }

    /// What a writer makes of messages.
    private func written(_ bodies: [(Body, [(name: String, array: PipeArray)])]) throws -> Data {
        let folder = NSTemporaryDirectory() + UUID().uuidString
        #expect(FileManager.default.createFile(atPath: folder, contents: nil))
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let descriptor = open(folder, O_WRONLY)
        let writer = PipeWriter(descriptor: descriptor)
        for (body, arrays) in bodies { try writer.write(body, arrays: arrays) }
        close(descriptor)
        return try Data(contentsOf: URL(fileURLWithPath: folder))
    }

    @Test func messagesComeBackHoweverTheyAreCut() throws {
        var random = SeededGenerator(seed: 3, stream: 1)
        var bodies: [(Body, [(name: String, array: PipeArray)])] = []
        for id in 0..<40 {
            let count = Int.random(in: 0...3000, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let floats = (0..<(2 * (count % 7))).map { _ in Float.random(in: -1...1, using: &random) }
            let arrays: [(name: String, array: PipeArray)] = [
                ("bytes", PipeArray(bytes, shape: [count])), ("floats", PipeArray(floats, shape: [floats.count / 2, 2])),
            ]
            bodies.append((Body(id: id, text: "line\nend \(count)"), id % 3 == 0 ? [] : arrays))
        }
        let data = try written(bodies)
        for size in [1, 7, 1000, 1 << 16] {
            let messages = try read(size == 1 ? Data(data.prefix(20000)) : data, inPiecesOf: size)
            #expect(size == 1 || messages.count == bodies.count)
            for (message, (body, arrays)) in zip(messages, bodies) {
                #expect(try message.decoded(Body.self) == body)
                #expect(message.arrays == Dictionary(uniqueKeysWithValues: arrays.map { ($0.name, $0.array) }))
            }
        }
    }

    @Test func anEndInTheMiddleIsTheEnd() throws {
        let data = try written([(Body(id: 1, text: "a"), [("x", PipeArray([1, 2, 3] as [Float], shape: [3]))])])
        for length in 0..<data.count { #expect(try read(data.prefix(length)).isEmpty) }
        #expect(try read(data).count == 1)
    }

    @Test(arguments: [
        #"{"arrays": [{"name": "a", "type": "float32", "shape": [2], "bytes": 4}]}"#,
        #"{"arrays": [{"name": "a", "type": "float32", "shape": [-1], "bytes": -4}]}"#,
        #"{"arrays": [{"name": "a", "type": "runs", "shape": [2, 2], "bytes": 3}]}"#,
        #"{"arrays": [{"name": "a", "type": "uint8", "shape": [4611686018427387904, 4], "bytes": 0}]}"#,
        #"{"arrays": [{"name": "a", "type": "uint8", "shape": [101], "bytes": 101}]}"#,
    ])
    func arraysThatCannotBeAreRefused(line: String) throws {
        var limits = PipeReader.Limits()
        limits.arrays = 100
        #expect(throws: Failure.self) { try read(Data((line + "\n").utf8), limits: limits) }
    }

    @Test func anEndlessLineIsRefused() throws {
        var limits = PipeReader.Limits()
        limits.line = 1000
        #expect(throws: Failure.self) { try read(Data(repeating: 97, count: 2_000_000), limits: limits) }
    }

    @Test func whatIsNoJSONIsSaidSo() throws {
        let messages = try read(Data("nonsense\n{\"id\": \"x\"}\n".utf8))
        #expect(messages.count == 2)
        for message in messages { #expect(throws: Failure.self) { try message.decoded(Body.self) } }
    }

    @Test func masksAreRuns() throws {
        var random = SeededGenerator(seed: 4, stream: 2)
        for round in 0..<60 {
            let (width, height) = (Int.random(in: 1...70, using: &random), Int.random(in: 1...20, using: &random))
            let bits = (0..<(width * height)).map { _ in round % 3 == 0 ? false : round % 3 == 1 ? true : Bool.random(using: &random) }
            let mask = Mask(width: width, height: height) { bits[$1 * width + $0] }
            let array = PipeArray(mask)
            let lengths = array.bytes.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in Array(bytes.bindMemory(to: Int32.self)) }
            let unpacked = lengths.enumerated().flatMap { [Bool](repeating: $0 % 2 == 1, count: Int($1)) }
            #expect(unpacked == bits)
            #expect(array.shape == [height, width])
            let sent = PipeArray(type: .bool, shape: [height, width], bytes: Data(bits.map { $0 ? 1 : 0 }))
            #expect(try sent.mask() == mask)
        }
    }
}
