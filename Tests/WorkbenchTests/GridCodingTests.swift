import BSBBackbones
import Foundation
import Testing

@testable import BSBWorkbench

@Suite struct GridCodingTests {
    static let grid = FeatureGrid(
        columns: 3, rows: 2, dimension: 2, values: (0..<12).map { Float($0) * 0.3 - 1 },
        map: PlaneMap(scaleX: 0.1, scaleY: 0.2, offsetX: -0.3, offsetY: 4))

    static let knotted = FeatureGrid(
        columns: 3, rows: 2, dimension: 2, values: grid.values, map: grid.map, knots: GridKnots(x: [0.4, 0.6, 1.4], y: [0.5, 0.75]))

    @Test func gridsAndEmbeddingsComeBackAsTheyWere() {
        #expect(FeatureGrid(cached: Self.grid.cacheData) == Self.grid)
        #expect(FeatureGrid(cached: Self.knotted.cacheData) == Self.knotted)
        let embedding = ImageEmbedding(imageWidth: 640, imageHeight: 480, features: Self.grid)
        #expect(ImageEmbedding(cached: embedding.cacheData) == embedding)
    }

    @Test func whatIsNoNumberIsRefused() {
        for place in 0..<(Self.grid.values.count) {
            for value in [Float.nan, .infinity] {
                var grid = Self.grid
                grid.values[place] = value
                #expect(FeatureGrid(cached: grid.cacheData) == nil)
                #expect(ImageEmbedding(cached: ImageEmbedding(imageWidth: 4, imageHeight: 3, features: grid).cacheData) == nil)
            }
        }
        let moved = FeatureGrid(
            columns: 3, rows: 2, dimension: 2, values: Self.grid.values, map: PlaneMap(scaleX: .nan, scaleY: 1))
        #expect(FeatureGrid(cached: moved.cacheData) == nil)
    }

    @Test func dataOfAnotherSizeIsRefused() {
        let data = Self.grid.cacheData
        for data in [data, Self.knotted.cacheData] {
            for length in 0..<data.count { #expect(FeatureGrid(cached: data.prefix(length)) == nil) }
            #expect(FeatureGrid(cached: data + [0]) == nil)
        }
        var huge = data
        for byte in 0..<12 { huge[byte] = 0xFF }
        #expect(FeatureGrid(cached: huge) == nil)
    }

    /// Found by fuzzing: a product with a zero in it fits, and one without it need not.
    @Test(arguments: [[UInt32.max, .max, 0], [.max, 0, .max], [0, .max, .max], [0, 0, 0]]) func sizesBesideAZeroAreRefused(sizes: [UInt32])
    {
        var data = Data()
        for number in sizes + [0] { withUnsafeBytes(of: number.littleEndian) { data.append(contentsOf: $0) } }
        for number in [Float(1), 1, 0, 0] { withUnsafeBytes(of: number.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
        #expect(FeatureGrid(cached: data) == nil)
        #expect(ImageEmbedding(cached: Data(count: 8) + data) == nil)
    }
}
