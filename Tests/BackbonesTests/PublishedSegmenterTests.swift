import BSBBasics
import Foundation
import BSBImages
import TestSupport
import Testing

@testable import BSBBackbones

/// Layouts of published segmenters, on graphs of known arithmetic (Fixtures/make_published.py).
@Suite struct PublishedSegmenterTests {
    private func load(_ encoder: String, _ decoder: String) throws -> PublishedSegmenter {
        try PublishedSegmenter(
            encoder: "\(fixtures)/published/\(encoder)-encoder.onnx", decoder: "\(fixtures)/published/\(decoder)-decoder.onnx",
            identity: ModelIdentity(name: decoder, hash: decoder), runtime: runtime.get(), options: options())
    }

    /// Discs around a point of the grid of 256 x 256 logits.
    private func discs(_ center: SIMD2<Float>, _ radii: [Float], plus offset: Float = 0) -> [[Float]] {
        radii.map { radius in
            (0..<256 * 256).map { cell in
                let d = SIMD2(Float(cell % 256) + 0.5, Float(cell / 256) + 0.5) - center
                return radius - (d.x * d.x + d.y * d.y).squareRoot() + offset
            }
        }
    }

    @Test func mobileSAMGetsThePictureAsItIsAndAPaddingPoint() throws {
        let segmenter = try load("mobilesam", "mobilesam")
        #expect(segmenter.layout == .samOriginal)
        let image = noise(512, 320, seed: 5)
        let embedding = try segmenter.embed(image)
        #expect((embedding.features.columns, embedding.features.rows, embedding.features.dimension) == (64, 64, 3))
        let resized = image.resized(width: 1024, height: 640)
        var sum: Float = 0
        for y in 16..<32 { for x in 32..<48 { sum += Float(resized[x, y].green) } }
        #expect(abs(embedding.features.values[(1 * 64 + 2) * 3 + 1] - sum / 256) < 1e-2)
        #expect(embedding.features.values[(63 * 64 + 5) * 3] == 0, "what is below the picture is the graph's own padding")

        // Pixel (100, 50) of the picture is index (200, 100) of the frame, whose centre is half a pixel on.
        let click = Prompt(points: [.init([100.5, 50.5])])
        let answer = try segmenter.masks(for: [click], in: embedding)[0]
        let expected = discs([200.5 / 4, 100.5 / 4], [10, 20, 40], plus: 0.25)
        #expect(answer.logits.count == 3 && answer.predictedIoU == [0.9, 0.8, 0.7], "of four masks the first is left out")
        for level in 0..<3 { #expect(largestDifference(answer.logits[level].values, expected[level]) < 1e-3) }

        // With a box there is no padding point, and an earlier answer goes in as it is.
        var again = click
        again.box = .init(low: [10, 10], high: [20, 20])
        again.previous = answer.logits[1]
        let refined = try segmenter.masks(for: [again], in: embedding)[0]
        let sums = zip(discs([200.5 / 4, 100.5 / 4], [10])[0], answer.logits[1].values).map { $0 + $1 }
        #expect(largestDifference(refined.logits[0].values, sums) < 1e-3)
    }

    @Test func masksAreInterpolatedOverTheFrameFirst() throws {
        let segmenter = try load("mobilesam", "mobilesam")
        let embedding = try segmenter.embed(noise(100, 80, seed: 1))
        let answer = try segmenter.masks(for: [Prompt(points: [.init([50.5, 40.5])])], in: embedding)[0]
        #expect(answer.logits[0].enlargement == .init(factor: 4, width: 1024, height: 819))
        let finer = answer.logits[0].enlarged(width: 100, height: 80)
        #expect((finer.width, finer.height) == (1024, 819))
        #expect(abs(finer.values[400 * 1024 + 500] - answer.logits[0].value(at: [500.5 / 10.24, 400.5 * 80 / 819])) < 1e-3)
        let mask = answer.mask(.part)
        #expect(mask[50, 40] && !mask[50, 46] && mask.count > 30)
    }

    @Test(arguments: ["efficientsam", "efficientsam-one"]) func efficientSAMIsStretchedAndItsMasksArePutInOrder(decoder: String) throws {
        let segmenter = try load("efficientsam", decoder)
        #expect(segmenter.layout == .efficientSAM && !segmenter.takesEarlierAnswers)
        let image = noise(200, 100, seed: 3)
        let embedding = try segmenter.embed(image)
        #expect(embedding.features.map == PlaneMap(scaleX: 64 / 200, scaleY: 64 / 100))
        let prompts = (0..<5).map { Prompt(points: [.init([Float(20 * $0) + 0.5, 30.5])]) }
        for (index, answer) in try segmenter.masks(for: prompts, in: embedding).enumerated() {
            let expected = discs([Float(20 * index) * 256 / 200 + 0.125, 30 * 2.56 + 0.125], [10, 20, 40])
            for level in 0..<3 { #expect(largestDifference(answer.logits[level].values, expected[level]) < 1e-3) }
            #expect(answer.predictedIoU == [0.8, 0.7, 0.9])
        }
    }

    @Test func graphsThatDoNotFitAreRefusedInWords() throws {
        let swapped = try failure {
            _ = try PublishedSegmenter(
                encoder: "\(fixtures)/published/mobilesam-decoder.onnx", decoder: "\(fixtures)/published/mobilesam-encoder.onnx",
                identity: ModelIdentity(name: "", hash: ""), runtime: runtime.get())
        }
        #expect(swapped.kind == .badInput && swapped.reason.contains("'input_image'"), "\(swapped)")
        let single = try load("efficientsam", "single-mask")
        let embedding = try single.embed(noise(8, 8, seed: 1))
        let refused = try failure { _ = try single.masks(for: [Prompt(points: [.init([1, 1])])], in: embedding) }
        #expect(refused.kind == .badInput && refused.reason.contains("three are needed"))
        let efficient = try load("efficientsam", "efficientsam")
        let earlier = LogitMap(width: 1, height: 1, values: [0], map: PlaneMap(scaleX: 1, scaleY: 1))
        let previous = try failure { _ = try efficient.masks(for: [Prompt(points: [.init([1, 1])], previous: earlier)], in: embedding) }
        #expect(previous.kind == .usage)
    }

    @Test func aFileCutShortIsRefusedInASentence() throws {
        try withTemporaryDirectory { folder in
            let path = URL(fileURLWithPath: folder + "/cut.onnx")
            try Data(contentsOf: URL(fileURLWithPath: fixtures + "/tokens.onnx")).prefix(200).write(to: path)
            let failure = try failure {
                _ = try ONNXFeatureExtractor(path: path.path, side: 56, identity: ModelIdentity(name: "", hash: ""), runtime: runtime.get())
            }
            #expect(failure.kind == .badInput && failure.path == path.path && !failure.reason.isEmpty)
        }
    }

    @Test func aWrongSideOrPatchIsRefused() throws {
        func refusal(side: Int?, patch: Int) throws -> Failure {
            try failure {
                _ = try ONNXFeatureExtractor(
                    path: fixtures + "/tokens.onnx", side: side, patch: patch, identity: ModelIdentity(name: "", hash: ""),
                    runtime: runtime.get()
                ).features(of: noise(9, 9, seed: 1))
            }
        }
        #expect(try refusal(side: 57, patch: 14).reason.contains("no whole number of patches"))
        #expect(try refusal(side: 112, patch: 28).reason.contains("too many"))
    }
}
