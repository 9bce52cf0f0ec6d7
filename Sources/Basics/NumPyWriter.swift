/// Writes a large `.npy` file of known shape row by row, without ever holding it in memory.
///
/// The file appears under its name only with ``finish()``, and only when all rows are there.
package final class NumPyWriter {
    private let element: NumPyArray.Element
    private let shape: [Int]
    private let path: String
    private let operation: String
    private let file: AtomicFileWriter
    private var remaining: Int

    /// Starts the file at `path` of `shape`, the rows counted by `shape[0]`.
    ///
    /// - Throws: a `Failure` of kind `.internal`, or `.usage` where the shape is no shape.
    package init(path: String, element: NumPyArray.Element, shape: [Int], operation: String = "writing the array") throws {
        let header = NumPyHeader(element: element, shape: shape)
        guard !shape.isEmpty, shape.count <= 32, shape.allSatisfy({ $0 >= 0 }), let total = header.byteCount else {
            throw Failure(.usage, operation, path: path, reason: "\(shape) is not the shape of an array")
        }
        self.element = element
        self.shape = shape
        self.path = path
        self.operation = operation
        remaining = total
        file = try AtomicFileWriter(path: path, operation: operation)
        try file.append(header.encoded())
    }

    /// Appends float32 elements; a float16 file takes them rounded.
    package func append(_ values: [Float]) throws {
        if element == .float16 { return try append(halfBits: values.map(HalfPrecision.bits)) }
        try append(values, as: .float32)
    }

    /// Appends the bits of float16 elements.
    package func append(halfBits values: [UInt16]) throws { try append(values, as: .float16) }

    /// Appends uint8 elements.
    package func append(_ values: [UInt8]) throws { try append(values, as: .uint8) }

    /// Appends int32 elements.
    package func append(_ values: [Int32]) throws { try append(values, as: .int32) }

    /// Appends int64 elements.
    package func append(_ values: [Int]) throws { try append(values.map(Int64.init), as: .int64) }

    /// Appends truth values.
    package func append(_ values: [Bool]) throws { try append(values.map { $0 ? UInt8(1) : 0 }, as: .bool) }

    /// Puts the complete file on disk.
    ///
    /// - Throws: a `Failure` of kind `.internal` where rows are missing or the disk is full.
    package func finish() throws {
        guard remaining == 0 else {
            let reason = "\(remaining / element.size) elements of shape \(shape) were never written"
            throw Failure(.internal, operation, path: path, reason: reason)
        }
        try file.commit()
    }

    private func append<T: BitwiseCopyable>(_ values: [T], as kind: NumPyArray.Element) throws {
        guard kind == element else {
            throw Failure(.internal, operation, path: path, reason: "\(kind) elements in an array of \(element)")
        }
        let bytes = values.count * element.size
        guard bytes <= remaining else {
            throw Failure(.internal, operation, path: path, reason: "more elements than the shape \(shape) has")
        }
        try values.withUnsafeBytes { try file.append($0) }
        remaining -= bytes
    }
}
