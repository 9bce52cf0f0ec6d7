import BSBBasics
import Foundation
import BSBImages
import BSBInference
import TestSupport
import Testing

@testable import BSBBackbones

/// Published architectures with random weights, against what their own code makes of the same pictures and prompts, stage by stage.
///
/// The cases in Fixtures/parity are tiny. `python -m export_foundation.parity full FOLDER` (in Training/) makes cases of the published
/// sizes, which `BSB_PARITY=FOLDER` has compared in their place, one line a stage for the table of docs/models-parity.md.
@Suite(.serialized) struct ParityTests {
    /// The largest and the mean difference, and the largest magnitude of the reference.
    struct Difference {
        var largest: Float = 0
        var mean: Float = 0
        var scale: Float = 0

        init(_ ours: [Float], _ reference: [Float]) {
            guard ours.count == reference.count, !ours.isEmpty else {
                largest = .infinity
                return
            }
            var sum = 0.0
            for (a, b) in zip(ours, reference) {
                let difference = abs(a - b)
                // A NaN must not pass for small.
                largest = difference.isNaN ? .infinity : max(largest, difference)
                sum += Double(difference)
                scale = max(scale, abs(b))
            }
            mean = Float(sum / Double(ours.count))
        }

        /// The largest difference as a share of the largest number.
        var relative: Float { largest / max(scale, .leastNormalMagnitude) }
    }

    static var folder: String { ProcessInfo.processInfo.environment["BSB_PARITY"] ?? fixtures + "/parity" }

    static var cases: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/case.json") }.sorted()
    }

    private func report(_ name: String, _ stage: String, _ difference: Difference) {
        guard ProcessInfo.processInfo.environment["BSB_PARITY"] != nil else { return }
        let numbers = [difference.largest, difference.mean, difference.scale].map { String(format: "%.2g", $0) }
        print("| \(name) | \(stage) | \(numbers.joined(separator: " | ")) |")
    }

    /// Compares and reports a stage; `limit` bounds the largest difference as a share of the largest number.
    private func compare(_ name: String, _ stage: String, _ ours: [Float], _ reference: [Float], limit: Float) {
        let difference = Difference(ours, reference)
        report(name, stage, difference)
        #expect(difference.relative <= limit, "\(name): \(stage) differs by \(difference)")
    }

    @Test func thereAreCases() {
        #expect(!Self.cases.isEmpty)
    }

    @Test(arguments: cases) func everyStageIsThatOfTheModelsOwnCode(name: String) throws {
        let loaded = try ParityCase(folder: "\(Self.folder)/\(name)")
        switch loaded.description.kind {
        case "features": try compareFeatures(name, loaded)
        default: try compareSegmenter(name, loaded)
        }
    }

    /// The pictures that the model is shown; of large arrays the cases hold every fourth row and column.
    private func compareFrame(_ name: String, _ loaded: ParityCase, _ preparation: ImagePreparation) throws {
        guard loaded.has("frame") else { return }
        let size = preparation.resizedSize(width: loaded.picture.width, height: loaded.picture.height)
        if preparation.resampling == .rounded {
            let resized = loaded.picture.resized(width: size.width, height: size.height)
            compare(name, "resized picture", resized.pixels.map { Float($0) }, try loaded.floats("resized"), limit: 0)
        } else {
            let resized = loaded.picture.resampledBilinear(width: size.width, height: size.height, antialiased: true)
            let sampled = (0..<size.height / 4).flatMap { y in
                (0..<size.width / 4).flatMap { x in (0..<3).map { resized.values[3 * (4 * y * size.width + 4 * x) + $0] } }
            }
            compare(name, "resized picture", sampled, try loaded.floats("resized"), limit: 1e-5)
        }
        let side = preparation.side
        var frame = [Float](repeating: 0, count: 3 * side * side)
        frame.withUnsafeMutableBufferPointer { preparation.fill($0, with: loaded.picture) }
        let rows = stride(from: 0, to: side, by: 4)
        let sampled = (0..<3).flatMap { c in rows.flatMap { y in rows.map { frame[(c * side + y) * side + $0] } } }
        compare(name, "normalised frame", sampled, try loaded.floats("frame"), limit: 1e-5)
    }

    private func compareFeatures(_ name: String, _ loaded: ParityCase) throws {
        let description = loaded.description
        let session = try InferenceSession(path: loaded.path("graph.onnx"), runtime: runtime.get())
        let layout = try EncoderLayout(of: session, side: description.side, patch: description.patch ?? 14)
        #expect(try EncoderLayout(of: session, side: nil, patch: nil) == layout, "\(name): the graph tells its side and patch")
        try compareFrame(name, loaded, layout.preparation)
        let encoder = try GridEncoder(session: session, layout: layout, parallelism: Parallelism(threads: 1))
        let whole = try encoder.grids(of: [loaded.picture], cropped: false)[0]
        compare(name, "tokens", whole.values, try loaded.floats("grid"), limit: 1e-3)
        let extractor = try ONNXFeatureExtractor(
            path: loaded.path("graph.onnx"), side: description.side, patch: description.patch ?? 14,
            identity: ModelIdentity(name: name, hash: name), runtime: runtime.get())
        let reference = try loaded.floats("pixels")
        func pixels(_ extractor: any FeatureExtractor) throws -> [Float] {
            let grid = try extractor.features(of: loaded.picture)
            return (description.pixels ?? []).flatMap { grid.feature(at: [Float($0[0]) + 0.5, Float($0[1]) + 0.5]) }
        }
        compare(name, "pixel features, as published", try pixels(extractor.interpolatingAsPublished), reference, limit: 1e-3)
        // The default goes from tokens to the picture in one step, so this difference is one of method.
        let difference = Difference(try pixels(extractor), reference)
        report(name, "pixel features, in one step", difference)
        #expect(difference.mean < 0.05 * difference.scale, "\(name): pixel features differ by \(difference)")
    }

    private func compareSegmenter(_ name: String, _ loaded: ParityCase) throws {
        let segmenter = try PublishedSegmenter(
            encoder: loaded.path("encoder.onnx"), decoder: loaded.path("decoder.onnx"), identity: ModelIdentity(name: name, hash: name),
            runtime: runtime.get(), options: options(threads: 2, batch: 4))
        try compareFrame(name, loaded, segmenter.layout.preparation(side: loaded.description.side))
        let embedding = try segmenter.embed(loaded.picture)
        if loaded.has("grid") {
            compare(name, "image embedding", embedding.features.values, try loaded.floats("grid"), limit: 1e-3)
        }
        let answers = try loaded.answers(of: segmenter, in: embedding)
        let logits = answers.flatMap { $0.logits.flatMap(\.values) }
        compare(name, "low-resolution logits", logits, try loaded.floats("logits"), limit: 1e-3)
        compare(name, "scores", answers.flatMap(\.predictedIoU), try loaded.floats("scores"), limit: 1e-3)
        let reference = try loaded.masks()
        var lowest: Float = 1
        for (index, answer) in answers.enumerated() {
            for level in 0..<3 {
                let mask = answer.mask(at: level)
                let truth = reference[index * 3 + level]
                if !(mask.isEmpty && truth.isEmpty) { lowest = min(lowest, mask.intersectionOverUnion(truth)) }
            }
        }
        if ProcessInfo.processInfo.environment["BSB_PARITY"] != nil {
            print("| \(name) | lowest IoU of \(answers.count) x 3 masks | \(lowest) | | |")
        }
        #expect(lowest >= 0.999, "\(name): a mask has IoU \(lowest)")
    }

    @Test func embeddingsGoThroughTheCacheFormUnchanged() throws {
        guard let name = Self.cases.first(where: { $0.hasPrefix("sam2") }) else { return }
        let loaded = try ParityCase(folder: "\(Self.folder)/\(name)")
        let segmenter = try PublishedSegmenter(
            encoder: loaded.path("encoder.onnx"), decoder: loaded.path("decoder.onnx"), identity: ModelIdentity(name: name, hash: name),
            runtime: runtime.get(), options: options())
        let embedding = try segmenter.embed(loaded.picture)
        #expect(embedding.extras.count == 2)
        let stranger = ImageEmbedding(imageWidth: 1, imageHeight: 1, features: embedding.features)
        #expect(try failure { _ = try segmenter.masks(for: [Prompt(points: [.init([1, 1])])], in: stranger) }.kind == .internal)
    }
}

/// A folder that Training/export_foundation/parity.py made.
struct ParityCase {
    struct Description: Decodable {
        struct Prompt: Decodable {
            var points: [[Float]]
            var box: [Float]?
            var previous: Int?
        }
        var kind: String
        var side: Int
        var patch: Int?
        var pixels: [[Int]]?
        var prompts: [Prompt]?
    }

    let folder: String
    let description: Description
    let picture: Image

    init(folder: String) throws {
        self.folder = folder
        description = try JSONDecoder().decode(Description.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/case.json")))
        picture = try Image(contentsOf: folder + "/picture.png")
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path("\(name).npy")) }

    func floats(_ name: String) throws -> [Float] {
        let array = try NumPyArray(contentsOf: path("\(name).npy"))
        return array.element == .uint8 ? array.bytes.map { Float($0) } : array.floats()
    }

    /// The reference's masks, prompt by prompt and level by level.
    func masks() throws -> [Mask] {
        let array = try NumPyArray(contentsOf: path("masks.npy"))
        let bytes = [UInt8](array.bytes)
        let rowLength = (picture.width + 7) / 8
        return (0..<bytes.count / (rowLength * picture.height)).map { index in
            Mask(width: picture.width, height: picture.height) { x, y in
                bytes[(index * picture.height + y) * rowLength + x / 8] >> UInt8(x % 8) & 1 == 1
            }
        }
    }

    /// What a segmenter says to the prompts; those that build on an earlier answer get the first mask of our own earlier answer.
    func answers(of segmenter: PublishedSegmenter, in embedding: ImageEmbedding) throws -> [MaskPrediction] {
        let asked = description.prompts ?? []
        func prompt(_ index: Int, _ earlier: [MaskPrediction]) -> Prompt {
            let points = asked[index].points.map { Prompt.Point([$0[0] + 0.5, $0[1] + 0.5], isForeground: $0[2] == 1) }
            let box = asked[index].box.map { Prompt.Box(low: [$0[0], $0[1]], high: [$0[2], $0[3]]) }
            return Prompt(points: points, box: box, previous: asked[index].previous.map { earlier[$0].logits[0] })
        }
        let first = asked.indices.filter { asked[$0].previous == nil }
        var answers = [Int: MaskPrediction](
            uniqueKeysWithValues: zip(first, try segmenter.masks(for: first.map { prompt($0, []) }, in: embedding)))
        let second = asked.indices.filter { asked[$0].previous != nil }
        let earlier = asked.indices.map { answers[$0] ?? answers[0]! }
        for (index, answer) in zip(second, try segmenter.masks(for: second.map { prompt($0, earlier) }, in: embedding)) {
            answers[index] = answer
        }
        return asked.indices.map { answers[$0]! }
    }
}
