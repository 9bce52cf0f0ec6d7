import Foundation

/// Results that are kept in memory up to a number of bytes, the least recently used going first.
///
/// A result that several ask for at once is made once: the others wait for it. Whoever is holding a result keeps it alive, whether or
/// not it is still kept here. It may be used from any thread.
public final class BoundedMemory: @unchecked Sendable {
    // Unchecked: everything mutable is only touched under the lock of `condition`.
    private struct Entry {
        var value: any Sendable
        var bytes: Int
        var lastUse: UInt64
    }

    private let condition = NSCondition()
    private var entries: [String: Entry] = [:]
    private var making: Set<String> = []
    private var clock: UInt64 = 0
    private var total = 0

    /// The most bytes that are kept.
    public let limit: Int

    /// A memory of at most `limit` bytes.
    public init(limit: Int) {
        self.limit = limit
    }

    /// The bytes of everything that is kept now, never more than ``limit``.
    public var bytes: Int { locked { total } }

    /// The number of results that are kept now.
    public var count: Int { locked { entries.count } }

    /// The result of this name, made by `make` if it is not here.
    ///
    /// - Parameters:
    ///   - name: what decides the result.
    ///   - cancellation: ends the wait for somebody else who makes it.
    ///   - bytes: how large a result is; one larger than the limit is not kept.
    ///   - make: makes the result; where it throws, nothing is kept and the next who waits tries.
    /// - Throws: what `make` throws, and `CancellationError`.
    /// - Complexity: O(1), and O(entries) for each that has to go.
    package func value<T: Sendable>(
        _ name: String, cancellation: Cancellation, bytes: (T) -> Int, make: () throws -> T
    ) throws -> T {
        condition.lock()
        while true {
            if let known: T = lookUp(name) {
                condition.unlock()
                return known
            }
            if making.insert(name).inserted { break }
            // Now and then a look whether the question still stands.
            _ = condition.wait(until: Date(timeIntervalSinceNow: 0.05))
            if cancellation.isCancelled {
                condition.unlock()
                throw CancellationError()
            }
        }
        condition.unlock()
        let made = Result { try make() }
        condition.lock()
        making.remove(name)
        if case .success(let value) = made { insert(value, name, bytes(value)) }
        condition.broadcast()
        condition.unlock()
        return try made.get()
    }

    /// Whether the result of this name is here.
    func has(_ name: String) -> Bool { locked { entries[name] != nil } }

    /// The result of this name, if it is here.
    func known<T: Sendable>(_ name: String) -> T? { locked { lookUp(name) } }

    /// Keeps a result that was made elsewhere.
    func keep(_ value: some Sendable, as name: String, bytes: Int) { locked { insert(value, name, bytes) } }

    /// Forgets the result of this name.
    func forget(_ name: String) {
        locked {
            if let entry = entries.removeValue(forKey: name) { total -= entry.bytes }
        }
    }

    /// Forgets everything.
    public func clear() {
        locked {
            entries = [:]
            total = 0
        }
    }

    private func locked<T>(_ body: () -> T) -> T {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }

    /// Under the lock.
    private func lookUp<T: Sendable>(_ name: String) -> T? {
        guard let entry = entries[name], let value = entry.value as? T else { return nil }
        clock += 1
        entries[name]!.lastUse = clock
        return value
    }

    /// Under the lock.
    private func insert(_ value: any Sendable, _ name: String, _ bytes: Int) {
        if let old = entries.removeValue(forKey: name) { total -= old.bytes }
        guard bytes <= limit else { return }
        while total + bytes > limit, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            total -= oldest.value.bytes
            entries[oldest.key] = nil
        }
        clock += 1
        entries[name] = Entry(value: value, bytes: bytes, lastUse: clock)
        total += bytes
    }
}
