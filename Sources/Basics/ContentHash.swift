import Crypto
import Foundation

/// The SHA-256 of some content, which names it: the same content has the same hash on every machine.
package struct ContentHash: Hashable, Sendable, CustomStringConvertible {
    /// 64 hexadecimal digits in lower case.
    package let hex: String

    /// The hash of `bytes`.
    package init(of bytes: some ContiguousBytes) {
        var digest = SHA256()
        bytes.withUnsafeBytes { digest.update(bufferPointer: $0) }
        hex = digest.hex()
    }

    /// The hash of the bytes of a file of any size, which is read piece by piece.
    ///
    /// - Throws: a `Failure` as ``AtomicFile/readFile(_:operation:)``.
    package init(ofFile path: String, operation: String = "reading") throws {
        try AtomicFile.checkReadable(path, operation: operation)
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw Failure(.missingInput, operation, path: path, reason: "it cannot be opened")
        }
        defer { try? file.close() }
        var digest = SHA256()
        do {
            while let piece = try file.read(upToCount: Self.pieceSize), !piece.isEmpty { digest.update(data: piece) }
        } catch {
            throw Failure(.missingInput, operation, path: path, reason: "it cannot be read: \(error.localizedDescription)")
        }
        hex = digest.hex()
    }

    private static let pieceSize = 4 << 20

    /// The hexadecimal digits.
    package var description: String { hex }
}

/// Hashes several labelled parts into one ``ContentHash``, to make the key of a cache from everything a result depends on.
///
/// Each part goes in with its label, its type and its length, so that no two different lists of parts have the same bytes.
package struct ContentHasher {
    private var parts = Data()
    private static let inlineLimit = 1024

    /// A hasher without parts.
    package init() {}

    /// Adds text.
    package mutating func add(_ label: String, _ value: String) {
        add(label, type: "text", Data(value.utf8))
    }

    /// Adds a whole number.
    package mutating func add(_ label: String, _ value: some FixedWidthInteger) {
        add(label, type: "integer", Data(String(value).utf8))
    }

    /// Adds a number by its bits.
    package mutating func add(_ label: String, _ value: Double) {
        add(label, type: "double", Data(String(value.bitPattern, radix: 16).utf8))
    }

    /// Adds a number by its bits.
    package mutating func add(_ label: String, _ value: Float) {
        add(label, type: "float", Data(String(value.bitPattern, radix: 16).utf8))
    }

    /// Adds a truth value.
    package mutating func add(_ label: String, _ value: Bool) {
        add(label, type: "bool", Data([value ? 1 : 0]))
    }

    /// Adds bytes.
    package mutating func add(_ label: String, _ value: Data) {
        add(label, type: "bytes", value)
    }

    /// Adds the elements of an array, little-endian.
    package mutating func add<T: BitwiseCopyable>(_ label: String, _ values: [T]) {
        values.withUnsafeBytes { add(label, type: "array of \(T.self)", Data($0)) }
    }

    /// Adds content by its hash.
    package mutating func add(_ label: String, _ value: ContentHash) {
        add(label, type: "hash", Data(value.hex.utf8))
    }

    /// The hash of all parts so far.
    package func finalize() -> ContentHash {
        ContentHash(of: parts)
    }

    private mutating func add(_ label: String, type: String, _ value: Data) {
        // Long content goes in by its own hash, so that the hasher stays small.
        let content = value.count <= Self.inlineLimit ? value : Data(ContentHash(of: value).hex.utf8)
        for field in [Data(label.utf8), Data(type.utf8), Data(String(value.count).utf8), content] {
            withUnsafeBytes(of: UInt64(field.count).littleEndian) { parts.append(contentsOf: $0) }
            parts.append(field)
        }
    }
}

extension SHA256 {
    /// The hash of all bytes so far, as 64 hexadecimal digits.
    fileprivate func hex() -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
