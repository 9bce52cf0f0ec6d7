import BSBBasics
import BSBImages
import TestSupport
import Testing

@testable import BSBBackbones

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

    @Test(arguments: [(true, [1]), (false, [2]), (true, [1, 2]), (true, [2, 1])]) func eachPlaceKeepsItsFeature(
        _ isMirrored: Bool, _ scales: [Float]
    ) throws {
        let extractor = try AugmentedFeatureExtractor(RednessExtractor(), isMirrored: isMirrored, scales: scales)
        let grid = try extractor.features(of: picture)
        #expect(grid.columns == 4 * Int(scales[0]) && grid.rows == 4 * Int(scales[0]))
        // Away from the edge in the middle, every look sees the same colour.
        for (point, expected) in [(SIMD2<Float>(6, 30), [Float(0), 1]), ([58, 9], [1, 0])] {
            let feature = unit(grid.feature(at: point))
            #expect(abs(feature[0] - expected[0]) < 1e-5 && abs(feature[1] - expected[1]) < 1e-5)
        }
    }

    @Test func aCellIsTheMeanOfItsLooks() throws {
        // The edge between dark and bright lies between cells at 4 cells a side, and inside a cell at 5: its middle pixel is bright,
        // and dark in the mirror image.
        let grid = try AugmentedFeatureExtractor(RednessExtractor(cells: 5), isMirrored: true).features(of: picture)
        let middle = grid.feature(at: [32, 32])
        let plain = try RednessExtractor(cells: 5).features(of: picture).feature(at: [32, 32])
        let mirrored = try RednessExtractor(cells: 5).features(of: picture.flippedHorizontally()).feature(at: [32, 32])
        for d in 0..<2 { #expect(abs(middle[d] - (unit(plain)[d] + unit(mirrored)[d])) < 1e-5) }
        #expect(plain != mirrored)
    }

    @Test func waysAreToldApart() throws {
        let ways: [(Bool, [Float])] = [(true, [1]), (false, [1]), (true, [2]), (true, [1, 2])]
        let hashes = try ways.map { try AugmentedFeatureExtractor(RednessExtractor(), isMirrored: $0.0, scales: $0.1).identity.hash }
        #expect(Set(hashes).count == 4)
    }

    @Test func tinyPicturesAreSeen() throws {
        let extractor = try AugmentedFeatureExtractor(RednessExtractor(), isMirrored: true, scales: [1, 2])
        let grid = try extractor.features(of: Image(width: 1, height: 1))
        #expect(grid.values.allSatisfy { $0.isFinite })
    }

    @Test func aModelOfOneSizeIsRefused() throws {
        _ = try AugmentedFeatureExtractor(StubbornExtractor(), isMirrored: true)
        let failure = #expect(throws: Failure.self) { try AugmentedFeatureExtractor(StubbornExtractor(), scales: [1, 1.2]) }
        #expect(failure?.kind == .badInput)
    }
}
