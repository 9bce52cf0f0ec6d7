import BSBBasics
import Foundation

/// A message of the protocol (docs/stdio.md): a line of JSON, and the arrays that it announces, whose bytes follow it in order.
package struct PipeMessage: Sendable {
    /// The line without its end.
    package var line: Data
    /// The arrays by name.
    package var arrays: [String: PipeArray]

    /// Decodes the line, or a part of it that `type` describes.
    ///
    /// Throws `Failure(.usage)` for a line that is something else.
    package func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: line)
        } catch {
            throw Failure(.usage, "reading the question", reason: Self.sentence(error))
        }
    }

    /// What a decoder found wrong, in words.
    private static func sentence(_ error: any Error) -> String {
        func place(_ path: [any CodingKey]) -> String { path.isEmpty ? "" : " in '\(path.map(\.stringValue).joined(separator: "."))'" }
        return switch error as? DecodingError {
        case .keyNotFound(let key, let context): "'\(key.stringValue)' is missing\(place(context.codingPath))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "a value of another type was expected\(place(context.codingPath))"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty ? "it is not JSON" : "the value\(place(context.codingPath)) is none of those that are known"
        default: "\(error)"
        }
    }
}

/// An array beside a message.
package struct PipeArray: Sendable, Hashable {
    /// How its bytes are to be read.
    package enum Element: String, Sendable, Codable {
        case bool, uint8, int32, float32
        /// A mask as lengths (int32) of runs in rows, of those outside first.
        case runs

        var size: Int {
            switch self {
            case .bool, .uint8: 1
            case .int32, .float32, .runs: 4
            }
        }
    }

    /// What the line says about an array.
    struct Head: Codable {
        var name: String
        var type: Element
        var shape: [Int]
        var bytes: Int

        /// Whether the bytes are those of an array of this type and shape.
        var isConsistent: Bool {
            guard bytes >= 0, shape.allSatisfy({ $0 >= 0 }), bytes % type.size == 0 else { return false }
            if type == .runs { return true }
            var count = type.size
            for length in shape {
                let (product, isTooLarge) = count.multipliedReportingOverflow(by: length)
                if isTooLarge { return false }
                count = product
            }
            return count == bytes
        }
    }

    /// The type of the elements.
    package let type: Element
    /// The length of each axis, the slowest first.
    package let shape: [Int]
    /// The elements, row-major and little-endian.
    package let bytes: Data

    init(type: Element, shape: [Int], bytes: Data) {
        self.type = type
        self.shape = shape
        self.bytes = bytes
    }

    /// An array of floats.
    package init(_ values: [Float], shape: [Int]) { self.init(.float32, values, shape) }

    /// An array of whole numbers.
    package init(_ values: [Int32], shape: [Int]) { self.init(.int32, values, shape) }

    /// An array of bytes.
    package init(_ values: [UInt8], shape: [Int]) { self.init(.uint8, values, shape) }

    /// A row of truth values.
    package init(_ values: [Bool]) { self.init(.bool, values.map { $0 ? UInt8(1) : 0 }, [values.count]) }

    /// The bytes of a file.
    package init(file: Data) { self.init(type: .uint8, shape: [file.count], bytes: file) }

    private init<T: BitwiseCopyable>(_ type: Element, _ values: [T], _ shape: [Int]) {
        self.init(type: type, shape: shape, bytes: values.withUnsafeBytes { Data($0) })
    }

    /// What the line says about it.
    func head(name: String) -> Head { Head(name: name, type: type, shape: shape, bytes: bytes.count) }
}
