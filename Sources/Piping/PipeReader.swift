import BSBBasics
import Foundation

/// Reads messages from a descriptor, one after the other.
package struct PipeReader {
    /// What is taken at most.
    package struct Limits: Sendable {
        /// Bytes of a line.
        package var line = 16 << 20
        /// Bytes of all arrays of a message.
        package var arrays = 2 << 30

        /// The usual limits.
        package init() {}
    }

    private let descriptor: Int32
    private let limits: Limits
    private var buffer = Data()

    /// A reader of a descriptor, which stays open.
    package init(descriptor: Int32, limits: Limits = Limits()) {
        self.descriptor = descriptor
        self.limits = limits
    }

    private struct Announcement: Decodable {
        var arrays: [PipeArray.Head]?
    }

    /// The next message; nil at the end, also where it comes in the middle of a message.
    ///
    /// Throws `Failure(.usage)` for arrays that are announced wrongly: what follows cannot be told from them, so that no more can be read.
    package mutating func next() throws -> PipeMessage? {
        guard let line = try line() else { return nil }
        // A line that is no JSON announces nothing: whoever decodes it says so.
        let heads = (try? JSONDecoder().decode(Announcement.self, from: line))?.arrays ?? []
        var left = limits.arrays
        for head in heads {
            guard head.isConsistent, head.bytes <= left else {
                throw Failure(
                    .usage, "reading the question",
                    reason: "the array '\(head.name)' does not have the bytes that its type and shape ask for, or has too many")
            }
            left -= head.bytes
        }
        var arrays: [String: PipeArray] = [:]
        for head in heads {
            guard let bytes = read(head.bytes) else { return nil }
            arrays[head.name] = PipeArray(type: head.type, shape: head.shape, bytes: bytes)
        }
        return PipeMessage(line: line, arrays: arrays)
    }

    private mutating func line() throws -> Data? {
        var searched = 0
        while true {
            if let end = buffer.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer[..<end]
                buffer = buffer[(end + 1)...]
                return Data(line)
            }
            searched = buffer.count
            guard searched <= limits.line else {
                throw Failure(.usage, "reading the question", reason: "a line has more than \(limits.line) bytes")
            }
            guard more() else { return nil }
        }
    }

    private mutating func read(_ count: Int) -> Data? {
        while buffer.count < count {
            guard more() else { return nil }
        }
        let bytes = Data(buffer.prefix(count))
        buffer = buffer.dropFirst(count)
        return bytes
    }

    /// Takes what the descriptor has; false at its end.
    private mutating func more() -> Bool {
        // Rebased, since a slice would keep all that was read before alive.
        if buffer.startIndex > 0 { buffer = Data(buffer) }
        let size = 1 << 18
        while true {
            var chunk = Data(count: size)
            let count = chunk.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, size) }
            if count > 0 {
                buffer.append(chunk.prefix(count))
                return true
            }
            guard count < 0, errno == EINTR else { return false }
        }
    }
}
