import BSBBasics
import Testing

@Suite struct SeededGeneratorTests {
    @Test func theSequenceIsAFunctionOfSeedAndStream() {
        func start(_ seed: UInt64, _ stream: UInt64) -> [UInt64] {
            var generator = SeededGenerator(seed: seed, stream: stream)
            return (0..<4).map { _ in generator.next() }
        }
        #expect(start(1, 2) == start(1, 2))
        let all = (0..<8).flatMap { seed in (0..<8).map { start(seed, $0) } }
        #expect(Set(all).count == 64)
    }

    @Test func uniformNumbersFillTheirInterval() {
        var generator = SeededGenerator(seed: 3)
        let numbers = (0..<10_000).map { _ in generator.uniform(-1, 3) }
        #expect(numbers.allSatisfy { $0 >= -1 && $0 < 3 })
        #expect(abs(numbers.reduce(0, +) / 10_000 - 1) < 0.05)
    }

    @Test func indicesAreEven() {
        var generator = SeededGenerator(seed: 4)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<7000 { counts[generator.index(below: 7)] += 1 }
        #expect(counts.allSatisfy { abs($0 - 1000) < 150 }, "\(counts)")
    }

    @Test func gaussianNumbersHaveTheirMoments() {
        var generator = SeededGenerator(seed: 5)
        let numbers = (0..<20_000).map { _ in Double(generator.gaussian()) }
        func moment(_ k: Int) -> Double { numbers.reduce(0) { sum, x in sum + (0..<k).reduce(1) { p, _ in p * x } } / 20_000 }
        #expect(numbers.allSatisfy { $0.isFinite })
        #expect(abs(moment(1)) < 0.03 && abs(moment(2) - 1) < 0.04 && abs(moment(3)) < 0.1 && abs(moment(4) - 3) < 0.2)
    }
}
