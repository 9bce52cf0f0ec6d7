import BSBBasics
import BSBWorkbench

/// Questions of which the last counts: each withdraws the one before.
package final class Turns: Sendable {
    private let standing = Guarded<(cancellation: Cancellation?, count: Int, turn: Int)>((nil, 0, .min))

    /// No question yet.
    package init() {}

    /// The number of questions so far.
    package var count: Int { standing.withLock(\.count) }

    /// The next question's cancellation; the question before it is withdrawn now.
    ///
    /// - Parameter turn: the question's number where questions may overtake one another on their way: one of a lower number than an earlier
    ///   one is withdrawn itself.
    package func next(turn: Int? = nil) -> Cancellation {
        let cancellation = Cancellation()
        standing.withLock {
            $0.count += 1
            if let turn {
                guard turn >= $0.turn else { return cancellation.cancel() }
                $0.turn = turn
            }
            $0.cancellation?.cancel()
            $0.cancellation = cancellation
        }
        return cancellation
    }

    /// Withdraws the question that stands, if any does.
    package func withdraw() {
        standing.withLock {
            $0.cancellation?.cancel()
            $0.cancellation = nil
        }
    }
}
