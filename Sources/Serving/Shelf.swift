import BSBBasics
/// Things that are kept by id up to a number of bytes and of things, the least recently used going first.
///
/// What is larger than the limit is kept alone. Whoever holds a thing keeps it alive, whether or not it is still here.
package final class Shelf<Thing: Sendable>: Sendable {
    private struct Entry {
        var thing: Thing
        var bytes: Int
        var lastUse: UInt64
        var arrival: UInt64
    }

    private struct State {
        var entries: [Identifier: Entry] = [:]
        var bytes = 0
        var clock: UInt64 = 0
    }

    private let state = Guarded(State())
    private let byteLimit: Int
    private let countLimit: Int
    private let discard: @Sendable (Thing) -> Void

    /// An empty shelf; `discard` is told of each thing that goes.
    package init(byteLimit: Int = .max, countLimit: Int = .max, discard: @escaping @Sendable (Thing) -> Void = { _ in }) {
        (self.byteLimit, self.countLimit, self.discard) = (byteLimit, countLimit, discard)
    }

    /// The bytes and the number of all things.
    package var size: (bytes: Int, count: Int) { state.withLock { ($0.bytes, $0.entries.count) } }

    /// Keeps a thing, for which others may have to go.
    ///
    /// - Complexity: O(things) for each that has to go.
    package func keep(_ thing: Thing, as id: Identifier, bytes: Int = 0) {
        let gone = state.withLock { state -> [Thing] in
            var gone: [Thing] = []
            let isFull = { (state: State) in state.bytes + bytes > self.byteLimit || state.entries.count >= self.countLimit }
            while isFull(state), let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
                state.bytes -= oldest.value.bytes
                state.entries[oldest.key] = nil
                gone.append(oldest.value.thing)
            }
            state.clock += 1
            state.entries[id] = Entry(thing: thing, bytes: bytes, lastUse: state.clock, arrival: state.clock)
            state.bytes += bytes
            return gone
        }
        gone.forEach(discard)
    }

    /// The thing of an id, which counts as a use.
    package func find(_ id: Identifier) -> Thing? {
        state.withLock { state in
            guard let entry = state.entries[id] else { return nil }
            state.clock += 1
            state.entries[id]!.lastUse = state.clock
            return entry.thing
        }
    }

    /// Notes how many bytes a thing has come to have, for which others may have to go; nothing if it is gone.
    package func resize(_ id: Identifier, bytes: Int) {
        let thing = state.withLock { state -> Thing? in
            guard let entry = state.entries.removeValue(forKey: id) else { return nil }
            state.bytes -= entry.bytes
            return entry.thing
        }
        if let thing { keep(thing, as: id, bytes: bytes) }
    }

    /// Takes the thing of an id away; whether there was one.
    @discardableResult
    package func remove(_ id: Identifier) -> Bool {
        let gone = state.withLock { state -> Thing? in
            guard let entry = state.entries.removeValue(forKey: id) else { return nil }
            state.bytes -= entry.bytes
            return entry.thing
        }
        gone.map(discard)
        return gone != nil
    }

    /// Takes away all things of which `isUnwanted` holds.
    package func removeAll(where isUnwanted: (Thing) -> Bool) {
        let gone = state.withLock { state -> [Thing] in
            let unwanted = state.entries.filter { isUnwanted($0.value.thing) }
            for (id, entry) in unwanted {
                state.bytes -= entry.bytes
                state.entries[id] = nil
            }
            return unwanted.values.map(\.thing)
        }
        gone.forEach(discard)
    }

    /// All things, the one that came last first.
    package var all: [Thing] {
        state.withLock { state in state.entries.values.sorted { $0.arrival > $1.arrival }.map(\.thing) }
    }
}
