import BSBBasics

/// How far a stage of the work is.
public struct ProgressUpdate: Sendable, Hashable {
    /// What is being done, in words.
    public var stage: String
    /// Steps done.
    public var done: Int
    /// Steps in all.
    public var total: Int

    /// `done` of `total` steps of `stage`.
    public init(stage: String, done: Int, total: Int) {
        self.stage = stage
        self.done = done
        self.total = total
    }
}

/// How far work on many things is.
package struct Headway: Sendable, Hashable {
    /// Things done, with those that failed.
    package var done = 0
    /// Of these, how many cannot be used.
    package var failed = 0
    /// Things in all.
    package var total: Int
    /// The time since the start in seconds.
    package var seconds = 0.0
}

/// Counts things that are worked on side by side, and tells after each, in order.
package final class HeadwayCounter: Sendable {
    private let headway: Guarded<Headway>
    private let start = ContinuousClock.now
    private let progress: @Sendable (Headway) -> Void

    /// A counter of `total` things, which tells `progress`.
    package init(total: Int, _ progress: @escaping @Sendable (Headway) -> Void) {
        headway = Guarded(Headway(total: total))
        self.progress = progress
    }

    /// Counts `count` more, of which `failed` cannot be used.
    package func finished(_ count: Int = 1, failed: Int = 0) {
        headway.withLock {
            $0.done += count
            $0.failed += failed
            $0.seconds = (ContinuousClock.now - start) / .seconds(1)
            progress($0)
        }
    }
}
