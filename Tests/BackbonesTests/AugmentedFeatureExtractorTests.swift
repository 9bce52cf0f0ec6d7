import Basics
import Images
import Testing

@testable import Backbones

/// The colour of each cell's middle pixel, and whether the picture's left edge is dark, which mirroring changes.
private struct ColorExtractor: FeatureExtractor {
    let identity = ModelIdentity(name: "colours", hash: "c0")
    let dimension = 2

    func features(of image: Image) throws -> FeatureGrid {
        var values: [Float] = []
        for row in 0..<4 {
            for column in 0..<4 {
                let level = Float(image[(2 * column + 1) * image.width / 8, (2 * row + 1) * image.height / 8].0) / 255
                values += [level, 1 - level]
            }
        }
        return FeatureGrid(
            columns: 4, rows: 4, dimension: 2, values: values,
            map: PlaneMap(scaleX: 4 / Float(image.width), scaleY: 4 / Float(image.height)))
    }
}

@Suite struct AugmentedFeatureExtractorTests {
    /// Dark on the left, bright on the right.
    private var picture: Image {
        var image = Image(width: 64, height: 64)
        for y in 0..<64 { for x in 32..<64 { for c in 0..<3 { image.pixels[3 * (y * 64 + x) + c] = 255 } } }
        return image
    }

    private func unit(_ feature: [Float]) -> [Float] {
        let length = feature.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return feature.map { $0 / length }
    }

    @Test(arguments: [(true, [1]), (false, [2]), (true, [1, 2])]) func eachPlaceKeepsItsFeature(_ isMirrored: Bool, _ zooms: [Int]) throws {
        let extractor = AugmentedFeatureExtractor(ColorExtractor(), isMirrored: isMirrored, zooms: zooms)
        let grid = try extractor.features(of: picture)
        #expect(grid.columns == 4 * zooms.max()! && grid.rows == 4 * zooms.max()!)
        // Away from the edge in the middle, every look sees the same colour.
        for (point, expected) in [(SIMD2<Float>(6, 30), [Float(0), 1]), ([58, 9], [1, 0])] {
            let feature = unit(grid.feature(at: point))
            #expect(abs(feature[0] - expected[0]) < 1e-5 && abs(feature[1] - expected[1]) < 1e-5)
        }
    }

    @Test func waysAreToldApart() {
        let hashes = [(true, [1]), (false, [1]), (true, [2]), (true, [1, 2])].map {
            AugmentedFeatureExtractor(ColorExtractor(), isMirrored: $0.0, zooms: $0.1).identity.hash
        }
        #expect(Set(hashes).count == 4)
    }

    @Test func tinyPicturesAreSeen() throws {
        let extractor = AugmentedFeatureExtractor(ColorExtractor(), isMirrored: true, zooms: [1, 2])
        let grid = try extractor.features(of: Image(width: 1, height: 1))
        #expect(grid.values.allSatisfy { $0.isFinite })
    }
}
