/// How well one method finds pixels on a set of samples.
package struct PixelScore: Sendable, Hashable, Codable {
    /// The method.
    package var method: String
    /// The name in tables.
    package var title: String
    /// The share of samples whose pixel shows the right part; none counts as wrong.
    package var success: Estimate
    /// The share of samples with an answer; absent for chance.
    package var coverage: Estimate?
    /// The share of right answers among answers.
    package var precision: Estimate?
    /// IoU of the mask at the answer with the right part, among answers.
    package var maskIoU: Estimate?
    /// Success of the default less that of this method, sample by sample; absent for the default.
    package var lead: Estimate?

    /// The score of answers, compared with those of the default to the same questions.
    ///
    /// - Parameter clusters: for each answer the photo that it belongs to; whole photos are resampled.
    init?(_ method: String, title: String, _ answers: [PixelAnswer], default standard: [PixelAnswer]? = nil, clusters: [some Hashable]) {
        let values = answers.map(Self.value)
        guard let success = Bootstrap().mean(of: values, clusters: clusters) else { return nil }
        (self.method, self.title, self.success) = (method, title, success)
        coverage = Bootstrap().mean(of: answers.map { $0.pixel == nil ? 0 : 1 }, clusters: clusters)
        let answered = zip(answers, clusters).filter { $0.0.pixel != nil }
        precision = Bootstrap().mean(of: answered.map { Self.value($0.0) }, clusters: answered.map(\.1))
        maskIoU = Bootstrap().mean(of: answered.map { $0.0.maskIoU ?? 0 }, clusters: answered.map(\.1))
        lead = standard.flatMap { Bootstrap().mean(of: zip($0, values).map { Self.value($0) - $1 }, clusters: clusters) }
    }

    /// The score of a pixel drawn at random that is right with the given probabilities.
    init?(chance title: String, _ shares: [Double], default standard: [PixelAnswer], clusters: [some Hashable]) {
        guard let success = Bootstrap().mean(of: shares, clusters: clusters) else { return nil }
        (method, self.title, self.success) = ("chance", title, success)
        lead = Bootstrap().mean(of: zip(standard, shares).map { Self.value($0) - $1 }, clusters: clusters)
    }

    private static func value(_ answer: PixelAnswer) -> Double { answer.correct ? 1 : 0 }

    /// Scores as a table in Markdown.
    static func table(_ scores: [PixelScore]) -> String {
        Markdown.table(
            ["way", "n", "right part [95 %]", "answers", "right among answers", "IoU of the mask, among answers", "default leads by"],
            scores.map { score in
                [score.title, "\(score.success.n)"]
                    + [score.success, score.coverage, score.precision, score.maskIoU, score.lead].map(\.cell)
            })
    }
}
