import BSBBackbones
import BSBBasics
import BSBImages
import BSBLinearAlgebra
import Testing

@testable import BSBCorrespondence

@Suite struct PixelSearchTests {
    /// The slow reference: interpolate the feature of every pixel of the region and take its cosine.
    static func naive(_ grid: FeatureGrid, _ region: Mask, _ query: [Float]) -> (pixel: Pixel, similarity: Double)? {
        var best: (pixel: Pixel, similarity: Double)?
        for y in 0..<region.height {
            for x in 0..<region.width where region[x, y] {
                let feature = grid.feature(at: Pixel(x: x, y: y).center)
                let similarity = cosine(feature, query)
                if similarity.isFinite, similarity > best?.similarity ?? -2 { best = (Pixel(x: x, y: y), similarity) }
            }
        }
        return best
    }

    static func cosine(_ a: [Float], _ b: [Float]) -> Double {
        let product = zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        let lengths = [a, b].map { $0.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }
        return product / (lengths[0] * lengths[1])
    }

    static func randomGrid(_ generator: inout SeededGenerator, columns: Int, rows: Int, dimension: Int, map: PlaneMap) -> FeatureGrid {
        let values = (0..<(columns * rows * dimension)).map { _ in generator.uniform(-1, 1) }
        return FeatureGrid(columns: columns, rows: rows, dimension: dimension, values: values, map: map)
    }

    @Test(arguments: 0..<24) func agreesWithTheExhaustiveSearch(stream: Int) throws {
        var generator = SeededGenerator(seed: 7, stream: UInt64(stream))
        let (width, height) = (20 + generator.index(below: 60), 20 + generator.index(below: 60))
        let (columns, rows) = (1 + generator.index(below: 9), 1 + generator.index(below: 9))
        let dimension = 1 + generator.index(below: 12)
        // Grids that are larger or smaller than the picture, as padding makes them.
        let map = PlaneMap(
            scaleX: Float(columns) / Float(width) * generator.uniform(0.6, 1.3),
            scaleY: Float(rows) / Float(height) * generator.uniform(0.6, 1.3), offsetX: generator.uniform(-1, 1),
            offsetY: generator.uniform(-1, 1))
        var grid = Self.randomGrid(&generator, columns: columns, rows: rows, dimension: dimension, map: map)
        if stream % 3 == 0 {
            // Cells at uneven distances, as after two interpolations.
            let knots = [columns, rows].map { count in (0..<count).map { Float($0) + generator.uniform(0.1, 0.9) } }
            grid = FeatureGrid(
                columns: columns, rows: rows, dimension: dimension, values: grid.values, map: map,
                knots: GridKnots(x: knots[0], y: knots[1]))
        }
        let region = Mask(width: width, height: height) { x, y in (x * 7 + y * 3) % 5 != 0 && x > 2 }
        let queries = Matrix(rows: 6, columns: dimension, values: (0..<(6 * dimension)).map { _ in generator.uniform(-1, 1) })
        let matches = PixelSearch(features: grid, region: region).mostSimilar(to: queries)
        for row in 0..<queries.rows {
            let query = Array(queries.row(row))
            let expected = try #require(Self.naive(grid, region, query))
            let match = try #require(matches[row])
            #expect(abs(Double(match.similarity) - expected.similarity) < 1e-4, "\(match.similarity) \(expected.similarity)")
            let atMatch = Self.cosine(grid.feature(at: match.pixel.center), query)
            #expect(abs(atMatch - expected.similarity) < 1e-4, "\(atMatch) \(expected.similarity)")
            #expect(region[match.pixel.x, match.pixel.y])
        }
    }

    @Test func looksAtFewPixelsOfALargeRegion() throws {
        // Features that change smoothly over the picture, as those of a vision model do.
        var values: [Float] = []
        for row in 0..<42 {
            for column in 0..<56 { values += [Float(column) / 28 - 1, Float(row) / 21 - 1, Float((row * column) % 7) / 70, 1] }
        }
        let map = PlaneMap(scaleX: 56.0 / 640, scaleY: 42.0 / 480)
        let grid = FeatureGrid(columns: 56, rows: 42, dimension: 4, values: values, map: map)
        let region = Mask(width: 640, height: 480) { _, _ in true }
        let queries = Matrix(rows: 1, columns: 4, values: Array(grid.feature(at: [200.5, 100.5])))
        let match = try #require(PixelSearch(features: grid, region: region).mostSimilar(to: queries)[0])
        #expect(match.similarity > 0.99999)
        #expect(match.evaluated < 640 * 480 / 10)
    }

    @Test func ofEqualPixelsTheFirstInReadingOrderWins() throws {
        let grid = FeatureGrid(
            columns: 2, rows: 2, dimension: 2, values: [1, 1, 1, 1, 1, 1, 1, 1], map: PlaneMap(scaleX: 0.2, scaleY: 0.2))
        let region = Mask(width: 10, height: 10) { x, y in y > 3 && x > 5 }
        let match = PixelSearch(features: grid, region: region).mostSimilar(to: Matrix(rows: 1, columns: 2, values: [3, 3]))[0]
        #expect(match?.pixel == Pixel(x: 6, y: 4))
    }

    @Test func nothingToCompareGivesNothing() throws {
        let grid = FeatureGrid(columns: 1, rows: 1, dimension: 2, values: [0, 0], map: PlaneMap(scaleX: 0.1, scaleY: 0.1))
        let all = Mask(width: 10, height: 10) { _, _ in true }
        #expect(PixelSearch(features: grid, region: all).isEmpty)
        let usable = FeatureGrid(columns: 1, rows: 1, dimension: 2, values: [1, 0], map: PlaneMap(scaleX: 0.1, scaleY: 0.1))
        #expect(PixelSearch(features: usable, region: Mask(width: 10, height: 10)).isEmpty)
        let queries = Matrix(rows: 2, columns: 2, values: [0, 0, .nan, 1])
        #expect(PixelSearch(features: usable, region: all).mostSimilar(to: queries) == [nil, nil])
    }

    @Test func doesNotDependOnTheNumberOfThreads() throws {
        var generator = SeededGenerator(seed: 9)
        let grid = Self.randomGrid(&generator, columns: 12, rows: 9, dimension: 5, map: PlaneMap(scaleX: 0.12, scaleY: 0.12))
        let region = Mask(width: 100, height: 75) { x, y in (x ^ y) & 1 == 0 }
        let queries = Matrix(rows: 40, columns: 5, values: (0..<200).map { _ in generator.uniform(-1, 1) })
        let search = PixelSearch(features: grid, region: region)
        let one = search.mostSimilar(to: queries, parallelism: Parallelism(threads: 1))
        #expect(search.mostSimilar(to: queries, parallelism: Parallelism(threads: 4)) == one)
    }
}
