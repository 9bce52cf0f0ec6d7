import Backbones
import Basics
import Shapes

/// Asks the training-free lift for the parts that a decoder is trained on, vertex by vertex.
///
/// Each sampled vertex is clicked alone; for a share of them the answer is then corrected, click by click, by other sampled vertices: an
/// unwanted one inside of it or a wanted one outside. What is asked from a vertex depends on the sampling, the seed and the vertex alone.
public struct LiftCollector: Sendable {
    private let segmenter: any SurfaceSegmenter
    private let sampling: PromptSampling
    private let mesh: Mesh
    private let vertices: [Int]
    private let seed: UInt64

    /// A collector that asks `segmenter` about the parts of a mesh around `vertices`.
    public init(segmenter: some SurfaceSegmenter, mesh: Mesh, vertices: [Int], sampling: PromptSampling, seed: UInt64 = 0) {
        (self.segmenter, self.mesh, self.vertices, self.sampling, self.seed) = (segmenter, mesh, vertices, sampling, seed)
    }

    /// The answers to the prompts that begin with `vertex`; none where no view shows it.
    ///
    /// - Throws: `Failure` if the segmenter cannot be run.
    /// - Complexity: one lift for each prompt, of which there are at most `1 + sampling.corrections`.
    public func answers(from vertex: Int) throws -> LiftedAnswers {
        var answers = LiftedAnswers(vertex: vertex, prompts: [], questions: 0)
        var generator = SeededGenerator(seed: seed, stream: UInt64(vertex) &+ 0x11F7_0000_0000)
        let corrections = generator.uniform() < sampling.secondClickShare ? sampling.corrections : 0
        var clicks = [SurfaceClick(vertex)]
        do {
            for round in 0...corrections {
                let answer = try segmenter.answer(to: clicks)
                answers.questions += answer.prompts
                answers.prompts.append(LiftedPrompt(clicks: clicks, probability: answer.probability))
                guard round < corrections, let next = correction(of: answer.probability, clicks, &generator) else { break }
                clicks.append(next)
            }
        } catch let failure as Failure where failure.kind == .badInput {
            // No view shows the vertex.
        }
        return answers
    }

    /// A random sampled vertex not far from the first click, on the side of the answer that the click then denies; nil if there is none.
    private func correction(of probability: [Float], _ clicks: [SurfaceClick], _ generator: inout SeededGenerator) -> SurfaceClick? {
        let isForeground = generator.uniform() < 0.5
        let first = mesh.vertices[clicks[0].vertex]
        let distances = vertices.map { vertex -> Float in
            let offset = mesh.vertices[vertex] - first
            return (offset * offset).sum()
        }
        let limit = 0.5 * (distances.max() ?? 0)
        let taken = Set(clicks.map(\.vertex))
        let candidates = zip(vertices, distances).filter { vertex, distance in
            distance < limit && !taken.contains(vertex) && (probability[vertex] >= 0.5) != isForeground
        }
        guard !candidates.isEmpty else { return nil }
        return SurfaceClick(candidates[generator.index(below: candidates.count)].0, isForeground: isForeground)
    }
}
