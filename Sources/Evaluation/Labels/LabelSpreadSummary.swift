extension LabelSpreadEvaluator {
    /// `labels.json`: how well labels spread to so many `shapes`, by way and number of labelled shapes (`votes-1`).
    ///
    /// - `scores`: the mean over shapes of the mean IoU of their parts; intervals resample shapes. `categories` has the same means by category.
    /// - `leads`: how much the votes lead each other way with as many labelled shapes, shape by shape.
    /// - `parts`: the mean IoU over the shapes that have a part, by `category/part`.
    package func summary(of records: [LabelSpreadRecord]) -> Summary {
        func mean(_ record: LabelSpreadRecord, _ key: String) -> Double? {
            record.scores[key].flatMap { $0.isEmpty ? nil : Self.mean($0.values) }
        }
        let keys = options.sources.flatMap { count in Way.allCases.map { $0.key(count) } }
        var (scores, leads): ([String: Estimate], [String: Estimate]) = ([:], [:])
        for key in keys { scores[key] = records.estimate(by: \.target) { mean($0, key) } }
        for count in options.sources {
            for way in Way.allCases where way != .votes {
                leads[way.key(count)] = records.estimate(by: \.target) { record in
                    mean(record, Way.votes.key(count)).flatMap { own in mean(record, way.key(count)).map { own - $0 } }
                }
            }
        }
        let categories = Dictionary(grouping: records, by: \.category).mapValues { records in
            Dictionary(
                uniqueKeysWithValues: keys.map { key in (key, SampleJudge.rounded(Self.mean(records.compactMap { mean($0, key) }))) })
        }
        var found: [String: [String: [Double]]] = [:]
        for record in records {
            for (key, scores) in record.scores {
                for (part, score) in scores { found["\(record.category)/\(part)", default: [:]][key, default: []].append(score) }
            }
        }
        let parts = found.mapValues { $0.mapValues { SampleJudge.rounded(Self.mean($0)) } }
        return Summary(
            schema: 1,
            ["options": options, "shapes": records.count, "scores": scores, "leads": leads, "categories": categories, "parts": parts],
            "\(records.count) shapes of \(categories.count) categories; mean IoU of their parts",
            Markdown.table(
                ["way"] + options.sources.map { $0 == 1 ? "1 labelled shape" : "\($0) labelled shapes" },
                Way.allCases.map { way in [way.title] + options.sources.map { scores[way.key($0)].cell } }
                    + Way.allCases.dropFirst().map { way in
                        ["Default leads: \(way.title)"] + options.sources.map { leads[way.key($0)].cell }
                    }),
            Markdown.table(
                ["category"] + options.sources.flatMap { count in Way.allCases.map { "\($0.rawValue), \(count)" } },
                categories.sorted { $0.key < $1.key }.map { category, means in [category] + keys.map { (means[$0] ?? 0).fixed } }))
    }

    private static func mean(_ values: some Collection<Double>) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
}

extension LabelSpreadEvaluator.Way {
    /// The name in tables.
    fileprivate var title: String {
        switch self {
        case .votes: "Votes of the labelled vertices, smoothed (the default)"
        case .nearest: "Label of the most similar vertex"
        case .place: "Nearest by position and normal"
        case .form: "Nearest by form, however it is turned"
        }
    }

    fileprivate func key(_ count: Int) -> String { "\(rawValue)-\(count)" }
}
