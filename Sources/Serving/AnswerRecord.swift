import BSBBasics
import BSBResults
import BSBWorkbench
import Foundation

/// What becomes known of an answer.
package enum ServiceEvent: Sendable {
    /// How far the mesh or the photo is looked at.
    case progress(ProgressDocument)
    /// What the click means in the photo.
    case masks(ClickedMasks)
    /// Where it is on the mesh, before the part is known.
    case buddy(MatchDocument)
    /// The answer: the last event.
    case answer(any Encodable & Sendable)
    /// That there is none, and why: the last event.
    case failed(FailureDocument)
    /// That nobody wants it any more: the last event.
    case withdrawn

    /// What it is called.
    package var name: String {
        switch self {
        case .progress: "progress"
        case .masks: "masks"
        case .buddy: "buddy"
        case .answer: "answer"
        case .failed: "failed"
        case .withdrawn: "withdrawn"
        }
    }

    /// Whether nothing comes after it.
    package var isLast: Bool {
        switch self {
        case .answer, .failed, .withdrawn: true
        case .progress, .masks, .buddy: false
        }
    }

    /// What it tells, as JSON on one line.
    ///
    /// Throws `Failure(.internal)` for a document that has none.
    package func json() throws -> Data {
        switch self {
        case .progress(let progress): try JSONText.data(progress, pretty: false)
        case .masks(let masks): try JSONText.data(masks, pretty: false)
        case .buddy(let document): try JSONText.data(document, pretty: false)
        case .answer(let document): try JSONText.data(document, pretty: false)
        case .failed(let failure): try JSONText.data(failure, pretty: false)
        case .withdrawn: Data("{}".utf8)
        }
    }
}

/// A question that was asked, what became known of it, and at last its answer.
///
/// It keeps what it was told, so that any number may listen, at any time and as slowly as they like: nobody waits for them.
package final class AnswerRecord: Sendable {
    private struct State {
        /// With numbers that grow; of progress only the last.
        var events: [(number: Int, event: ServiceEvent)] = []
        var contents: (any AnswerContents)?
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var counter = 0
        var lastSeen = ContinuousClock.now
        var task: Task<Void, Never>?
    }

    /// What it is asked for by.
    package let id = Identifier()
    /// What was asked.
    package let kind: QuestionKind
    /// The photos and meshes that it is about.
    let inputs: [Identifier]
    private let state = Guarded(State())

    init(_ kind: QuestionKind, about inputs: [Identifier]) { (self.kind, self.inputs) = (kind, inputs) }

    /// The answer, once it is there.
    package var contents: (any AnswerContents)? { state.withLock(\.contents) }

    /// How it stands.
    package var standing: AnswerState {
        switch state.withLock({ $0.events.last?.event }) {
        case .answer: .done
        case .failed: .failed
        case .withdrawn: .withdrawn
        default: .running
        }
    }

    /// How it stands, as clients see it; counts as listening.
    package var document: AnswerDocument {
        let (last, contents) = state.withLock { state -> (ServiceEvent?, (any AnswerContents)?) in
            state.lastSeen = .now
            return (state.events.last?.event, state.contents)
        }
        var document = AnswerDocument(id: id, kind: kind, state: standing, files: contents?.files ?? [])
        switch last {
        case .answer(let answer): document.document = answer
        case .failed(let failure): document.error = failure
        case .progress(let progress): document.progress = progress
        default: break
        }
        return document
    }

    /// A file of the answer.
    ///
    /// Throws `Failure`, and `Refusal(.unknown)` where there is none of the name, or no answer yet.
    package func file(_ name: String) throws -> Data {
        guard let contents else {
            throw Refusal(.unknown, "giving a file of an answer", path: name, reason: "the answer is not there, or not yet")
        }
        return try contents.file(name)
    }

    /// Everything that becomes known, from the first event or the one behind `last`; it ends behind the last.
    package func events(after last: Int = 0) -> AsyncStream<(number: Int, event: ServiceEvent)> {
        let (signals, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let listener = state.withLock { state -> Int in
            state.counter += 1
            state.listeners[state.counter] = signal
            return state.counter
        }
        signal.yield()
        return AsyncStream { stream in
            let task = Task { [weak self] in
                var last = last
                for await _ in signals {
                    guard let self else { break }
                    // Both at one time: what is told in between would be lost.
                    let (news, isOver) = state.withLock { state in
                        (state.events.filter { $0.number > last }, state.events.last?.event.isLast ?? false)
                    }
                    for item in news {
                        stream.yield(item)
                        last = item.number
                    }
                    if isOver { break }
                }
                stream.finish()
            }
            stream.onTermination = { [weak self] _ in
                task.cancel()
                self?.state.withLock { state in
                    state.listeners[listener] = nil
                    state.lastSeen = .now
                }
            }
        }
    }

    /// Seconds for which nobody has listened; 0 while somebody does.
    func silence(at now: ContinuousClock.Instant = .now) -> Double {
        state.withLock { $0.listeners.isEmpty ? ($0.lastSeen.duration(to: now)) / .seconds(1) : 0 }
    }

    /// Withdraws the question, if it is still being answered.
    package func cancel() { state.withLock(\.task)?.cancel() }

    /// Notes who works on it.
    func begin(_ task: Task<Void, Never>) { state.withLock { $0.task = task } }

    /// Tells an event.
    func tell(_ event: ServiceEvent, contents: (any AnswerContents)? = nil) {
        let listeners = state.withLock { state -> [AsyncStream<Void>.Continuation] in
            guard !(state.events.last?.event.isLast ?? false) else { return [] }
            if case .progress = state.events.last?.event, case .progress = event { state.events.removeLast() }
            state.counter += 1
            state.events.append((state.counter, event))
            if let contents { state.contents = contents }
            if event.isLast { state.task = nil }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.yield() }
    }
}
