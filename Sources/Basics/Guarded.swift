#if THREAD_SANITIZER
    import Foundation

    /// A value that one thread at a time has, behind a lock that the thread sanitizer sees.
    ///
    /// It stands for `Mutex` in builds of `scripts/sanitize`: the sanitizer cannot see the lock of `Mutex`, which is in a library of the
    /// toolchain that it does not instrument, and reports as a race what two threads do under it one after the other.
    package final class Guarded<Value>: @unchecked Sendable {
        // Unchecked: the value is only touched under the lock.
        private let lock = NSLock()
        private var value: Value

        /// A value behind a lock.
        package init(_ value: sending Value) { self.value = value }

        /// What `body` makes of the value, which nobody else has meanwhile.
        package func withLock<Result, E: Error>(_ body: (inout Value) throws(E) -> Result) throws(E) -> Result {
            lock.lock()
            defer { lock.unlock() }
            return try body(&value)
        }
    }
#else
    import Synchronization

    /// A value that one thread at a time has.
    package typealias Guarded<Value> = Mutex<Value>
#endif
