import BSBBasics
import BSBCONNXRuntime
import Foundation

/// The opened ONNX Runtime library, which runs the graphs.
///
/// It may be used from any thread, and outlives every session made with it.
package final class InferenceRuntime: @unchecked Sendable {
    // Unchecked: both are set once, and the library's functions may be called from any thread.
    let api: CortApi
    let environment: OpaquePointer

    /// The version of the library, such as `1.32.0`.
    package let version: String
    /// The file that was opened, or the name that the system's loader knew.
    package let path: String

    /// Opens the first library that `search` finds.
    ///
    /// Throws `Failure(.missingModel)` naming the places if there is none.
    package init(searching search: RuntimeSearch = RuntimeSearch()) throws {
        // It would tell its makers how it is used, and leave a file in the temporary folder.
        setenv("ORT_DISABLE_TELEMETRY", "1", 1)
        var obstacles: [String] = []
        for candidate in search.candidates() {
            switch Self.open(candidate) {
            case .success(let opened):
                (path, version, api) = (candidate, opened.version, opened.api)
                environment = try Self.makeEnvironment(opened.api)
                return
            case .failure(let obstacle):
                // That a bare name is not known to the system is the usual case and already said.
                if candidate.contains("/") || search.override != nil { obstacles.append(obstacle.reason) }
            }
        }
        throw Self.missing(search, obstacles)
    }

    deinit {
        // The library stays open: its own threads and exit handlers may still run in it.
        cort_release_env(api, environment)
    }

    private struct Obstacle: Error {
        let reason: String
    }

    private static func open(_ path: String) -> Result<(api: CortApi, version: String), Obstacle> {
        var reason: UnsafePointer<CChar>?
        guard let library = cort_open(path, &reason) else {
            return .failure(Obstacle(reason: reason.map { String(cString: $0) } ?? "it cannot be opened"))
        }
        guard let version = cort_version(library) else {
            return .failure(Obstacle(reason: "\(path): it is a library, but not ONNX Runtime"))
        }
        guard let api = cort_api(library) else {
            let needed = "1.\(CORT_API_VERSION)"
            return .failure(Obstacle(reason: "\(path): it is ONNX Runtime \(String(cString: version)); \(needed) or later is needed"))
        }
        return .success((api, String(cString: version)))
    }

    private static func makeEnvironment(_ api: CortApi) throws -> OpaquePointer {
        var environment: OpaquePointer?
        // Everything that matters comes back as a status; the library's own log would go to the console.
        try check(api, cort_create_env(api, Int32(CORT_LOG_FATAL), "bsb", &environment), .internal, "starting ONNX Runtime")
        guard let environment else { throw Failure(.internal, "starting ONNX Runtime", reason: "it gave no environment") }
        return environment
    }

    private static func missing(_ search: RuntimeSearch, _ obstacles: [String]) -> Failure {
        let found = obstacles.isEmpty ? "" : "; found, but of no use: " + obstacles.joined(separator: "; ")
        let reason = search.override == nil ? "the library was not found; looked \(search.description)\(found)" : search.description + found
        return Failure(
            .missingModel, "opening ONNX Runtime", reason: reason,
            hint: "run scripts/bootstrap --user in the checkout of SegmentationBuddies, or set \(RuntimeSearch.variable) to the library")
    }

    /// What a message of the library says, without its codes, the places in its source, and what follows the first sentence or line.
    static func sentence(_ message: String) -> String {
        var text = message.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        text = text.replacing(#/^\[ONNXRuntimeError\] : [0-9]+ : [A-Z_]+ : /#, with: "")
        // Such as "/onnxruntime_src/onnxruntime/core/graph/model.cc:181 onnxruntime::Model::Model(...)".
        text = text.replacing(#/\(?[A-Za-z0-9_./-]*onnxruntime[A-Za-z0-9_./-]*\.(cc|h|cpp):[0-9]+\)?( [^ ]*::[^ ]*(\(.*\))?)?/#, with: "")
        text = text.replacing(#/^Non-zero status code returned while running ([A-Za-z]+) node\. Name:'[^']*' Status Message: /#) {
            "in \($0.output.1): "
        }
        text = text.replacing(#/\s\s+/#, with: " ").trimmingCharacters(in: CharacterSet(charactersIn: " :."))
        if let end = text.firstRange(of: ". ") { text = String(text[..<end.lowerBound]) }
        guard text.count > 200 else { return text.isEmpty ? "the library does not say why" : text }
        let cut = text.prefix(200)
        return cut[..<(cut.lastIndex(of: " ") ?? cut.endIndex)] + " ..."
    }

    /// Turns a status that reports an error into a `Failure` and frees it.
    static func check(
        _ api: CortApi, _ status: OpaquePointer?, _ kind: Failure.Kind, _ operation: String, path: String? = nil, hint: String? = nil
    ) throws {
        guard let status else { return }
        let words = cort_message(api, status).map { sentence(String(cString: $0)) } ?? "the library does not say why"
        cort_release_status(api, status)
        throw Failure(kind, operation, path: path, reason: words, hint: hint)
    }
}
