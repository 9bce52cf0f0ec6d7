import BSBBackbones
import BSBBasics
import BSBImages
import BSBLinearAlgebra
import Foundation
import Testing

@testable import BSBCorrespondence

@Suite struct DualSoftmaxTests {
    /// Unit rows of random numbers.
    private func rows(_ count: Int, _ generator: inout SeededGenerator) -> Matrix {
        Matrix(rows: count, columns: 6, values: (0..<(6 * count)).map { _ in generator.uniform(-1, 1) }).withNormalizedRows()
    }

    @Test(arguments: 1...5) func ranksAsTheProductOfBothSoftmaxes(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed, stream: 1)
        let (queries, candidates) = (rows(7, &generator), rows(40, &generator))
        let penalties = DualSoftmax.popularity(of: candidates, among: queries).map { $0 / 2 }
        func cosine(_ p: Int, _ v: Int) -> Double { PixelSearchTests.cosine(Array(queries.row(p)), Array(candidates.row(v))) }
        func weight(_ p: Int, _ v: Int) -> Double { exp(cosine(p, v) / Double(DualSoftmax.temperature)) }
        for p in 0..<queries.rows {
            let total = (0..<candidates.rows).reduce(0) { $0 + weight(p, $1) }
            let slow = (0..<candidates.rows).map { v in
                weight(p, v) / total * weight(p, v) / (0..<queries.rows).reduce(0) { $0 + weight($1, v) }
            }
            let fast = (0..<candidates.rows).map { Float(cosine(p, $0)) - penalties[$0] }
            let (a, b) = (slow.indices.sorted { slow[$0] > slow[$1] }, fast.indices.sorted { fast[$0] > fast[$1] })
            #expect(a.prefix(10) == b.prefix(10))
        }
    }

    @Test func popularityIsTheCosineWhereAllAreAlike() {
        let row = Matrix(rows: 1, columns: 2, values: [1, 0])
        let others = Matrix(rows: 3, columns: 2, values: [0.6, 0.8, 0.6, -0.8, 0.6, 0.8])
        #expect(abs(DualSoftmax.popularity(of: row, among: others)[0] - 0.6) < 1e-6)
        #expect(DualSoftmax.popularity(of: row, among: Matrix(rows: 0, columns: 2)) == [0])
    }

    /// A picture of four cells in a row, eight pixels each.
    private func strip(_ features: [[Float]]) -> FeatureGrid {
        FeatureGrid(
            columns: features.count, rows: 1, dimension: features[0].count, values: features.flatMap { $0 },
            map: PlaneMap(scaleX: 1 / 8, scaleY: 1 / 8))
    }

    @Test func whatIsLikeEverythingIsNotTheAnswer() throws {
        // The second cell of the target is like all of the source, the third like the query alone, and a little less.
        let source = strip([[1, 0.2, 0], [1, 0, 0], [1, 0, 0.1], [1, -0.1, 0]])
        let target = strip([[-1, 0, 0], [1, 0.05, 0], [0.6, 0.75, 0], [0, 0, -1]])
        let all = Mask(width: 32, height: 8) { _, _ in true }
        let query: [Float] = [1, 0.35, 0]
        let plain = try #require(PixelSearchTests.naive(target, all, query))
        #expect(plain.pixel.x / 8 == 1)
        let pixels = MutualPixels(of: target, in: all, relativeTo: source, in: all)
        let found = try #require(pixels.best(for: query))
        #expect(found.pixel.x > plain.pixel.x)
        #expect(abs(Double(found.similarity) - PixelSearchTests.cosine(target.feature(at: found.pixel.center), query)) < 1e-5)
        #expect(pixels.best(for: [0, 0, 0]) == nil)
        let none = Mask(width: 32, height: 8)
        #expect(MutualPixels(of: target, in: none, relativeTo: source, in: all).best(for: query) == nil)
    }
}
