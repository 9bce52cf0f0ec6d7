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
}
