import BSBBasics
import BSBLinearAlgebra
import Testing

@testable import BSBCorrespondence

@Suite struct CosineRankingTests {
    @Test func ranksByCosineNotByLength() {
        let ranking = CosineRanking(Matrix(rows: 3, columns: 2, values: [100, 90, 1, 0, 0, 5]))
        let ranked = ranking.mostSimilar(to: [2, 0], count: 3, eligible: [true, true, true])
        #expect(ranked.map(\.row) == [1, 0, 2])
        #expect(ranked[0].similarity == 1)
    }

    @Test func equalRowsGoByIndexAndIneligibleOnesAreLeftOut() {
        let ranking = CosineRanking(Matrix(rows: 4, columns: 1, values: [1, 2, 3, -1]))
        #expect(ranking.mostSimilar(to: [1], count: 2, eligible: [true, false, true, true]).map(\.row) == [0, 2])
    }

    @Test func vectorsWithoutADirectionNeverRank() {
        let ranking = CosineRanking(Matrix(rows: 4, columns: 2, values: [0, 0, .nan, 1, .infinity, 0, -1, -1]))
        #expect(ranking.mostSimilar(to: [1, 1], count: 9, eligible: [true, true, true, true]).map(\.row) == [3])
        #expect(ranking.mostSimilar(to: [0, 0], count: 9, eligible: [true, true, true, true]).isEmpty)
    }

    @Test func agreesWithDoublePrecision() {
        var generator = SeededGenerator(seed: 2)
        let values = (0..<(50 * 37)).map { _ in generator.uniform(-1, 1) }
        let query = (0..<37).map { _ in generator.uniform(-1, 1) }
        let similarities = CosineRanking(Matrix(rows: 50, columns: 37, values: values)).similarities(to: query)
        for row in 0..<50 {
            let expected = PixelSearchTests.cosine(Array(values[(row * 37)..<(row * 37 + 37)]), query)
            #expect(abs(Double(similarities[row]) - expected) < 1e-5)
        }
    }
}
