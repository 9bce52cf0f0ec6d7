import BSBBasics
import Testing

@testable import BSBEvaluation

@Suite struct BootstrapTests {
    @Test func intervalHoldsTheMeanAndMatchesTheNormalApproximation() throws {
        let values = (0..<400).map { $0 % 4 == 0 ? 1.0 : 0.0 }
        let estimate = try #require(Bootstrap().mean(of: values, clusters: Array(values.indices)))
        #expect(estimate.mean == 0.25)
        #expect(estimate.n == 400)
        // 1.96 x sqrt(0.25 x 0.75 / 400) = 0.0424.
        #expect(abs(estimate.low - (0.25 - 0.0424)) < 0.01)
        #expect(abs(estimate.high - (0.25 + 0.0424)) < 0.01)
    }

    @Test func clustersWidenTheInterval() throws {
        let values = (0..<400).map { ($0 / 20) % 4 == 0 ? 1.0 : 0.0 }
        let alone = try #require(Bootstrap().mean(of: values, clusters: Array(values.indices)))
        let clustered = try #require(Bootstrap().mean(of: values, clusters: values.indices.map { $0 / 20 }))
        #expect(clustered.high - clustered.low > 3 * (alone.high - alone.low))
    }

    @Test func sameSeedGivesTheSameInterval() {
        let values = (0..<50).map { Double($0 % 7) }
        let clusters = (0..<50).map { $0 / 2 }
        #expect(Bootstrap().mean(of: values, clusters: clusters) == Bootstrap().mean(of: values, clusters: clusters))
        #expect(Bootstrap().mean(of: [], clusters: [Int]()) == nil)
    }

    @Test func percentilesLieBetweenNeighbours() {
        #expect(Bootstrap.percentile([0, 1, 2, 3], 0.5) == 1.5)
        #expect(Bootstrap.percentile([7], 0.975) == 7)
    }
}

@Suite struct ROCTests {
    /// The share of pairs in the right order, one by one.
    private func naiveArea(_ existing: [Double], _ missing: [Double]) -> Double {
        var sum = 0.0
        for a in existing { for b in missing { sum += a > b ? 1 : a == b ? 0.5 : 0 } }
        return sum / Double(existing.count * missing.count)
    }

    @Test func areaIsTheShareOfPairsInOrder() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<20 {
            let existing = (0..<30).map { _ in Double(generator.index(below: 12)) / 10 }
            let missing = (0..<20).map { _ in Double(generator.index(below: 9)) / 10 }
            let curve = try #require(ROCCurve(existing: existing, missing: missing))
            #expect(abs(curve.area - naiveArea(existing, missing)) < 1e-12)
            #expect(curve.points.last?.truePositives == 1 && curve.points.last?.falsePositives == 1)
        }
    }

    @Test func separableScoresHaveAreaOne() throws {
        let curve = try #require(ROCCurve(existing: [0.8, 0.9], missing: [0.1, 0.3]))
        #expect(curve.area == 1)
        #expect(curve.bestThreshold == 0.8)
        #expect(ROCCurve(existing: [], missing: [1]) == nil)
    }
}
