import Synchronization

/// Tells work that it is no longer wanted.
///
/// Work looks at it between steps, the longest of which is one run of a model, and ends with `CancellationError`.
public final class Cancellation: Sendable {
    private let flag = Atomic(false)

    /// Work that is wanted.
    public init() {}

    /// Whether the work is no longer wanted.
    public var isCancelled: Bool { flag.load(ordering: .relaxed) }

    /// Asks the work to end.
    public func cancel() { flag.store(true, ordering: .relaxed) }

    /// Throws `CancellationError` once the work is no longer wanted.
    public func check() throws {
        if isCancelled { throw CancellationError() }
    }
}
