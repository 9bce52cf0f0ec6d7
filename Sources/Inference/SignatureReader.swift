import BSBBasics
import BSBCONNXRuntime

/// Reads what a session takes and gives.
struct SignatureReader {
    let api: CortApi
    let session: OpaquePointer
    /// The model's name in errors.
    let model: String

    func inputs() throws -> [TensorSignature] {
        try signatures("input", count: cort_input_count, name: cort_input_name, type: cort_input_type)
    }

    func outputs() throws -> [TensorSignature] {
        try signatures("output", count: cort_output_count, name: cort_output_name, type: cort_output_type)
    }

    private typealias Count = (CortApi?, OpaquePointer?, UnsafeMutablePointer<Int>?) -> OpaquePointer?
    private typealias Name = (
        CortApi?, OpaquePointer?, Int, OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    ) -> OpaquePointer?
    private typealias TypeInfo = (CortApi?, OpaquePointer?, Int, UnsafeMutablePointer<OpaquePointer?>?) -> OpaquePointer?

    private func signatures(_ side: String, count: Count, name: Name, type: TypeInfo) throws -> [TensorSignature] {
        var total = 0
        try check(count(api, session, &total))
        return try (0..<total).map { index in
            let label = try readName { name(api, session, index, $0, $1) }
            var info: OpaquePointer?
            try check(type(api, session, index, &info))
            defer { cort_release_type(api, info) }
            return try signature(label, side, info)
        }
    }

    private func readName(
        _ read: (OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> OpaquePointer?
    ) throws -> String {
        var allocator: OpaquePointer?
        try check(cort_default_allocator(api, &allocator))
        var text: UnsafeMutablePointer<CChar>?
        try check(read(allocator, &text))
        guard let text else { return "" }
        let name = String(cString: text)
        try check(cort_free(api, allocator, text))
        return name
    }

    private func signature(_ label: String, _ side: String, _ info: OpaquePointer?) throws -> TensorSignature {
        var tensor: OpaquePointer?
        try check(cort_tensor_info(api, info, &tensor))
        guard let tensor else { throw unsupported("its \(side) '\(label)' is not a tensor") }
        guard let type = try elementType(of: tensor) else {
            let known = Tensor.ElementType.allCases.map(\.rawValue).joined(separator: ", ")
            throw unsupported("its \(side) '\(label)' has elements other than \(known)")
        }
        return TensorSignature(name: label, elementType: type, shape: try shape(of: tensor).map { $0 < 0 ? nil : Int($0) })
    }

    /// The element type of a tensor, or nil where sessions do not take it.
    func elementType(of tensor: OpaquePointer) throws -> Tensor.ElementType? {
        var code: Int32 = 0
        try check(cort_element_type(api, tensor, &code))
        return Tensor.ElementType(code: code)
    }

    /// The length of each axis of a tensor, -1 where it is open.
    func shape(of tensor: OpaquePointer) throws -> [Int64] {
        var rank = 0
        try check(cort_rank(api, tensor, &rank))
        var lengths = [Int64](repeating: 0, count: rank)
        try check(cort_dimensions(api, tensor, &lengths, rank))
        return lengths
    }

    private func check(_ status: OpaquePointer?) throws {
        try InferenceRuntime.check(api, status, .badInput, InferenceSession.loading, path: model)
    }

    private func unsupported(_ reason: String) -> Failure {
        Failure(.badInput, InferenceSession.loading, path: model, reason: reason)
    }
}
