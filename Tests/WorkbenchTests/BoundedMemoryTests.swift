import BSBBasics
import Synchronization
import Testing

@testable import BSBWorkbench

@Suite struct BoundedMemoryTests {
    @Test func theLeastRecentlyUsedGoesFirst() throws {
        let memory = BoundedMemory(limit: 30)
        func get(_ name: String) throws -> Int {
            try memory.value(name, cancellation: Cancellation(), bytes: { _ in 10 }) { memory.count }
        }
        for name in ["a", "b", "c"] { _ = try get(name) }
        #expect(try get("a") == 0, "kept")
        _ = try get("d")
        #expect(memory.has("a") && !memory.has("b") && memory.has("c") && memory.has("d"))
        #expect(memory.bytes == 30 && memory.count == 3)
        _ = try memory.value("large", cancellation: Cancellation(), bytes: { (_: Int) in 31 }) { 1 }
        #expect(!memory.has("large") && memory.bytes == 30)
        memory.forget("a")
        #expect(memory.bytes == 20)
        memory.clear()
        #expect(memory.bytes == 0 && memory.count == 0)
    }

    @Test func whatManyAskForIsMadeOnce() throws {
        let memory = BoundedMemory(limit: 100)
        let made = Atomic(0)
        let values = try Parallelism(threads: 8).map(64) { item -> Int in
            try memory.value("v\(item % 4)", cancellation: Cancellation(), bytes: { _ in 1 }) {
                made.add(1, ordering: .relaxed)
                return item % 4
            }
        }
        #expect(values == (0..<64).map { $0 % 4 })
        #expect(made.load(ordering: .relaxed) == 4)
    }

    @Test func aMakerThatFailsLeavesTheNextToTry() throws {
        let memory = BoundedMemory(limit: 100)
        let tries = Atomic(0)
        let results = Parallelism(threads: 4).map(4) { _ -> Bool in
            do {
                return try memory.value("v", cancellation: Cancellation(), bytes: { _ in 1 }) {
                    if tries.add(1, ordering: .relaxed).newValue == 1 { throw Failure(.internal, "making", reason: "once") }
                    return true
                }
            } catch { return false }
        }
        #expect(results.count { !$0 } == 1 && tries.load(ordering: .relaxed) == 2)
    }

    @Test func anOptionalThatIsNilIsKeptToo() throws {
        let memory = BoundedMemory(limit: 100)
        let made = Atomic(0)
        for _ in 0..<3 {
            let value: Int? = try memory.value("none", cancellation: Cancellation(), bytes: { _ in 1 }) {
                made.add(1, ordering: .relaxed)
                return nil
            }
            #expect(value == nil)
        }
        #expect(made.load(ordering: .relaxed) == 1)
    }
}
