import Basics
import Foundation
import LinearAlgebra

/// A file that `torch.save` wrote, with plain values and tensors in it.
///
/// Only the ZIP layout of torch 1.6 and later is read. The pickle inside is never executed, see ``TensorPickle``.
struct TorchFile {
    /// What was saved.
    let root: PickledValue
    private let archive: StoredZip
    private let folder: String
    private let path: String?

    /// Reads a file's bytes.
    ///
    /// - Throws: `Failure` for bytes that are no such file, and for the layout of torch before 1.6.
    /// - Complexity: O(bytes).
    init(_ data: Data, path: String? = nil) throws {
        let fail = { (reason: String, hint: String?) in
            Failure(.badInput, "reading the checkpoint", path: path, reason: reason, hint: hint)
        }
        guard !data.starts(with: Self.legacyStart) else {
            throw fail("it is in the layout of torch before 1.6", "load it in a newer torch and save it again")
        }
        let archive = try StoredZip(data, path: path)
        let ending = "/data.pkl"
        guard let name = archive.names.first(where: { $0.hasSuffix(ending) }), let pickle = archive.content(name) else {
            throw fail("the archive was not written by torch.save: it has no data.pkl", nil)
        }
        folder = String(name.dropLast(ending.count))
        if let order = archive.content("\(folder)/byteorder"), String(decoding: order, as: UTF8.self) != "little" {
            throw fail("its numbers are in the other byte order", "save it on a common machine")
        }
        (self.archive, self.path) = (archive, path)
        root = try TensorPickle.value(pickle, path: path)
    }

    /// The start of the pickled magic number of the old layout.
    private static let legacyStart: [UInt8] = [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46]

    /// A tensor of at most two axes as a matrix; one axis is a row.
    ///
    /// - Throws: `Failure` if it has more axes, numbers that are no floats, or more numbers than its file.
    func matrix(_ tensor: StridedTensor, name: String) throws -> Matrix {
        let fail = { (reason: String) in
            Failure(.badInput, "reading the checkpoint", path: path, reason: "'\(name)' \(reason)")
        }
        guard (1...2).contains(tensor.shape.count) else { throw fail("has \(tensor.shape.count) axes, not one or two") }
        guard let type = FloatType(rawValue: tensor.storage.type) else { throw fail("holds \(tensor.storage.type), which are no floats") }
        guard let content = archive.content("\(folder)/data/\(tensor.storage.key)") else { throw fail("has no numbers in the file") }
        let available = content.count / type.size
        guard let count = tensor.count(within: available) else { throw fail("reaches beyond its numbers") }
        let (rows, columns) = tensor.shape.count == 1 ? (1, tensor.shape[0]) : (tensor.shape[0], tensor.shape[1])
        let strides = tensor.shape.count == 1 ? (0, tensor.strides[0]) : (tensor.strides[0], tensor.strides[1])
        var values: [Float] = []
        values.reserveCapacity(count)
        for row in 0..<rows {
            for column in 0..<columns {
                let place = tensor.offset + row * strides.0 + column * strides.1
                values.append(type.float(content, place))
            }
        }
        return Matrix(rows: rows, columns: columns, values: values)
    }
}

extension StridedTensor {
    /// How many numbers the tensor has; nil if one of them is not among the first `available` of its storage, or if the tensor has more
    /// numbers than there are.
    fileprivate func count(within available: Int) -> Int? {
        guard offset >= 0, shape.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 }) else { return nil }
        var (count, last) = (1, offset)
        for (length, stride) in zip(shape, strides) {
            let (product, tooMany) = count.multipliedReportingOverflow(by: length)
            let (reach, tooFar) = max(0, length - 1).multipliedReportingOverflow(by: stride)
            let (sum, beyond) = last.addingReportingOverflow(reach)
            guard !tooMany, !tooFar, !beyond else { return nil }
            (count, last) = (product, sum)
        }
        guard count <= available, count == 0 || last < available else { return nil }
        return count
    }
}

/// The storages whose numbers become 32-bit floats.
private enum FloatType: String {
    case double = "DoubleStorage"
    case float = "FloatStorage"
    case half = "HalfStorage"
    case brain = "BFloat16Storage"

    var size: Int {
        switch self {
        case .double: 8
        case .float: 4
        case .half, .brain: 2
        }
    }

    /// The number at a place of little-endian bytes, which must have it.
    func float(_ bytes: ArraySlice<UInt8>, _ place: Int) -> Float {
        let start = bytes.startIndex + place * size
        let bits = bytes[start..<(start + size)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch self {
        case .double: return Float(Double(bitPattern: bits))
        case .float: return Float(bitPattern: UInt32(bits))
        case .half: return HalfPrecision.float(UInt16(bits))
        case .brain: return Float(bitPattern: UInt32(bits) << 16)
        }
    }
}
