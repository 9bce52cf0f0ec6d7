import Foundation

/// An array of numbers as NumPy keeps it in a `.npy` file: a type, a shape, and the elements in row-major order.
package struct NumPyArray: Hashable, Sendable {
    /// The type of an element, always little-endian.
    package enum Element: String, Sendable, CaseIterable {
        case float16 = "<f2"
        case float32 = "<f4"
        case float64 = "<f8"
        case uint8 = "|u1"
        case int32 = "<i4"
        case int64 = "<i8"
        case bool = "|b1"

        /// The bytes of one element.
        package var size: Int {
            switch self {
            case .uint8, .bool: 1
            case .float16: 2
            case .float32, .int32: 4
            case .float64, .int64: 8
            }
        }
    }

    /// The type of the elements.
    package let element: Element
    /// The length of each axis, the slowest first; empty for a single number.
    package let shape: [Int]
    /// The elements, row-major and little-endian: `count * element.size` bytes.
    package let bytes: Data

    /// The number of elements.
    package var count: Int { bytes.count / element.size }

    /// Raw elements; `bytes` must be as long as the shape says.
    package init(element: Element, shape: [Int], bytes: Data) {
        precondition(bytes.count == shape.reduce(element.size, *), "as many bytes as the shape says")
        self.element = element
        self.shape = shape
        self.bytes = bytes
    }

    /// A float32 array.
    package init(_ values: [Float], shape: [Int]) { self.init(.float32, values, shape) }

    /// A uint8 array.
    package init(_ values: [UInt8], shape: [Int]) { self.init(.uint8, values, shape) }

    /// An int32 array.
    package init(_ values: [Int32], shape: [Int]) { self.init(.int32, values, shape) }

    /// An int64 array.
    package init(_ values: [Int], shape: [Int]) { self.init(.int64, values.map(Int64.init), shape) }

    /// A bool array.
    package init(_ values: [Bool], shape: [Int]) { self.init(.bool, values.map { $0 ? UInt8(1) : 0 }, shape) }

    /// A float16 array from the bits of its elements; see ``HalfPrecision``.
    package init(halfBits values: [UInt16], shape: [Int]) { self.init(.float16, values, shape) }

    private init<T: BitwiseCopyable>(_ element: Element, _ values: [T], _ shape: [Int]) {
        self.init(element: element, shape: shape, bytes: values.withUnsafeBytes { Data($0) })
    }

    /// The elements as floats, whatever their type; 64-bit elements are rounded.
    package func floats() -> [Float] {
        switch element {
        case .float16: load(UInt16.self).map(HalfPrecision.float)
        case .float32: load(Float.self)
        case .float64: load(Double.self).map { Float($0) }
        case .uint8, .bool: bytes.map { Float($0) }
        case .int32: load(Int32.self).map { Float($0) }
        case .int64: load(Int64.self).map { Float($0) }
        }
    }

    /// The elements as whole numbers, or nothing where the type is not one of whole numbers or truth values.
    package func integers() -> [Int]? {
        switch element {
        case .float16, .float32, .float64: nil
        case .uint8: bytes.map { Int($0) }
        case .bool: bytes.map { $0 == 0 ? 0 : 1 }
        case .int32: load(Int32.self).map { Int($0) }
        case .int64: load(Int64.self).map { Int($0) }
        }
    }

    /// The bits of float16 elements, or nothing where the type is another.
    package func halfBits() -> [UInt16]? {
        element == .float16 ? load(UInt16.self) : nil
    }

    private func load<T: BitwiseCopyable>(_ type: T.Type) -> [T] {
        [T](unsafeUninitializedCapacity: count) { buffer, initialized in
            // `count` elements of `element.size` bytes are `bytes.count` bytes, and T has that size.
            bytes.copyBytes(to: UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
    }
}

extension NumPyArray {
    /// The array in the `.npy` format, version 1.0.
    package func encoded() -> Data {
        NumPyHeader(element: element, shape: shape).encoded() + bytes
    }

    /// Writes the array to a `.npy` file, atomically.
    ///
    /// - Throws: a `Failure` of kind `.internal`.
    package func write(to path: String, operation: String = "writing the array") throws {
        try AtomicFile.write(encoded(), to: path, operation: operation)
    }

    /// Decodes the `.npy` format, versions 1 to 3, row-major, of the types of ``Element``.
    ///
    /// - Throws: a `Failure` of kind `.badInput` that names the file `name`.
    package init(decoding data: Data, name: String? = nil, operation: String = "reading the array") throws {
        let header: NumPyHeader
        let length: Int
        do {
            (header, length) = try NumPyHeader.decode(data)
        } catch let problem as NumPyHeader.Problem {
            throw Failure(.badInput, operation, path: name, reason: problem.reason, hint: problem.hint)
        }
        let present = data.count - length
        guard let wanted = header.byteCount, wanted == present else {
            let reason = "its shape \(header.shape) of \(header.element) does not fit its \(present) bytes of data"
            throw Failure(.badInput, operation, path: name, reason: reason)
        }
        self.init(element: header.element, shape: header.shape, bytes: Data(data.dropFirst(length)))
    }

    /// Reads a `.npy` file; see ``init(decoding:name:operation:)``.
    ///
    /// - Throws: a `Failure` of kind `.badInput` or `.missingInput`.
    package init(contentsOf path: String, operation: String = "reading the array") throws {
        try self.init(decoding: AtomicFile.readFile(path, operation: operation), name: path, operation: operation)
    }
}
