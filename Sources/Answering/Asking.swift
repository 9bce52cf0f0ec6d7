import BSBWorkbench
import Dispatch
import Foundation

/// Where a photo or a mesh comes from.
public enum InputSource: Sendable {
    /// A file.
    case file(String)
    /// The bytes of a file, and its name.
    case data(Data, name: String)
}

extension Workbench {
    /// Opens a photo, without blocking the caller.
    ///
    /// Throws `Failure` if it cannot be read.
    public func open(photo source: InputSource) async throws -> OpenPhoto {
        try await Self.inBackground {
            switch source {
            case .file(let path): try OpenPhoto(contentsOf: path)
            case .data(let data, let name): try OpenPhoto(data, name: name)
            }
        }
    }

    /// Opens a mesh as the settings want it, without blocking the caller.
    ///
    /// Throws `Failure` if it cannot be read or has no surface.
    public func open(mesh source: InputSource) async throws -> OpenMesh {
        let (normalisation, isColored, up, reading) = (settings.normalisation, settings.surface == .texture, settings.up, meshReading)
        return try await Self.inBackground {
            switch source {
            case .file(let path): try OpenMesh(contentsOf: path, normalisation: normalisation, colored: isColored, up: up, reading: reading)
            case .data(let data, let name):
                try OpenMesh(data, name: name, normalisation: normalisation, colored: isColored, up: up, reading: reading)
            }
        }
    }

    /// Answers a click stage by stage, without blocking the caller; see `answer(_:in:on:masks:wantsPart:tell:)`.
    ///
    /// Whoever stops listening withdraws the question: the work ends at its next step.
    /// - Parameters:
    ///   - click: where the photo is clicked.
    ///   - photo: the photo.
    ///   - mesh: the mesh.
    ///   - settings: what decides the answer to this question; by default the workbench's.
    ///   - progress: called from any thread while the mesh is looked at.
    public func stages(
        of click: Click, in photo: OpenPhoto, on mesh: OpenMesh, settings: Settings? = nil,
        progress: (@Sendable (ProgressUpdate) -> Void)? = nil
    ) -> AsyncThrowingStream<AnswerStage, any Error> {
        let cancellation = Cancellation()
        let bench = asking(settings, progress: progress, cancellation: cancellation)
        return AsyncThrowingStream { stream in
            stream.onTermination = { _ in cancellation.cancel() }
            Self.queue.async {
                do {
                    try bench.answer(click, in: photo, on: mesh) { stream.yield($0) }
                    stream.finish()
                } catch {
                    stream.finish(throwing: error)
                }
            }
        }
    }

    /// Work is not done on Swift's own threads, of which there are no more than cores: it waits for its loops.
    private static let queue = DispatchQueue(label: "segmentation-buddies.answers", attributes: .concurrent)

    /// What `work` gives, without blocking the caller; throws what it throws.
    package static func inBackground<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work() }) }
        }
    }
}

/// Somebody who asks one thing after another, and wants the answer to the last only: each click withdraws the one before.
public final class Conversation: Sendable {
    private let bench: Workbench
    private let turns = Turns()

    /// The number of questions asked so far.
    var questions: Int { turns.count }

    /// A conversation at a workbench.
    public init(at bench: Workbench) { self.bench = bench }

    /// Answers a click and withdraws the question before it, whose listener gets `CancellationError`.
    ///
    /// - Parameters:
    ///   - click: where the photo is clicked.
    ///   - photo: the photo.
    ///   - mesh: the mesh.
    ///   - settings: what decides the answer to this question; by default the workbench's.
    ///   - progress: called from any thread while the mesh is looked at.
    ///   - tell: called with each stage when it is ready, on the thread that works.
    /// - Throws: as `answer(_:in:on:masks:wantsPart:tell:)`, and `CancellationError` once a newer question is asked or the task is
    ///   cancelled.
    public func answer(
        _ click: Click, in photo: OpenPhoto, on mesh: OpenMesh, settings: Settings? = nil,
        progress: (@Sendable (ProgressUpdate) -> Void)? = nil, tell: @escaping @Sendable (AnswerStage) -> Void = { _ in }
    ) async throws -> Answer {
        let cancellation = turns.next()
        let bench = bench.asking(settings, progress: progress, cancellation: cancellation)
        return try await withTaskCancellationHandler {
            try await Workbench.inBackground {
                try cancellation.check()
                return try bench.answer(click, in: photo, on: mesh, tell: tell)
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Withdraws what is being answered, if anything is.
    public func withdraw() { turns.withdraw() }
}
