extension RelateEvaluator {
    /// `relate.json`: how well each way finds pixels, over all clicks (`samples`, in so many `pairs` of photos) as `scores`, and by part of each
    /// category as `parts`; intervals resample first photos with all their pairs.
    package func summary(of records: [RelateRecord]) -> Summary {
        let (pairs, scores) = (Set(records.map(\.photo)).count, Self.scores(records))
        let parts = records.grouped { "\($0.category)/\($0.click.part)" }.map { name, members -> Facts in
            ["name": name, "scores": Self.scores(members)]
        }
        return Summary(
            schema: 2, ["options": options, "samples": records.count, "pairs": pairs, "scores": scores, "parts": parts],
            "\(records.count) clicks in \(pairs) pairs of photos, \(options.meshes) meshes of each category", Markdown.pixelScores(scores))
    }

    private static func scores(_ records: [RelateRecord]) -> [Facts] {
        // The meshes say whether, the photos where: what `bsb relate` answers.
        func standard(_ record: RelateRecord) -> PixelAnswer { record.vote.pixel == nil ? .none : record.direct }
        func score(_ method: String, _ title: String, _ answer: @escaping (RelateRecord) -> PixelAnswer) -> Facts {
            .score(method, title: title, of: records, by: \.first, answer: answer, standard: method == "default" ? nil : standard)
        }
        // Each mesh by itself is one answer more to the same question.
        let single = records.flatMap { record in record.meshes.sorted { $0.key < $1.key }.map { (answer: $0.value, record: record) } }
        let scores: [Facts] = [
            score("default", "Whether by the meshes, where by the photos (the default)", standard),
            score("vote", "Through the meshes, which vote", \.vote),
            .score(
                "single", title: "Through one mesh", of: single, by: \.record.first, answer: \.answer, standard: { standard($0.record) }),
            score("direct", "Comparing the photos directly", \.direct),
            .score(chance: "Chance (random labelled pixel)", of: records, by: \.first, share: \.pixelShare, standard: standard),
        ]
        return scores.filter { $0["success"] != nil }
    }
}
