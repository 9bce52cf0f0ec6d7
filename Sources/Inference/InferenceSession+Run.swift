import BSBBasics
import BSBCONNXRuntime
import Dispatch

extension InferenceSession {
    /// Runs the graph: a tensor for each of its inputs to a tensor for each of its outputs, or of those named.
    ///
    /// Throws `Failure(.badInput)` if a name, element type or shape is not the graph's, or if the graph fails on these inputs.
    package func run(_ tensors: [String: Tensor], outputs wanted: [String]? = nil) throws -> [String: Tensor] {
        try checkInputs(tensors)
        let names = wanted ?? outputs.map(\.name)
        for name in names where !outputs.contains(where: { $0.name == name }) {
            throw mismatch("it has no output '\(name)'; its outputs are \(Self.list(outputs))")
        }
        var handles: [OpaquePointer?] = []
        defer { for handle in handles { cort_release_value(runtime.api, handle) } }
        let results = try withValues(for: inputs.map { tensors[$0.name]! }[...], &handles) { try execute($0, giving: names) }
        return Dictionary(zip(names, results)) { first, _ in first }
    }

    /// Refuses tensors that the graph does not take, before the library sees them.
    private func checkInputs(_ tensors: [String: Tensor]) throws {
        for name in tensors.keys.sorted() where !inputs.contains(where: { $0.name == name }) {
            throw mismatch("it has no input '\(name)'; its inputs are \(Self.list(inputs))")
        }
        for input in inputs {
            guard let tensor = tensors[input.name] else { throw mismatch("its input '\(input.name)' was not given") }
            guard tensor.elementType == input.elementType else {
                throw mismatch("its input '\(input.name)' takes \(input.elementType) elements, not \(tensor.elementType)")
            }
            let fits = tensor.shape.count == input.shape.count && zip(tensor.shape, input.shape).allSatisfy { $1 == nil || $0 == $1 }
            guard fits else {
                throw mismatch("its input '\(input.name)' takes the shape \(Self.text(input.shape)), not \(Self.text(tensor.shape))")
            }
        }
    }

    private func mismatch(_ reason: String) -> Failure {
        Failure(.badInput, Self.running, path: name, reason: reason, hint: "the file may hold another kind of model")
    }

    private static func list(_ signatures: [TensorSignature]) -> String {
        signatures.map { "'\($0.name)'" }.joined(separator: ", ")
    }

    private static func text(_ shape: [Int?]) -> String {
        "[" + shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ") + "]"
    }

    private static let running = "running the model"

    private func check(_ status: OpaquePointer?) throws {
        try InferenceRuntime.check(runtime.api, status, .badInput, Self.running, path: name)
    }
}

// The runtime's view of tensors. Invariant: an input's handle borrows the memory of the tensor's own array, which is kept in place by the
// nesting of `withUnsafeBytes`, and no handle is used after the innermost call has returned; the library does not write to inputs.
extension InferenceSession {
    /// Calls `body` with a handle for each tensor; the caller releases the handles.
    private func withValues<Result>(
        for tensors: ArraySlice<Tensor>, _ handles: inout [OpaquePointer?], _ body: ([OpaquePointer?]) throws -> Result
    ) throws -> Result {
        guard let tensor = tensors.first else { return try body(handles) }
        return try tensor.values.withUnsafeBytes { bytes in
            let shape = tensor.shape.map(Int64.init)
            let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
            var handle: OpaquePointer?
            try check(
                cort_create_tensor(runtime.api, memory, start, bytes.count, shape, shape.count, tensor.elementType.code, &handle))
            handles.append(handle)
            return try withValues(for: tensors.dropFirst(), &handles, body)
        }
    }

    private func execute(_ values: [OpaquePointer?], giving names: [String]) throws -> [Tensor] {
        var results = [OpaquePointer?](repeating: nil, count: names.count)
        defer { for result in results { cort_release_value(runtime.api, result) } }
        try Self.withCStrings(inputs.map(\.name)) { inputNames in
            try Self.withCStrings(names) { outputNames in
                let run = try LimitedRun(runtime.api, seconds: timeLimit, name)
                defer { run.end() }
                let status = cort_run(
                    runtime.api, session, run.options, inputNames, values, values.count, outputNames, names.count, &results)
                guard status == nil || !run.isOverTime else {
                    cort_release_status(runtime.api, status)
                    throw mismatch("one run did not end within \(Int(timeLimit.rounded(.up))) seconds")
                }
                try check(status)
            }
        }
        return try results.map(copy)
    }

    /// No model that is known gives a tenth of this.
    private static let mostNumbers = 1 << 28

    private func copy(_ value: OpaquePointer?) throws -> Tensor {
        var info: OpaquePointer?
        try check(cort_value_info(runtime.api, value, &info))
        guard let info else { throw mismatch("it gave a result that is not a tensor") }
        defer { cort_release_tensor_info(runtime.api, info) }
        let reader = SignatureReader(api: runtime.api, session: session, model: name)
        let shape = try reader.shape(of: info).map(Int.init)
        guard let type = try reader.elementType(of: info), let count = Tensor.elementCount(shape) else {
            throw mismatch("it gave a result of an unknown type or shape")
        }
        guard count <= Self.mostNumbers else { throw mismatch("it gave a result of \(count) numbers, more than \(Self.mostNumbers)") }
        var bytes: UnsafeMutableRawPointer?
        try check(cort_tensor_bytes(runtime.api, value, &bytes))
        return Tensor(Tensor.Values(copying: bytes, count: count, type: type), shape: shape)
    }

    /// Calls `body` with the strings in C's form, valid only during the call.
    private static func withCStrings<Result>(_ strings: [String], _ body: ([UnsafePointer<CChar>?]) throws -> Result) rethrows -> Result {
        func nest(_ rest: ArraySlice<String>, _ collected: [UnsafePointer<CChar>?]) throws -> Result {
            guard let first = rest.first else { return try body(collected) }
            return try first.withCString { try nest(rest.dropFirst(), collected + [$0]) }
        }
        return try nest(strings[...], [])
    }
}

/// A run that is ended when it takes too long.
///
/// Invariant: the library's options are used by the run and by the clock only until `end` has returned.
private final class LimitedRun: Sendable {
    /// What the run is given.
    nonisolated(unsafe) let options: OpaquePointer?
    private let api: CortApiBox
    private let state = Guarded((isRunning: true, isOverTime: false))

    /// Whether the clock ended the run.
    var isOverTime: Bool { state.withLock { $0.isOverTime } }

    init(_ api: CortApi, seconds: Double, _ model: String) throws {
        var made: OpaquePointer?
        try InferenceRuntime.check(api, cort_create_run_options(api, &made), .internal, "running the model", path: model)
        (options, self.api) = (made, CortApiBox(api: api))
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [weak self] in self?.stop() }
    }

    private func stop() {
        state.withLock { state in
            guard state.isRunning else { return }
            state.isOverTime = true
            cort_release_status(api.api, cort_end_run(api.api, options))
        }
    }

    /// The run has returned.
    func end() { state.withLock { $0.isRunning = false } }

    deinit { cort_release_run_options(api.api, options) }
}

/// The function table, which is set once and never changes.
private struct CortApiBox: @unchecked Sendable { let api: CortApi }
