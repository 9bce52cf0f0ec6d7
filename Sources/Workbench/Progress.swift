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

/// Counts finished steps and reports them in order.
final class StepCounter: Sendable {
    private let update: Guarded<ProgressUpdate>
    private let progress: @Sendable (ProgressUpdate) -> Void

    init(name: String, total: Int, progress: @escaping @Sendable (ProgressUpdate) -> Void) {
        update = Guarded(ProgressUpdate(stage: name, done: 0, total: total))
        self.progress = progress
        if total > 0 { progress(ProgressUpdate(stage: name, done: 0, total: total)) }
    }

    func finishedStep() {
        update.withLock {
            $0.done += 1
            progress($0)
        }
    }
}
