import Dispatch
import Foundation

/// Data-parallel loops over a bounded number of threads.
public struct Parallelism: Sendable {
    /// The number of threads that work at once, at least 1.
    public var threads: Int

    /// `threads` threads, or one for each active core.
    public init(threads: Int? = nil) {
        self.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
    }

    /// The results of `body(0) … body(count - 1)` in order; the first error by index is rethrown after all have ended.
    ///
    /// Items are handed out one at a time, so uneven items balance. The result does not depend on the number of threads.
    public func map<T: Sendable>(_ count: Int, _ body: @Sendable (Int) throws -> T) throws -> [T] {
        guard threads > 1, count > 1 else { return try (0..<count).map(body) }
        let next = Counter()
        let collected = Collected<T>(count: count)
        withoutActuallyEscaping(body) { body in
            DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
                while let item = next.take(below: count) {
                    collected.set(item, Result { try body(item) })
                }
            }
        }
        return try collected.values()
    }

    /// Runs `body` for each of `count` items; see ``map(_:_:)``.
    public func forEach(_ count: Int, _ body: @Sendable (Int) throws -> Void) throws {
        _ = try map(count) { try body($0) }
    }

    private final class Counter: @unchecked Sendable {
        private let lock = NSLock()
        private var taken = 0

        func take(below count: Int) -> Int? {
            lock.lock()
            defer { lock.unlock() }
            guard taken < count else { return nil }
            taken += 1
            return taken - 1
        }
    }

    private final class Collected<T: Sendable>: @unchecked Sendable {
        private let lock = NSLock()
        private var results: [Result<T, Error>?]

        init(count: Int) {
            results = Array(repeating: nil, count: count)
        }

        func set(_ index: Int, _ result: Result<T, Error>) {
            lock.lock()
            results[index] = result
            lock.unlock()
        }

        func values() throws -> [T] {
            try results.map { try $0!.get() }
        }
    }
}
