/// `labels.json`.
package struct LabelSpreadSummary: Summary {
    /// The version of this schema.
    package var schema = 1
    /// What was measured, and how.
    package var options: LabelSpreadEvaluator.Options
    /// Shapes that got labels.
    package var shapes: Int
    /// By way and number of labelled shapes (`votes-1`): the mean over shapes of the mean IoU of their parts; intervals resample shapes.
    package var scores: [String: Estimate]
    /// How much the votes lead each other way with as many labelled shapes, shape by shape.
    package var leads: [String: Estimate]
    /// The same means by category.
    package var categories: [String: [String: Double]]
    /// The mean IoU over the shapes that have a part, by `category/part`.
    package var parts: [String: [String: Double]]

    /// The summary of shapes.
    package init(of records: [LabelSpreadRecord], options: LabelSpreadEvaluator.Options) {
        (self.options, shapes) = (options, records.count)
        let keys = options.sources.flatMap { count in LabelSpreadEvaluator.Way.allCases.map { Self.key($0, count) } }
        func mean(_ record: LabelSpreadRecord, _ key: String) -> Double? {
            record.scores[key].flatMap { $0.isEmpty ? nil : $0.values.reduce(0, +) / Double($0.count) }
        }
        func rounded(_ values: [Double]) -> Double { SampleJudge.rounded(values.reduce(0, +) / Double(max(1, values.count))) }
        (scores, leads) = ([:], [:])
        for key in keys { scores[key] = records.estimate(by: \.target) { mean($0, key) } }
        for count in options.sources {
            for way in LabelSpreadEvaluator.Way.allCases where way != .votes {
                leads[Self.key(way, count)] = records.estimate(by: \.target) { record in
                    mean(record, Self.key(.votes, count)).flatMap { own in mean(record, Self.key(way, count)).map { own - $0 } }
                }
            }
        }
        func table(_ values: [String: [Double]]) -> [String: Double] { values.mapValues(rounded) }
        categories = Dictionary(grouping: records, by: \.category).mapValues { records in
            table(Dictionary(uniqueKeysWithValues: keys.map { key in (key, records.compactMap { mean($0, key) }) }))
        }
        var found: [String: [String: [Double]]] = [:]
        for record in records {
            for (key, scores) in record.scores {
                for (part, score) in scores { found["\(record.category)/\(part)", default: [:]][key, default: []].append(score) }
            }
        }
        parts = found.mapValues(table)
    }

    private static func key(_ way: LabelSpreadEvaluator.Way, _ count: Int) -> String { "\(way.rawValue)-\(count)" }

    /// The scores in Markdown.
    package var table: String {
        let names: [(LabelSpreadEvaluator.Way, String)] = [
            (.votes, "Votes of the labelled vertices, smoothed (the default)"), (.nearest, "Label of the most similar vertex"),
            (.place, "Nearest by position and normal"), (.form, "Nearest by form, however it is turned"),
        ]
        let heads = options.sources.map { $0 == 1 ? "1 labelled shape" : "\($0) labelled shapes" }
        let leads = names.dropFirst().map { way, title in
            ["Default leads: \(title)"] + options.sources.map { self.leads[Self.key(way, $0)].cell }
        }
        return [
            "\(shapes) shapes of \(categories.count) categories; mean IoU of their parts",
            Markdown.table(
                ["way"] + heads, names.map { way, title in [title] + options.sources.map { scores[Self.key(way, $0)].cell } } + leads),
            Markdown.table(
                ["category"] + options.sources.flatMap { count in names.map { "\($0.0.rawValue), \(count)" } },
                categories.sorted { $0.key < $1.key }.map { category, means in
                    [category] + options.sources.flatMap { count in names.map { (means[Self.key($0.0, count)] ?? 0).fixed } }
                }),
        ].joined(separator: "\n\n")
    }
}
