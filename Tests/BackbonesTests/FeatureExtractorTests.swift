import BSBBasics
import Foundation
import BSBImages
import BSBInference
import TestSupport
import Testing

@testable import BSBBackbones

@Suite struct FeatureExtractorTests {
    /// The mean of the normalised colour of the side x side pixels of a cell.
    private func mean(_ image: Image, _ column: Int, _ row: Int, _ channel: Int, side: Int) -> Float {
        var sum: Float = 0
        for y in row * side..<(row + 1) * side {
            for x in column * side..<(column + 1) * side { sum += Float(image.pixels[3 * (y * image.width + x) + channel]) / 255 }
        }
        let mean = sum / Float(side * side)
        return (mean - ImagePreparation.imageNetMean[channel]) / ImagePreparation.imageNetDeviation[channel]
    }

    @Test func gridHoldsTheGraphsVectorsInPlace() throws {
        let image = noise(224, 224, seed: 3)
        let grid = try extractor().features(of: image)
        #expect((grid.columns, grid.rows, grid.dimension) == (56, 56, 3))
        for (column, row) in [(0, 0), (55, 0), (0, 55), (20, 31)] {
            for channel in 0..<3 {
                let value = grid.values[(row * 56 + column) * 3 + channel]
                #expect(abs(value - mean(image, column, row, channel, side: 4)) < 1e-4)
            }
        }
    }

    @Test func croppingLeavesEveryInterpolatedFeatureAsItIs() throws {
        let models = try EmbeddedModels(folder: fixtures)
        let (data, entry) = (try models.data("features.onnx"), try models.entry("features.onnx"))
        let session = try InferenceSession(model: data, name: "features", runtime: runtime.get())
        let layout = entry.encoderLayout(output: "features")
        let encoder = try GridEncoder(session: session, layout: layout, parallelism: Parallelism(threads: 2))
        for (width, height) in [(224, 100), (100, 224), (300, 7), (5, 400), (224, 2)] {
            let image = noise(width, height, seed: UInt64(width))
            let whole = try #require(try encoder.grids(of: [image], cropped: false).first)
            let cropped = try #require(try encoder.grids(of: [image], cropped: true).first)
            #expect(whole.columns == 56 && whole.rows == 56)
            #expect(cropped.columns < 56 || cropped.rows < 56)
            var generator = SeededGenerator(seed: 5)
            for _ in 0..<50 {
                let point = SIMD2(generator.uniform(0, Float(width)), generator.uniform(0, Float(height)))
                #expect(whole.feature(at: point) == cropped.feature(at: point))
            }
            #expect(whole.feature(at: [Float(width), Float(height)]) == cropped.feature(at: [Float(width), Float(height)]))
        }
    }

    @Test func companyAndThreadsDoNotChangeTheResult() throws {
        let images = (0..<7).map { noise(40 + 9 * $0, 90, seed: UInt64($0)) }
        let one = try extractor(options(threads: 1))
        let singles = try images.map { try one.features(of: $0) }
        #expect(try extractor(options(threads: 2)).features(of: images) == singles)
        #expect(try extractor(options(threads: 4)).features(of: images) == singles)
        #expect(try one.features(of: [Image]()).isEmpty)
    }

    @Test func tokensAreReadBehindTheirPrefix() throws {
        let layout = EncoderLayout.dinoV2(side: 56)
        let extractor = try ONNXFeatureExtractor(path: fixtures + "/tokens.onnx", layout: layout, runtime: runtime.get())
        #expect(extractor.dimension == 3)
        let image = noise(56, 56, seed: 9)
        let grid = try extractor.features(of: image)
        #expect((grid.columns, grid.rows) == (4, 4))
        for cell in 0..<16 {
            for channel in 0..<3 {
                #expect(abs(grid.values[cell * 3 + channel] - mean(image, cell % 4, cell / 4, channel, side: 14)) < 1e-4)
            }
        }
        #expect(extractor.identity.name == "tokens" && extractor.identity.hash.count == 64)
    }

    @Test func aGraphOfOneSizeDoesNotLookInOthers() throws {
        let layout = EncoderLayout(input: "image", output: "embedding", preparation: ImagePreparation(side: 256))
        let extractor = try ONNXFeatureExtractor(path: fixtures + "/segmenter-encoder.onnx", layout: layout, runtime: runtime.get())
        _ = try AugmentedFeatureExtractor(extractor, scales: [1])
        let refusal = try failure { _ = try AugmentedFeatureExtractor(extractor, scales: [1, 1.25]) }
        #expect(refusal.kind == .badInput && refusal.path?.contains("segmenter-encoder") == true)
        #expect(refusal.reason.contains("256 pixels only, not of 320") && refusal.hint?.contains("preset that looks in one size") == true)
    }

    @Test func aGraphOfAnotherLayoutIsRefusedInWords() throws {
        func reason(_ file: String, _ layout: EncoderLayout) throws -> Failure {
            try failure {
                _ = try ONNXFeatureExtractor(path: "\(fixtures)/\(file)", layout: layout, runtime: runtime.get()).features(
                    of: noise(9, 9, seed: 1))
            }
        }
        let names = try reason("features.onnx", .dinoV2())
        #expect(names.kind == .badInput && names.reason.contains("it has no 'pixel_values', but 'image'"))
        var planes = EncoderLayout.dinoV2()
        planes.order = .planes
        #expect(try reason("tokens.onnx", planes).reason.contains("4 axes"))
        var few = EncoderLayout.dinoV2(side: 56)
        few.stride = 7
        #expect(try reason("tokens.onnx", few).reason.contains("fewer than 8 x 8"))
        let fixed = EncoderLayout(input: "image", output: "embedding", preparation: ImagePreparation(side: 224))
        #expect(try reason("segmenter-encoder.onnx", fixed).reason.contains("224 x 224"))
        #expect(try reason("nothing.onnx", .dinoV2()).kind == .missingModel)
    }
}
