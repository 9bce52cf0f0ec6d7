import Foundation

/// Lets one run of a network through at a time, or any number.
///
/// A large network uses all cores and gigabytes in one run; two at once would need twice the memory and be no quicker.
final class RunGate: @unchecked Sendable {
    private let lock = NSLock()
    private let isOpen: Bool

    /// A gate that lets any number through if it is open.
    init(isOpen: Bool) { self.isOpen = isOpen }

    /// Runs `body`, after those that came before.
    func pass<T>(_ body: () throws -> T) rethrows -> T {
        if !isOpen { lock.lock() }
        defer { if !isOpen { lock.unlock() } }
        return try body()
    }
}
