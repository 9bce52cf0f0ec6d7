import BSBAnswering
import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBInference
import BSBResults
import BSBWorkbench
import Foundation

/// Models, memory and cache.
final class BenchHandle: Sendable {
    let bench: Workbench

    init(_ bench: Workbench) { self.bench = bench }

    /// Loads the models of a folder.
    ///
    /// Throws `Failure` if one of them, or ONNX Runtime, is not there.
    convenience init(models folder: String, runtime path: String?, cache: String?, threads: Int?) throws {
        var search = RuntimeSearch()
        if let path { search.override = path }
        let runtime = try InferenceRuntime(searching: search)
        let models = try EmbeddedModels(folder: folder)
        self.init(
            Workbench(
                try ModelPair(models, runtime: runtime),
                cache: CacheDirectory(path: cache), parallelism: Parallelism(threads: threads)))
    }
}

/// An answer, and what C sees of it: buffers that live as long.
final class AnswerHandle: @unchecked Sendable {
    // Unchecked: the buffers are written in `init` alone.
    let isFound: Bool
    let vertex: Int64
    let probability: UnsafeMutableBufferPointer<Float>?
    let faceLabels: UnsafeMutableBufferPointer<UInt8>?
    let json: UnsafeMutablePointer<CChar>

    /// What C sees of an answer.
    ///
    /// Throws `Failure(.internal)` if its document cannot be written.
    init(_ answer: Answer, at bench: Workbench) throws {
        let document = MatchOutputs(answer, at: bench).document()
        json = strdup(String(decoding: try JSONText.data(document), as: UTF8.self))
        isFound = answer.isFound
        vertex = answer.correspondence.buddy.map { Int64($0.vertex) } ?? -1
        probability = answer.segment.map { Self.buffer($0.probability) }
        faceLabels = answer.segment.map { Self.buffer($0.fileFaceLabels(answer.mesh.mesh).map { $0 ? 1 : 0 }) }
    }

    private static func buffer<T>(_ values: [T]) -> UnsafeMutableBufferPointer<T> {
        let buffer = UnsafeMutableBufferPointer<T>.allocate(capacity: values.count)
        _ = buffer.initialize(from: values)
        return buffer
    }

    deinit {
        probability?.deallocate()
        faceLabels?.deallocate()
        free(json)
    }
}

/// The sentence of a thread's last failure.
final class LastMessage {
    private(set) var text = strdup("")!

    /// That of the calling thread.
    static var current: LastMessage {
        let known = Thread.current.threadDictionary["bsb.message"] as? LastMessage
        let message = known ?? LastMessage()
        if known == nil { Thread.current.threadDictionary["bsb.message"] = message }
        return message
    }

    func say(_ sentence: String) {
        free(text)
        text = strdup(sentence)
    }

    deinit { free(text) }
}
