/// An array of numbers of one type with a shape, as a neural graph takes and gives it.
package struct Tensor: Sendable, Hashable {
    /// The element types that sessions take and give.
    package enum ElementType: String, Sendable, Hashable, Codable, CaseIterable {
        case float32
        case float16
        case int64
        case int32
        case uint8
        case bool
    }

    /// Elements of one of the types.
    package enum Values: Sendable, Hashable {
        case float32([Float])
        /// The bit patterns of IEEE binary16 numbers.
        case float16([UInt16])
        case int64([Int64])
        case int32([Int32])
        case uint8([UInt8])
        case bool([Bool])
    }

    /// The elements, row-major.
    package let values: Values
    /// The length of each axis, outermost first; empty for a single number.
    package let shape: [Int]

    /// The tensor of `values` in rows of the given shape; their count must be the product of the shape.
    package init(_ values: Values, shape: [Int]) {
        precondition(Self.elementCount(shape) == values.count, "the number of values is not the product of the shape")
        self.values = values
        self.shape = shape
    }

    /// The tensor of 32-bit floating-point numbers in rows of the given shape.
    package init(_ values: [Float], shape: [Int]) {
        self.init(.float32(values), shape: shape)
    }

    /// The type of the elements.
    package var elementType: ElementType { values.elementType }

    /// The number of elements, the product of the shape.
    package var count: Int { values.count }

    /// The elements, where they are 32-bit floating-point numbers.
    package var floats: [Float]? {
        if case .float32(let numbers) = values { numbers } else { nil }
    }

    /// The product of a shape, or nil where an axis is negative or the product overflows.
    static func elementCount(_ shape: [Int]) -> Int? {
        var count = 1
        for length in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }
}

extension Tensor.Values {
    /// The type of the elements.
    package var elementType: Tensor.ElementType {
        switch self {
        case .float32: .float32
        case .float16: .float16
        case .int64: .int64
        case .int32: .int32
        case .uint8: .uint8
        case .bool: .bool
        }
    }

    /// The number of elements.
    package var count: Int {
        switch self {
        case .float32(let numbers): numbers.count
        case .float16(let numbers): numbers.count
        case .int64(let numbers): numbers.count
        case .int32(let numbers): numbers.count
        case .uint8(let numbers): numbers.count
        case .bool(let numbers): numbers.count
        }
    }
}
