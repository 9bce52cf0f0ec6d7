/// Asks the training-free lift for the parts that a decoder is trained on: each clicked vertex alone.
///
/// Further clicks are not learned: they are obeyed as they come, see ``DecoderSegmenter``.
package struct LiftCollector: Sendable {
    private let segmenter: any SurfaceSegmenter

    /// A collector that asks `segmenter`.
    package init(segmenter: some SurfaceSegmenter) {
        self.segmenter = segmenter
    }

    /// The answer to a click on `vertex`; none where no view shows it.
    ///
    /// - Throws: `Failure` if the segmenter cannot be run.
    /// - Complexity: one lift.
    package func answer(at vertex: Int) throws -> LiftedAnswers {
        let clicks = [SurfaceClick(vertex)]
        guard let answer = try segmenter.visibleAnswer(to: clicks) else {
            return LiftedAnswers(vertex: vertex, prompts: [], questions: 0)
        }
        return LiftedAnswers(
            vertex: vertex, prompts: [LiftedPrompt(clicks: clicks, probability: answer.probability)], questions: answer.prompts)
    }
}
