import BSBBasics
import BSBImages
import Testing

@testable import BSBBackbones

/// What photos are compared by, against its definition.
@Suite struct PieceJoinTests {
    @Test(arguments: 0..<4) func theJoinIsPiecesAndTheirMeanAround(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let (width, height) = (Int.random(in: 40...200, using: &generator), Int.random(in: 40...200, using: &generator))
        let pieces = [(8, 3), (8, 2), (16, 4), (32, 5)].map { stride, dimension in
            let (columns, rows) = (-(-width / stride), -(-height / stride))
            let values = (0..<columns * rows * dimension).map { _ in Float.random(in: -1...1, using: &generator) }
            let map = PlaneMap(scaleX: 1 / Float(stride), scaleY: 1 / Float(stride))
            return FeatureGrid(columns: columns, rows: rows, dimension: dimension, values: values, map: map)
        }
        let weights: [Float] = [0.7, 0, 1, 0.5]
        let join = PieceJoin.grid(of: pieces, weights: weights)
        #expect(join.columns == pieces[0].columns && join.rows == pieces[0].rows && join.dimension == 28 && join.map == pieces[0].map)
        // A cell's own pieces.
        func own(_ column: Int, _ row: Int) -> [Float] {
            let center = SIMD2<Float>(8 * Float(column) + 4, 8 * Float(row) + 4)
            return zip(pieces, weights).flatMap { piece, weight in piece.feature(at: center).map { $0 * weight.squareRoot() } }
        }
        for row in 0..<join.rows {
            for column in 0..<join.columns {
                let near = (0..<join.rows).flatMap { y in (0..<join.columns).map { (x: $0, y: y) } }
                    .filter { abs($0.x - column) <= 4 && abs($0.y - row) <= 4 }
                var around = [Float](repeating: 0, count: 14)
                for cell in near { for (d, value) in own(cell.x, cell.y).enumerated() { around[d] += value / Float(near.count) } }
                let both = own(column, row) + around
                let length = both.reduce(0) { $0 + $1 * $1 }.squareRoot()
                let start = (row * join.columns + column) * join.dimension
                #expect(zip(join.values[start..<start + 28], both).allSatisfy { abs($0 - $1 / length) < 1e-4 })
            }
        }
    }

    @Test func piecesOfNothingStayNothing() {
        let map = PlaneMap(scaleX: 1, scaleY: 1)
        let grid = PieceJoin.grid(
            of: [FeatureGrid(columns: 2, rows: 1, dimension: 1, values: [0, 0], map: map)], weights: [1])
        #expect(grid.values == [0, 0, 0, 0])
    }

    @Test func theShippedPairComparesByItsPieces() throws {
        let extractor = try EmbeddedFeatureExtractor(models: EmbeddedModels(), runtime: runtime.get())
        let image = noise(90, 60, seed: 8)
        let (features, comparison) = (try extractor.features(of: image), try extractor.comparisonFeatures(of: image))
        #expect((comparison.columns, comparison.rows) == (features.columns, features.rows) && comparison.map == features.map)
        #expect(comparison.dimension > features.dimension)
        for cell in 0..<comparison.columns * comparison.rows {
            let values = comparison.values[cell * comparison.dimension..<(cell + 1) * comparison.dimension]
            #expect(abs(values.reduce(0) { $0 + $1 * $1 } - 1) < 1e-3)
        }
        // A larger look has them too.
        #expect(try extractor.scaled(by: 0.5).comparisonFeatures(of: image).dimension == comparison.dimension)
    }

    @Test func modelsWithoutPiecesCompareByFeatures() throws {
        let extractor = try EmbeddedFeatureExtractor(models: EmbeddedModels(folder: fixtures), runtime: runtime.get())
        let image = noise(64, 64, seed: 3)
        #expect(try extractor.comparisonFeatures(of: image) == extractor.features(of: image))
    }
}
