import BSBBasics
import Testing

@Suite struct ParallelismTests {
    @Test(arguments: [1, 2, 3, 8]) func resultsAreInOrder(threads: Int) {
        let squares = Parallelism(threads: threads).map(1000) { $0 * $0 }
        #expect(squares == (0..<1000).map { $0 * $0 })
        #expect(Parallelism(threads: threads).map(0) { $0 }.isEmpty)
    }

    @Test(arguments: [1, 4]) func theFirstErrorByIndexIsThrown(threads: Int) {
        for _ in 0..<20 {
            #expect(throws: Failure(.usage, "item", reason: "17")) {
                try Parallelism(threads: threads).forEach(200) { item in
                    if item % 40 == 17 { throw Failure(.usage, "item", reason: "\(item)") }
                }
            }
        }
    }

    @Test func resultsDoNotDependOnTheNumberOfThreads() {
        let draw: @Sendable (Int) -> [Float] = { item in
            var generator = SeededGenerator(seed: 7, stream: UInt64(item))
            return (0..<item % 13).map { _ in generator.uniform() }
        }
        #expect(Parallelism(threads: 1).map(300, draw) == Parallelism(threads: 5).map(300, draw))
    }

    @Test func thereIsAlwaysAThread() {
        #expect(Parallelism(threads: 0).threads == 1)
        #expect(Parallelism().threads >= 1)
    }
}
