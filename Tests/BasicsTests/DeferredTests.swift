import Foundation
import Testing

@testable import BSBBasics

@Suite struct DeferredTests {
    private final class Counter: @unchecked Sendable {
        private let lock = NSLock()
        private var count = 0

        func next() -> Int {
            lock.withLock {
                count += 1
                return count
            }
        }
    }

    @Test func itIsMadeOnceAndOnlyWhenAsked() throws {
        let counter = Counter()
        let deferred = Deferred { counter.next() }
        let values = try Parallelism(threads: 4).map(32) { _ in try deferred.value() }
        #expect(values.allSatisfy { $0 == 1 })
        #expect(counter.next() == 2)
    }

    @Test func afterAFailureItIsTriedAgain() throws {
        let counter = Counter()
        let deferred = Deferred {
            let number = counter.next()
            if number == 1 { throw Failure(.internal, "counting", reason: "not yet") }
            return number
        }
        #expect(throws: Failure.self) { try deferred.value() }
        #expect(try deferred.value() == 2)
    }

    @Test func whatItWasMadeFromIsLetGo() throws {
        final class Source: Sendable {}
        weak var source: Source?
        let deferred: Deferred<Int>
        do {
            let held = Source()
            source = held
            deferred = Deferred { withExtendedLifetime(held) { 1 } }
        }
        #expect(source != nil)
        #expect(try deferred.value() == 1)
        #expect(source == nil)
    }
}
