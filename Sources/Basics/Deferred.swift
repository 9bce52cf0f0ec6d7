import Foundation

/// A value that is made when it is first asked for, once, whichever thread asks.
public final class Deferred<Value: Sendable>: @unchecked Sendable {
    // Unchecked: the lock guards what was made.
    private let lock = NSLock()
    private let make: @Sendable () throws -> Value
    private var made: Value?

    /// A value that `make` will make.
    public init(_ make: @escaping @Sendable () throws -> Value) {
        self.make = make
    }

    /// The value, made now if nobody asked before.
    ///
    /// Throws what making it throws; then the next to ask tries again.
    public func value() throws -> Value {
        try lock.withLock {
            if let made { return made }
            let value = try make()
            made = value
            return value
        }
    }
}
