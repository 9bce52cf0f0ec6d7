import BSBBasics
import BSBImages
import Foundation
import TestSupport
import Testing

@testable import BSBBackbones

@Suite struct ObjectHeadTests {
    private struct Seen {
        var features: FeatureGrid
        var answer: MaskPrediction
        var head: ObjectHead
    }

    /// What the shipped models say of a click in a picture, or in a cut of one.
    private func seen(_ image: Image, _ click: SIMD2<Float>, in window: PictureWindow? = nil, threads: Int = 2) throws -> Seen {
        let (models, options) = (try EmbeddedModels(), BackboneOptions(threads: threads))
        let extractor = try EmbeddedFeatureExtractor(models: models, runtime: runtime.get(), options: options)
        let segmenter = try EmbeddedSegmenter(models: models, runtime: runtime.get(), options: options)
        let cut = window.flatMap { image.cropped($0.area) } ?? image
        let features = try extractor.features(of: cut).moved(by: window?.corner ?? .zero)
        let embedding = try window.map { try segmenter.embed(image, in: $0) } ?? segmenter.embed(image)
        return Seen(
            features: features, answer: try segmenter.masks(for: [Prompt(points: [.init(click)])], in: embedding)[0],
            head: try #require(try ObjectHead(models: models, runtime: runtime.get())))
    }

    private func object(_ seen: Seen, _ click: SIMD2<Float>) throws -> LogitMap {
        try seen.head.object(at: click, features: seen.features, answer: seen.answer)
    }

    @Test func itAnswersOnTheSegmentersGridWhateverTheThreads() throws {
        let (image, click) = (noise(90, 60, seed: 8), SIMD2<Float>(40, 30))
        let maps = try [1, 3].map { try object(seen(image, click, threads: $0), click) }
        let own = try seen(image, click).answer.logits[2]
        #expect(maps[0] == maps[1] && maps[0].values != own.values)
        #expect((maps[0].width, maps[0].height, maps[0].map) == (own.width, own.height, own.map))
        #expect(maps[0].values.filter(\.isFinite).count == maps[0].values.count)
    }

    /// What it says of a cut is what it says of the cut out picture, moved to its place.
    @Test func inACutItSeesTheCutOutPicture() throws {
        let image = noise(320, 240, seed: 5)
        let window = PictureWindow(PixelRectangle(x: 130, y: 77, width: 64, height: 64), ofWidth: 320, height: 240)
        let click = SIMD2<Float>(150.5, 100.5)
        let whole = try object(seen(image, click, in: window), click)
        let cut = try object(seen(try #require(image.cropped(window.area)), click - window.corner), click - window.corner)
        #expect(largestDifference(whole.values, cut.values) < 1e-3)
        #expect(whole.map == cut.map)
    }

    /// Whatever it says, it is about the clicked thing: a disc on a plain ground.
    @Test(arguments: [SIMD2<Float>(100, 80), [220, 160]]) func itFindsAPlainDisc(center: SIMD2<Float>) throws {
        var image = Image(width: 320, height: 240, fill: Color(90, 110, 200))
        for y in 0..<240 {
            for x in 0..<320 where isNear(x, y, center, 50) { image[x, y] = Color(210, 60, 40) }
        }
        var seen = try seen(image, center)
        seen.answer.logits[2] = try object(seen, center)
        let mask = seen.answer.mask(.object)
        var disc = Mask(width: 320, height: 240)
        for y in 0..<240 { for x in 0..<320 where isNear(x, y, center, 50) { disc[x, y] = true } }
        #expect(mask.intersectionOverUnion(disc) > 0.8)
    }

    @Test func itAnswersSingleClicksOnWhatIsWanted() throws {
        let head = try #require(try ObjectHead(models: EmbeddedModels(), runtime: runtime.get()))
        #expect(head.takes(Prompt(points: [.init([1, 2])])))
        #expect(!head.takes(Prompt(points: [.init([1, 2], isForeground: false)])))
        #expect(!head.takes(Prompt(points: [.init([1, 2]), .init([3, 4])])))
        #expect(!head.takes(Prompt(points: [.init([1, 2])], box: .init(low: [0, 0], high: [4, 4]))))
        #expect(!head.takes(Prompt(points: [])))
    }

    @Test func itBelongsToTheModelsItWasTrainedWith() throws {
        let models = try EmbeddedModels()
        let head = try #require(try ObjectHead(models: models, runtime: runtime.get()))
        let features = try EmbeddedFeatureExtractor(models: models, runtime: runtime.get()).identity
        let segmenter = try EmbeddedSegmenter(models: models, runtime: runtime.get()).identity
        let other = ModelIdentity(name: features.name, hash: "00")
        #expect(head.belongs(to: features, segmenter))
        #expect(!head.belongs(to: other, segmenter) && !head.belongs(to: features, other))
    }

    @Test func aSetNeedsNoHeadAndOneThatIsListedMustBeThere() throws {
        #expect(try ObjectHead(models: EmbeddedModels(folder: fixtures), runtime: runtime.get()) == nil)
        try withTemporaryDirectory { folder in
            let copy = "\(folder)/models"
            try FileManager.default.copyItem(atPath: fixtures, toPath: copy)
            let path = URL(fileURLWithPath: "\(copy)/models.json")
            let manifest = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: path)) as? [String: Any])
            var files = try #require(manifest["files"] as? [String: Any])
            files["object-head.onnx"] = files["features.onnx"]
            try JSONSerialization.data(withJSONObject: manifest.merging(["files": files]) { $1 }).write(to: path)
            let models = try EmbeddedModels(folder: copy)
            let missing = try failure { _ = try ObjectHead(models: models, runtime: runtime.get()) }
            #expect(missing.kind == .missingModel && missing.path == "\(copy)/object-head.onnx")
            try Data("another".utf8).write(to: URL(fileURLWithPath: "\(copy)/object-head.onnx"))
            var seen = try seen(noise(64, 64, seed: 1), [30, 30])
            seen.head = try #require(try ObjectHead(models: models, runtime: runtime.get()))
            let changed = try failure { _ = try object(seen, [30, 30]) }
            #expect(changed.kind == .missingModel && changed.reason.contains("SHA-256"))
        }
    }
}

private func isNear(_ x: Int, _ y: Int, _ center: SIMD2<Float>, _ radius: Float) -> Bool {
    let offset = SIMD2(Float(x), Float(y)) - center
    return (offset * offset).sum() < radius * radius
}
