import BSBCONNXRuntime

// The only place where tensors meet memory that is not theirs.
// Invariant: `count` elements of the named type lie at `bytes` for as long as the call lasts.

extension Tensor.Values {
    /// Calls `body` with the elements' memory; the pointer is valid only during the call.
    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        switch self {
        case .float32(let numbers): try numbers.withUnsafeBytes(body)
        case .float16(let numbers): try numbers.withUnsafeBytes(body)
        case .int64(let numbers): try numbers.withUnsafeBytes(body)
        case .int32(let numbers): try numbers.withUnsafeBytes(body)
        case .uint8(let numbers): try numbers.withUnsafeBytes(body)
        case .bool(let numbers): try numbers.withUnsafeBytes(body)
        }
    }

    /// A copy of the `count` elements of `type` at `bytes`.
    init(copying bytes: UnsafeRawPointer?, count: Int, type: Tensor.ElementType) {
        func copy<Element>(_: Element.Type) -> [Element] {
            guard let bytes else { return [] }
            return Array(UnsafeBufferPointer(start: bytes.assumingMemoryBound(to: Element.self), count: count))
        }
        switch type {
        case .float32: self = .float32(copy(Float.self))
        case .float16: self = .float16(copy(UInt16.self))
        case .int64: self = .int64(copy(Int64.self))
        case .int32: self = .int32(copy(Int32.self))
        case .uint8: self = .uint8(copy(UInt8.self))
        // A byte other than 0 and 1 is not a Swift Bool.
        case .bool: self = .bool(copy(UInt8.self).map { $0 != 0 })
        }
    }
}

extension Tensor.ElementType {
    /// The runtime's number for the type.
    var code: Int32 {
        switch self {
        case .float32: Int32(CORT_FLOAT32)
        case .float16: Int32(CORT_FLOAT16)
        case .int64: Int32(CORT_INT64)
        case .int32: Int32(CORT_INT32)
        case .uint8: Int32(CORT_UINT8)
        case .bool: Int32(CORT_BOOL)
        }
    }

    /// The type of the runtime's number, or nil where sessions do not take it.
    init?(code: Int32) {
        guard let type = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = type
    }
}
