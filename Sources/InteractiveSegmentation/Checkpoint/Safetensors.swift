import BSBBasics
import Foundation

/// Named tensors and words in one file, in the safetensors format: a length, a JSON header, the numbers.
///
/// Reading never trusts a number of the file: sizes are checked against the bytes that there are before anything is made of them.
package struct Safetensors: Sendable, Hashable {
    /// One tensor of 32-bit floats.
    package struct Tensor: Sendable, Hashable {
        /// The length of each axis.
        package var shape: [Int]
        /// Row-major.
        package var values: [Float]

        /// A tensor whose values fill its shape.
        package init(shape: [Int], values: [Float]) {
            precondition(shape.reduce(1, *) == values.count, "values must fill the shape")
            self.shape = shape
            self.values = values
        }
    }

    /// The tensors by name.
    package var tensors: [String: Tensor]
    /// The words by name.
    package var metadata: [String: String]

    /// Tensors and words.
    package init(tensors: [String: Tensor] = [:], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    /// The file's bytes, the same for the same content.
    ///
    /// Throws `Failure` if the header cannot be made.
    package func encoded() throws -> Data {
        var file = TensorFile(metadata: metadata)
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            file.add(name, .float32, shape: tensor.shape, tensor.values)
        }
        return try file.encoded()
    }

    /// Reads a file's bytes; 32-bit, 16-bit and bfloat floats become 32-bit floats.
    ///
    ///
    ///
    /// - Throws: `Failure` for bytes that are no such file, that overlap or leave gaps, and for other types of numbers.
    /// - Complexity: O(bytes).
    package init(_ data: Data, path: String? = nil) throws {
        let fail = { (reason: String) in Failure(.badInput, "reading safetensors", path: path, reason: reason) }
        guard data.count >= 8 else { throw fail("it is too short") }
        let length = data.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard length <= UInt64(data.count - 8), length <= Self.longestHeader else { throw fail("its header is longer than the file") }
        let text = data.subdata(in: (data.startIndex + 8)..<(data.startIndex + 8 + Int(length)))
        guard let header = try? JSONDecoder().decode(Header.self, from: text) else { throw fail("its header is not one of safetensors") }
        metadata = header.metadata
        tensors = [:]
        let start = 8 + Int(length)
        try Self.checkLayout(header, bytes: data.count - start, fail)
        for (name, entry) in header.entries {
            guard let type = ElementType(rawValue: entry.dtype) else { throw fail("'\(name)' holds numbers of type \(entry.dtype)") }
            let range = (data.startIndex + start + entry.data_offsets[0])..<(data.startIndex + start + entry.data_offsets[1])
            guard let count = Self.count(entry.shape), count <= data.count, count * type.size == range.count else {
                throw fail("the size of '\(name)' is not that of its shape")
            }
            tensors[name] = Tensor(shape: entry.shape, values: type.floats(data.subdata(in: range), count: count))
        }
    }

    private static let longestHeader: UInt64 = 100_000_000

    /// The numbers of a shape, or nil if a length is negative or the product too large.
    private static func count(_ shape: [Int]) -> Int? {
        var count = 1
        for length in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }

    /// The tensors must follow one another without overlaps or gaps and fill the file.
    private static func checkLayout(_ header: Header, bytes: Int, _ fail: (String) -> Failure) throws {
        for (name, entry) in header.entries {
            guard entry.data_offsets.count == 2, entry.data_offsets[0] >= 0, entry.data_offsets[0] <= entry.data_offsets[1],
                entry.data_offsets[1] <= bytes, entry.shape.count <= 8
            else { throw fail("'\(name)' lies outside the file") }
        }
        var end = 0
        for entry in header.entries.values.sorted(by: { $0.data_offsets.lexicographicallyPrecedes($1.data_offsets) }) {
            guard entry.data_offsets[0] == end else { throw fail("its tensors overlap or leave gaps") }
            end = entry.data_offsets[1]
        }
        guard end == bytes else { throw fail("it has bytes that belong to no tensor") }
    }
}

/// The types of numbers that can be read as floats.
private enum ElementType: String {
    case float = "F32"
    case half = "F16"
    case brain = "BF16"

    var size: Int { self == .float ? 4 : 2 }

    func floats(_ data: Data, count: Int) -> [Float] {
        data.withUnsafeBytes { bytes in
            (0..<count).map { index in
                switch self {
                case .float: Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
                case .half: HalfPrecision.float(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)))
                case .brain:
                    Float(bitPattern: UInt32(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))) << 16)
                }
            }
        }
    }
}

/// Where a tensor lies behind the header.
private struct Entry: Decodable {
    var dtype: String
    var shape: [Int]
    // The format's own name.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    var data_offsets: [Int]
}

/// The JSON object in front: tensors by name, and words under one name of their own.
private struct Header: Decodable {
    var metadata: [String: String]
    var entries: [String: Entry]

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static let metadataName = "__metadata__"

    init(from decoder: Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        (metadata, entries) = ([:], [:])
        for name in container.allKeys {
            if name.stringValue == Self.metadataName {
                metadata = try container.decode([String: String].self, forKey: name)
            } else {
                entries[name.stringValue] = try container.decode(Entry.self, forKey: name)
            }
        }
    }
}
