import BSBBasics

/// Lets one run of a network through at a time, or any number.
///
/// A large network uses all cores and gigabytes in one run; two at once would need twice the memory and be no quicker.
final class RunGate: Sendable {
    private let turn = Guarded(())
    private let isOpen: Bool

    /// A gate that lets any number through if it is open.
    init(isOpen: Bool) { self.isOpen = isOpen }

    /// Runs `body`, after those that came before.
    func pass<T: Sendable>(_ body: () throws -> T) rethrows -> T {
        if isOpen { return try body() }
        return try turn.withLock { _ in try body() }
    }
}
