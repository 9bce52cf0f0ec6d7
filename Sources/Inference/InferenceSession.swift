import BSBBasics
import BSBCONNXRuntime
import Foundation

/// How a session runs.
package struct InferenceOptions: Sendable, Hashable {
    /// The number of threads that share the work of one run, at least 1; nil is one for each core.
    package var threads: Int?
    /// The seconds after which a run is ended: a graph may loop for ever.
    package var timeLimit: Double

    /// Options with the given number of threads, and half an hour for a run.
    package init(threads: Int? = nil, timeLimit: Double = 1800) {
        self.threads = threads
        self.timeLimit = timeLimit
    }
}

/// What a graph takes or gives under one name.
package struct TensorSignature: Sendable, Hashable {
    /// The name of the input or output.
    package let name: String
    /// The type of its elements.
    package let elementType: Tensor.ElementType
    /// The length of each axis, outermost first; nil where the graph leaves it open.
    package let shape: [Int?]
}

/// A neural graph (ONNX) that is loaded and ready to run.
///
/// Runs may be started from several threads at once. A run gives the same bytes every time for the same inputs.
package final class InferenceSession: @unchecked Sendable {
    // Unchecked: everything is set once, and the library lets sessions be run from any thread.
    let runtime: InferenceRuntime
    let session: OpaquePointer
    let memory: OpaquePointer
    let timeLimit: Double

    /// The name of the model in errors: its path, or what the caller calls it.
    package let name: String
    /// What the graph takes, in its own order.
    package let inputs: [TensorSignature]
    /// What the graph gives, in its own order.
    package let outputs: [TensorSignature]

    /// Loads a graph from memory; errors call it `name`.
    ///
    /// Throws `Failure(.badInput)` if it is not a graph that can be run.
    package convenience init(model: Data, name: String, runtime: InferenceRuntime, options: InferenceOptions = InferenceOptions()) throws {
        try self.init(name: name, runtime: runtime, options: options) { environment, options, session in
            model.withUnsafeBytes {
                cort_create_session_from_bytes(runtime.api, environment, $0.baseAddress, $0.count, options, session)
            }
        }
    }

    /// Loads a graph from a file, with any weights that it keeps in files beside it.
    ///
    /// Throws `Failure(.missingModel)` if the file is not there or may not be read, `.badInput` if it is not a graph that can be run.
    package convenience init(path: String, runtime: InferenceRuntime, options: InferenceOptions = InferenceOptions()) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Failure(.missingModel, Self.loading, path: path, reason: "there is no such file")
        }
        guard !isFolder.boolValue else { throw Failure(.badInput, Self.loading, path: path, reason: "it is a folder") }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw Failure(.missingModel, Self.loading, path: path, reason: "it may not be read")
        }
        try self.init(name: path, runtime: runtime, options: options) { environment, options, session in
            cort_create_session(runtime.api, environment, path, options, session)
        }
    }

    private init(
        name: String, runtime: InferenceRuntime, options: InferenceOptions,
        create: (_ environment: OpaquePointer, _ options: OpaquePointer, _ session: UnsafeMutablePointer<OpaquePointer?>) -> OpaquePointer?
    ) throws {
        let api = runtime.api
        let sessionOptions = try Self.makeOptions(options, api, name)
        defer { cort_release_options(api, sessionOptions) }
        var session: OpaquePointer?
        try InferenceRuntime.check(
            api, create(runtime.environment, sessionOptions, &session), .badInput, Self.loading, path: name,
            hint: "the file must be a whole ONNX model")
        guard let session else { throw Failure(.internal, Self.loading, path: name, reason: "the library gave no session") }
        do {
            let reader = SignatureReader(api: api, session: session, model: name)
            (inputs, outputs) = (try reader.inputs(), try reader.outputs())
            memory = try Self.makeMemoryInfo(api, name)
        } catch {
            cort_release_session(api, session)
            throw error
        }
        (self.name, self.runtime, self.session, timeLimit) = (name, runtime, session, options.timeLimit)
    }

    deinit {
        cort_release_memory_info(runtime.api, memory)
        cort_release_session(runtime.api, session)
    }

    static let loading = "loading the model"

    private static func makeOptions(_ options: InferenceOptions, _ api: CortApi, _ name: String) throws -> OpaquePointer {
        func check(_ status: OpaquePointer?) throws {
            try InferenceRuntime.check(api, status, .internal, loading, path: name)
        }
        var result: OpaquePointer?
        try check(cort_create_options(api, &result))
        guard let result else { throw Failure(.internal, loading, path: name, reason: "the library gave no options") }
        let threads = max(1, min(options.threads ?? ProcessInfo.processInfo.activeProcessorCount, 1024))
        do {
            try check(cort_set_threads(api, result, Int32(threads)))
            try check(cort_set_optimization(api, result, Int32(CORT_OPTIMIZE_ALL)))
            try check(cort_set_log_level(api, result, Int32(CORT_LOG_FATAL)))
            // Waiting threads sleep, since the cores are shared with ray casting and resampling between runs.
            try check(cort_set_option(api, result, "session.intra_op.allow_spinning", "0"))
        } catch {
            cort_release_options(api, result)
            throw error
        }
        return result
    }

    private static func makeMemoryInfo(_ api: CortApi, _ name: String) throws -> OpaquePointer {
        var info: OpaquePointer?
        let status = cort_create_memory_info(api, Int32(CORT_ARENA_ALLOCATOR), Int32(CORT_MEMORY_DEFAULT), &info)
        try InferenceRuntime.check(api, status, .internal, loading, path: name)
        guard let info else { throw Failure(.internal, loading, path: name, reason: "the library gave no memory description") }
        return info
    }
}
