import BSBBackbones
import BSBBasics
import BSBShapes

/// Asks the 2D segmenter for the masks that a decoder is trained on, view by view.
///
/// A view is embedded once, whatever the number of its prompts. What is asked in a view depends on the plan, the seed and the view alone.
package struct PromptCollector: Sendable {
    private let segmenter: any PromptSegmenter
    private let sampling: PromptSampling
    private let level: MaskLevel
    private let seed: UInt64
    private let clickable: ClickableVertices

    /// A collector that asks `segmenter` for the masks of `level` on views of `surface`.
    package init(
        segmenter: any PromptSegmenter, surface: SurfaceModel, sampling: PromptSampling, level: MaskLevel = .part, seed: UInt64 = 0
    ) {
        self.segmenter = segmenter
        self.sampling = sampling
        clickable = ClickableVertices(surface: surface, minimumFrontality: sampling.minimumFrontality)
        self.level = level
        self.seed = seed
    }

    /// The answers to a view's prompts: each first click alone, then the pairs of clicks that taught something new.
    ///
    /// - Throws: `Failure` if the segmenter cannot be run.
    /// - Complexity: one prompt for each first click, and `1 + refinementRounds` for each pair of clicks.
    package func answers(to plan: PromptPlan, view: Int, of views: some MeshViews) throws -> AnsweredView {
        let first = plan.firstClicks[view]
        let position = { vertex in views.cameras[view].project(views.scene.mesh.vertices[vertex], size: views.size)?.position }
        let clicks = first.compactMap { vertex in position(vertex).map { (vertex: vertex, position: $0) } }
        var answered = AnsweredView(view: view, columns: 1, rows: 1, map: PlaneMap(scaleX: 1, scaleY: 1), prompts: [])
        guard !clicks.isEmpty else { return answered }
        let embedding = try views.embedding(view)
        let predictions = try segmenter.masks(for: clicks.map { Prompt(points: [Prompt.Point($0.position)]) }, in: embedding)
        guard let maps = predictions.first?.logits.first else { return answered }
        (answered.columns, answered.rows, answered.map) = (maps.width, maps.height, maps.map)
        answered.prompts = zip(clicks, predictions).map { click, prediction in
            sample([SurfaceClick(click.vertex)], prediction)
        }
        guard sampling.secondClickShare > 0, sampling.secondClicks > 0 else { return answered }
        let seen = try clickable.seen(among: plan.vertices, in: view, of: views).compactMap { vertex in
            position(vertex).map { (vertex: vertex, position: $0) }
        }
        answered.prompts += try secondAnswers(clicks, predictions, seen, embedding, views.scene.mesh, view)
        return answered
    }

    private typealias Placed = (vertex: Int, position: SIMD2<Float>)

    /// A pair of clicks, and the mask that the first alone gave.
    private struct Pair {
        var clicks: [SurfaceClick]
        var points: [Prompt.Point]
        var before: LogitMap
    }

    private func secondAnswers(
        _ clicks: [Placed], _ predictions: [MaskPrediction], _ seen: [Placed], _ embedding: ImageEmbedding, _ mesh: Mesh, _ view: Int
    ) throws -> [TrainingPrompt] {
        var generator = SeededGenerator(seed: seed, stream: UInt64(view) &+ 0x5EC0_0000)
        var pairs: [Pair] = []
        for (click, prediction) in zip(clicks, predictions) where generator.uniform() < sampling.secondClickShare {
            guard prediction.predictedIoU[index(prediction)] >= sampling.minimumScore else { continue }
            pairs += self.pairs(click, prediction.logits[index(prediction)], seen, mesh, &generator)
        }
        guard !pairs.isEmpty else { return [] }
        var answers = try segmenter.masks(for: pairs.map { Prompt(points: $0.points) }, in: embedding)
        for _ in 0..<(segmenter.takesEarlierAnswers ? sampling.refinementRounds : 0) {
            let prompts = zip(pairs, answers).map { pair, answer in Prompt(points: pair.points, previous: answer.best) }
            answers = try segmenter.masks(for: prompts, in: embedding)
        }
        return zip(pairs, answers).compactMap { pair, answer in
            teaches(answer.logits[index(answer)], pair) ? sample(pair.clicks, answer) : nil
        }
    }

    /// Pairs of a first click with random second ones: unwanted inside its mask, wanted outside, neither far away on the surface.
    private func pairs(
        _ first: Placed, _ mask: LogitMap, _ seen: [Placed], _ mesh: Mesh, _ generator: inout SeededGenerator
    ) -> [Pair] {
        let distances = seen.map { other -> Float in
            let offset = mesh.vertices[other.vertex] - mesh.vertices[first.vertex]
            return (offset * offset).sum()
        }
        let limit = 0.5 * (distances.max() ?? 0)
        let near = zip(seen, distances).filter { $0.vertex != first.vertex && $1 < limit }.map(\.0)
        return [false, true].flatMap { isForeground -> [Pair] in
            var candidates = near.filter { (mask.value(at: $0.position) > 0) != isForeground }
            return (0..<min(sampling.secondClicks, candidates.count)).map { _ in
                let second = candidates.remove(at: generator.index(below: candidates.count))
                return Pair(
                    clicks: [SurfaceClick(first.vertex), SurfaceClick(second.vertex, isForeground: isForeground)],
                    points: [Prompt.Point(first.position), Prompt.Point(second.position, isForeground: isForeground)], before: mask)
            }
        }
    }

    /// Whether the second click changed the mask, and the right way: smaller for an unwanted one, larger for a wanted one.
    private func teaches(_ after: LogitMap, _ pair: Pair) -> Bool {
        guard after.values.count == pair.before.values.count else { return false }
        var (both, either, small, large) = (0, 0, 0, 0)
        for (a, b) in zip(pair.before.values, after.values) {
            both += a > 0 && b > 0 ? 1 : 0
            either += a > 0 || b > 0 ? 1 : 0
            small += a > 0 ? 1 : 0
            large += b > 0 ? 1 : 0
        }
        guard either > 0, large > 0, Float(both) / Float(either) <= sampling.maximumOverlap else { return false }
        return pair.clicks[1].isForeground ? large > small : large < small
    }

    private func index(_ prediction: MaskPrediction) -> Int { min(level.index, prediction.logits.count - 1) }

    private func sample(_ clicks: [SurfaceClick], _ prediction: MaskPrediction) -> TrainingPrompt {
        let index = index(prediction)
        return TrainingPrompt(
            clicks: clicks, score: prediction.predictedIoU[index], logits: TrainingPrompt.quantized(prediction.logits[index].values))
    }
}

extension MaskPrediction {
    /// The mask that the model trusts most.
    fileprivate var best: LogitMap {
        logits[predictedIoU.indices.max { (predictedIoU[$0], $1) < (predictedIoU[$1], $0) } ?? 0]
    }
}
