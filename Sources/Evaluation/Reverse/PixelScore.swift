extension Facts {
    /// How well a way finds pixels: its score, and `maskIoU`, the mean IoU of the mask at the answer with the right part, among answers.
    ///
    /// - Parameter answer: what the way answers to a question.
    /// - Parameter standard: what the default answers to it; nil for the default itself.
    static func score<Question>(
        _ method: String, title: String, of questions: [Question], by cluster: (Question) -> some Hashable,
        answer: @escaping (Question) -> PixelAnswer, standard: ((Question) -> PixelAnswer)? = nil
    ) -> Facts {
        var score = Facts.score(
            ["method": method, "title": title], of: questions, by: cluster, right: { answer($0).success },
            isGiven: { answer($0).pixel != nil },
            standard: standard.map { standard in { standard($0).success } })
        score["maskIoU"] = questions.estimate(by: cluster) { answer($0).pixel == nil ? nil : answer($0).maskIoU ?? 0 }
        return score
    }

    /// The score of a pixel drawn at random that is right with a given probability.
    static func score<Question>(
        chance title: String, of questions: [Question], by cluster: (Question) -> some Hashable, share: @escaping (Question) -> Double,
        standard: @escaping (Question) -> PixelAnswer
    ) -> Facts {
        .score(
            ["method": "chance", "title": title], of: questions, by: cluster, right: share, isGiven: { _ in nil },
            standard: { standard($0).success })
    }
}

extension PixelAnswer {
    fileprivate var success: Double { correct ? 1 : 0 }
}

extension Markdown {
    /// A table of how well ways find pixels.
    static func pixelScores(_ scores: [Facts]) -> String {
        table(
            [
                .name("title", "way"), Column("n") { $0["success"].map { "\($0.n)" } ?? "-" }, .mean("success", "right part [95 %]"),
                .mean("coverage", "answers"), .mean("precision", "right among answers"),
                .mean("maskIoU", "IoU of the mask, among answers"), .mean("lead", "default leads by"),
            ], scores)
    }
}
