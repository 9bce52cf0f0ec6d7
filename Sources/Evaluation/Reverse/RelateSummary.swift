/// `relate.json`.
package struct RelateSummary: Summary {
    /// The version of this schema.
    package var schema = 2
    /// What was asked.
    package var options: PhotoPairOptions
    /// Clicks, and pairs of photos that they are in.
    package var samples: Int
    /// Pairs of photos.
    package var pairs: Int
    /// The scores of all ways.
    package var scores: [PixelScore]
    /// Scores by part of each category.
    package var parts: [ReverseSummary.Group]

    /// The summary of finished samples; intervals resample first photos with all their pairs.
    package init(of records: [RelateRecord], options: PhotoPairOptions) {
        self.options = options
        (samples, pairs) = (records.count, Set(records.map(\.photo)).count)
        scores = Self.scores(records)
        parts = Dictionary(grouping: records) { "\($0.category)/\($0.click.part)" }.sorted { $0.key < $1.key }.map {
            .init(name: $0.key, scores: Self.scores($0.value.sorted { $0.sample < $1.sample }))
        }
    }

    private static func scores(_ records: [RelateRecord]) -> [PixelScore] {
        let clusters = records.map(\.first)
        let vote = records.map(\.vote)
        // The meshes say whether, the photos where: what `bsb relate` answers.
        let standard = records.map { $0.vote.pixel == nil ? .none : $0.direct }
        // Each mesh by itself is one answer more to the same question.
        let single = zip(zip(records, standard), clusters).flatMap { record, cluster in
            record.0.meshes.sorted { $0.key < $1.key }.map { (answer: $0.value, standard: record.1, cluster: cluster) }
        }
        return [
            PixelScore("default", title: "Whether by the meshes, where by the photos (the default)", standard, clusters: clusters),
            PixelScore("vote", title: "Through the meshes, which vote", vote, default: standard, clusters: clusters),
            PixelScore(
                "single", title: "Through one mesh", single.map(\.answer), default: single.map(\.standard),
                clusters: single.map(\.cluster)),
            PixelScore("direct", title: "Comparing the photos directly", records.map(\.direct), default: standard, clusters: clusters),
            PixelScore(
                chance: "Chance (random labelled pixel)", records.map(\.pixelShare), default: standard, clusters: clusters),
        ].compactMap { $0 }
    }

    /// The scores in Markdown.
    package var table: String {
        "\(samples) clicks in \(pairs) pairs of photos, \(options.meshes) meshes of each category\n\n" + PixelScore.table(scores)
    }
}
