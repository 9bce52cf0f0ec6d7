import BSBBasics
import BSBImages
import TestSupport
import Testing

@testable import BSBBackbones

@Suite struct EmbeddedSegmenterTests {
    /// What the fixture's decoder computes, one cell at a time; see Fixtures/make_fixtures.py.
    private func reference(_ prompt: Prompt, _ embedding: ImageEmbedding, scale: Float, previous: [Float]? = nil) -> [[Float]] {
        [10, 20, 40].map { (radius: Float) in
            (0..<64 * 64).map { cell in
                let centre = SIMD2((Float(cell % 64) + 0.5) * 4, (Float(cell / 64) + 0.5) * 4)
                var logit: Float = -1
                for point in prompt.points {
                    let offset = centre - point.position * scale
                    let disc = max(0, radius - (offset.x * offset.x + offset.y * offset.y).squareRoot())
                    logit += point.isForeground ? disc : -disc
                }
                if let box = prompt.box {
                    let (low, high) = (box.low * scale, box.high * scale)
                    if centre.x >= low.x, centre.x <= high.x, centre.y >= low.y, centre.y <= high.y { logit += 5 }
                }
                return logit + (previous?[cell] ?? 0) + embedding.features.values[cell * embedding.features.dimension]
            }
        }
    }

    private let prompts = [
        Prompt(points: [.init([60, 40])]),
        Prompt(points: [.init([60, 40]), .init([70, 50], isForeground: false), .init([20, 90])]),
        Prompt(points: [], box: .init(low: [10, 20], high: [100, 60])),
        Prompt(points: [.init([5, 5])], box: .init(low: [100, 60], high: [10, 20])),
        Prompt(points: []),
    ]

    @Test func masksAreThoseOfTheGraphInOrder() throws {
        let segmenter = try segmenter()
        let embedding = try segmenter.embed(noise(128, 96, seed: 2))
        let answers = try segmenter.masks(for: prompts, in: embedding)
        #expect(answers.count == prompts.count)
        for (prompt, answer) in zip(prompts, answers) {
            var ordered = prompt
            if let box = prompt.box { ordered.box = .init(low: pointwiseMin(box.low, box.high), high: pointwiseMax(box.low, box.high)) }
            let expected = reference(ordered, embedding, scale: 2)
            #expect(answer.logits.count == 3 && answer.predictedIoU.count == 3)
            // A coarser mask has whatever a finer one has, so the graph's own masks are joined from fine to coarse.
            var joined = expected[0]
            for level in 0..<3 {
                joined = zip(joined, expected[level]).map { max($0, $1) }
                #expect(largestDifference(answer.logits[level].values, joined) < 1e-3)
            }
            #expect((answer.imageWidth, answer.imageHeight) == (128, 96))
            #expect(answer.logits[0].map == PlaneMap(scaleX: 0.5, scaleY: 0.5))
        }
    }

    @Test func batchesAndThreadsDoNotChangeTheMasks() throws {
        let image = noise(50, 31, seed: 4)
        let many = (0..<20).map { Prompt(points: [.init([Float($0), Float($0)])]) }
        let one = try segmenter(options(threads: 1, batch: 1))
        let expected = try one.masks(for: many, in: one.embed(image))
        for options in [options(threads: 2, batch: 7), options(threads: 4, batch: 64)] {
            let segmenter = try segmenter(options)
            #expect(try segmenter.masks(for: many, in: segmenter.embed(image)) == expected)
        }
        #expect(try one.masks(for: [], in: one.embed(image)).isEmpty)
    }

    @Test func manyPicturesAreEmbeddedInOrder() throws {
        let segmenter = try segmenter()
        let images = (0..<3).map { noise(60, 20 + $0, seed: UInt64($0)) }
        #expect(try segmenter.embed(images) == images.map { try segmenter.embed($0) })
    }

    @Test func anEarlierAnswerGoesInAsItIs() throws {
        let segmenter = try segmenter()
        let embedding = try segmenter.embed(noise(128, 96, seed: 2))
        let first = try segmenter.masks(for: [prompts[0]], in: embedding)[0]
        var again = prompts[0]
        again.previous = first.logits[1]
        let answer = try segmenter.masks(for: [again], in: embedding)[0]
        let expected = reference(again, embedding, scale: 2, previous: first.logits[1].values)
        #expect(largestDifference(answer.logits[0].values, expected[0]) < 1e-3)
    }

    @Test func anEarlierAnswerOnAnotherGridIsResampled() throws {
        let segmenter = try segmenter()
        let embedding = try segmenter.embed(noise(128, 96, seed: 2))
        // A ramp in x over the picture, 32 x 24 logits of 4 x 4 pixels.
        let ramp = LogitMap(
            width: 32, height: 24, values: (0..<32 * 24).map { Float($0 % 32) }, map: PlaneMap(scaleX: 0.25, scaleY: 0.25))
        let prompt = Prompt(points: [], previous: ramp)
        let without = try segmenter.masks(for: [Prompt(points: [])], in: embedding)[0].logits[0].values
        let with = try segmenter.masks(for: [prompt], in: embedding)[0].logits[0].values
        for cell in 0..<64 * 64 {
            let x = (Float(cell % 64) + 0.5) * 2
            let inPicture = cell / 64 < 48
            let expected = inPicture ? min(max(x / 4 - 0.5, 0), 31) : -10
            #expect(abs(with[cell] - without[cell] - expected) < 1e-3)
        }
    }

    @Test func hostilePromptsAreRefusedOrAnswered() throws {
        let segmenter = try segmenter()
        let embedding = try segmenter.embed(noise(30, 20, seed: 1))
        for bad in [Float.nan, .infinity] {
            let prompt = Prompt(points: [.init([bad, 1])])
            #expect(try failure { _ = try segmenter.masks(for: [prompt], in: embedding) }.kind == .usage)
        }
        #expect(try segmenter.masks(for: [Prompt(points: [.init([-1e30, 1e30])])], in: embedding).count == 1)
        let odd = LogitMap(width: 1, height: 1, values: [.nan], map: PlaneMap(scaleX: .nan, scaleY: 0))
        #expect(try segmenter.masks(for: [Prompt(points: [], previous: odd)], in: embedding).count == 1)
    }

    @Test func anEmbeddingOfAnotherModelIsRefused() throws {
        let grid = FeatureGrid(columns: 1, rows: 1, dimension: 1, values: [0], map: PlaneMap(scaleX: 1, scaleY: 1))
        let embedding = ImageEmbedding(imageWidth: 1, imageHeight: 1, features: grid)
        let failure = try failure { _ = try segmenter().masks(for: [prompts[0]], in: embedding) }
        #expect(failure.kind == .internal)
    }
}
