/// A value that is made when it is first asked for, once, whichever thread asks.
package final class Deferred<Value: Sendable>: Sendable {
    private let state: Guarded<State>

    private enum State {
        case pending(@Sendable () throws -> Value)
        case made(Value)
    }

    /// A value that `make` will make; what `make` holds is let go once it has.
    package init(_ make: @escaping @Sendable () throws -> Value) {
        state = Guarded(.pending(make))
    }

    /// The value, made now if nobody asked before.
    ///
    /// Throws what making it throws; then the next to ask tries again.
    package func value() throws -> Value {
        try state.withLock { state in
            switch state {
            case .made(let value): return value
            case .pending(let make):
                let value = try make()
                state = .made(value)
                return value
            }
        }
    }
}
