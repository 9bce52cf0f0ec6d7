import Dispatch
import Foundation
import Synchronization

/// Data-parallel loops over a bounded number of threads.
package struct Parallelism: Sendable {
    /// The number of threads that work at once, at least 1.
    package var threads: Int

    /// `threads` threads, or one for each active core.
    package init(threads: Int? = nil) {
        self.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
    }

    /// The results of `body(0) … body(count - 1)` in order; the first error by index is rethrown after all have ended.
    ///
    /// Items are handed out one at a time, so uneven items balance. The result does not depend on the number of threads.
    package func map<T: Sendable, E: Error>(_ count: Int, _ body: @Sendable (Int) throws(E) -> T) throws(E) -> [T] {
        guard threads > 1, count > 1 else { return try (0..<count).map(body) }
        let next = Atomic(0)
        let results = [Result<T, E>](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            // Each item is written once, by the thread that took it, and read when all threads have ended.
            nonisolated(unsafe) let items = buffer
            withoutActuallyEscaping(body) { body in
                DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
                    while true {
                        let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
                        guard item < count else { return }
                        items.initializeElement(at: item, to: Result { () throws(E) in try body(item) })
                    }
                }
            }
            initializedCount = count
        }
        return try results.map { (result) throws(E) in try result.get() }
    }

    /// Runs `body` for each of `count` items; see ``map(_:_:)``.
    package func forEach<E: Error>(_ count: Int, _ body: @Sendable (Int) throws(E) -> Void) throws(E) {
        _ = try map(count) { (item) throws(E) in try body(item) }
    }
}
