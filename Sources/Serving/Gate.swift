import BSBBasics
/// Lets so many in at once, the others in the order in which they came; those that wait hold no thread.
package final class Gate: Sendable {
    private struct State {
        var free: Int
        var waiting: [(number: Int, continuation: CheckedContinuation<Void, any Error>)] = []
        var next = 0
        var withdrawn: Set<Int> = []
    }

    private let state: Guarded<State>

    /// A gate for `count` at once.
    package init(_ count: Int) { state = Guarded(State(free: count)) }

    /// Runs `body` once it is let in.
    ///
    /// Throws what `body` throws, and `CancellationError` where the task is cancelled while it waits.
    package func pass<T>(_ body: () async throws -> T) async throws -> T {
        try await enter()
        defer { leave() }
        return try await body()
    }

    private func enter() async throws {
        let number = state.withLock { state -> Int in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state -> Result<Void, any Error>? in
                    if state.withdrawn.remove(number) != nil { return .failure(CancellationError()) }
                    if state.free > 0 {
                        state.free -= 1
                        return .success(())
                    }
                    state.waiting.append((number, continuation))
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            withdraw(number)
        }
        // One that was cancelled after it was let in leaves no trace.
        _ = state.withLock { $0.withdrawn.remove(number) }
    }

    private func withdraw(_ number: Int) {
        let waiting = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard let place = state.waiting.firstIndex(where: { $0.number == number }) else {
                state.withdrawn.insert(number)
                return nil
            }
            return state.waiting.remove(at: place).continuation
        }
        waiting?.resume(throwing: CancellationError())
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume()
    }
}
