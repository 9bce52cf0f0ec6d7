import BSBBackbones
import BSBBasics
import BSBImages
import BSBLinearAlgebra
import Testing

@testable import BSBCorrespondence

@Suite struct ObjectSimilarityTests {
    private func values(_ count: Int, seed: UInt64) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in generator.uniform() * 2 - 1 }
    }

    private func grid(_ seed: UInt64) -> FeatureGrid {
        FeatureGrid(
            columns: 6, rows: 5, dimension: 3, values: values(90, seed: seed), map: PlaneMap(scaleX: 0.1, scaleY: 0.1))
    }

    @Test func isTheMedianOfEachPixelsBest() throws {
        let features = grid(1)
        let field = Matrix(rows: 40, columns: 3, values: values(120, seed: 2))
        let object = Mask(width: 60, height: 50) { x, y in (x * x + y * y) % 97 == 0 }
        let eligible = (0..<40).map { $0 % 3 != 0 }
        let all = object.spreadPixels(most: .max)
        try #require(all.count == object.count && object.count <= ObjectSimilarity.pixels)
        let best = all.map { pixel in
            (0..<40).filter { eligible[$0] }.map { row in
                Vectors.cosine(features.feature(at: Pixel(x: pixel.x, y: pixel.y).center), field.row(row))
            }.max()!
        }.sorted()
        let found = try #require(ObjectSimilarity.median(of: features, object: object, field: field, eligible: eligible))
        #expect(abs(found - best[best.count / 2]) < 1e-5)
    }

    @Test func changesLittleWhereOnlySomeAreLookedAt() throws {
        let features = grid(3)
        let object = Mask(width: 60, height: 50) { x, y in x > 5 && y < 40 }
        let some = Matrix(rows: 500, columns: 3, values: values(1500, seed: 4))
        let many = Matrix(rows: 20_000, columns: 3, values: (0..<40).flatMap { _ in some.values })
        let few = try #require(
            ObjectSimilarity.median(of: features, object: object, field: some, eligible: [Bool](repeating: true, count: 500)))
        let all = try #require(
            ObjectSimilarity.median(of: features, object: object, field: many, eligible: [Bool](repeating: true, count: 20_000)))
        #expect(abs(few - all) < 0.02)
    }

    @Test func nothingToCompareIsNoAnswer() {
        let field = Matrix(rows: 2, columns: 3, values: [1, 0, 0, 0, 1, 0])
        let mask = Mask(width: 60, height: 50) { _, _ in true }
        #expect(
            ObjectSimilarity.median(of: grid(1), object: Mask(width: 60, height: 50), field: field, eligible: [true, true]) == nil)
        #expect(ObjectSimilarity.median(of: grid(1), object: mask, field: field, eligible: [false, false]) == nil)
    }
}
