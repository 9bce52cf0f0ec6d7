import BSBBackbones
import BSBBasics
import BSBImages
import BSBWorkbench

/// The embedded models on pictures of the size of a view: together, as the package asks them, against one after another.
struct ModelsBenchmark {
    private static let pictures = 16
    private static let clicks = 16

    func run(_ runs: Int) throws {
        let models = try ModelPair.embedded()
        let (extractor, segmenter, parallelism) = (models.extractor, models.segmenter, Parallelism())
        var generator = SeededGenerator(seed: 2)
        let pictures = (0..<Self.pictures).map { _ in Self.picture(&generator) }
        try compare("features of \(Self.pictures) pictures of 224 x 224", Self.pictures, runs) {
            try parallelism.forEach(Self.pictures) { _ = try extractor.features(of: pictures[$0]) }
        } naive: {
            for picture in pictures { _ = try extractor.features(of: picture) }
        }
        try compare("embeddings of \(Self.pictures) pictures of 224 x 224", Self.pictures, runs) {
            try parallelism.forEach(Self.pictures) { _ = try segmenter.embed(pictures[$0]) }
        } naive: {
            for picture in pictures { _ = try segmenter.embed(picture) }
        }
        let embedding = try segmenter.embed(pictures[0])
        let prompts = (0..<Self.clicks).map { _ in Prompt(points: [.init([generator.uniform(0, 224), generator.uniform(0, 224)])]) }
        try compare("masks of \(Self.clicks) clicks in one picture", Self.clicks, runs) {
            _ = try segmenter.masks(for: prompts, in: embedding)
        } naive: {
            for prompt in prompts { _ = try segmenter.masks(for: [prompt], in: embedding) }
        }
    }

    private func compare(
        _ name: String, _ count: Int, _ runs: Int, ours: @escaping () throws -> Void, naive: @escaping () throws -> Void
    ) throws {
        // Models are made ready at their first use.
        try ours()
        try Comparison(name: name, ours: ours, naive: naive, work: "\(count) of each").run(runs)
    }

    private static func picture(_ generator: inout SeededGenerator) -> Image {
        Image(width: 224, height: 224, pixels: (0..<(3 * 224 * 224)).map { _ in UInt8(generator.uniform(0, 255)) })
    }
}
