import Foundation

/// Named arrays of numbers in one file, in the safetensors format: a length, a JSON header, the numbers.
package struct TensorFile: Sendable {
    /// The type of an array's numbers, always little-endian.
    package enum Element: String, Sendable {
        case float32 = "F32"
        case int32 = "I32"
        case uint32 = "U32"
        case uint8 = "U8"
    }

    private struct Entry: Encodable {
        var dtype: String
        var shape: [Int]
        // The format's own name.
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var data_offsets: [Int]
    }

    private enum Header: Encodable {
        case entry(Entry)
        case words([String: String])

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .entry(let entry): try entry.encode(to: encoder)
            case .words(let words): try words.encode(to: encoder)
            }
        }
    }

    private var header: [String: Header] = [:]
    private var numbers = Data()

    /// A file with words by name.
    package init(metadata: [String: String] = [:]) {
        if !metadata.isEmpty { header["__metadata__"] = .words(metadata) }
    }

    /// Adds an array whose bytes fill its shape; the first ones added lie first.
    ///
    /// Bytes of arrays that follow one of bytes are aligned only if its length is a multiple of theirs, so add those of bytes last.
    package mutating func add(_ name: String, _ element: Element, shape: [Int], bytes: Data) {
        precondition(bytes.count == shape.reduce(element == .uint8 ? 1 : 4, *), "as many bytes as the shape says")
        header[name] = .entry(Entry(dtype: element.rawValue, shape: shape, data_offsets: [numbers.count, numbers.count + bytes.count]))
        numbers.append(bytes)
    }

    /// Adds an array of numbers.
    package mutating func add<T: BitwiseCopyable>(_ name: String, _ element: Element, shape: [Int], _ values: [T]) {
        add(name, element, shape: shape, bytes: values.withUnsafeBytes { Data($0) })
    }

    /// The file's bytes, the same for the same content.
    ///
    /// Throws `Failure` if the header cannot be made.
    package func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var text = try? encoder.encode(header) else {
            throw Failure(.internal, "writing safetensors", reason: "the header cannot be encoded")
        }
        // Spaces bring the numbers to a multiple of eight bytes, as the format asks for.
        text.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8))
        var data = Data(capacity: 8 + text.count + numbers.count)
        Swift.withUnsafeBytes(of: UInt64(text.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(text)
        data.append(numbers)
        return data
    }
}
