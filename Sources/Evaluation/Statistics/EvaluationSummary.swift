/// How well one method does on a set of samples.
package struct MethodScore: Sendable, Hashable, Codable {
    /// The name of the ``Method``.
    package var method: String
    /// The name in tables.
    package var title: String
    /// The share of samples with the right answer; none counts as wrong.
    package var success: Estimate
    /// The mean over meshes of the success on each, resampled by mesh.
    package var successOverMeshes: Estimate?
    /// The share of samples with an answer.
    package var coverage: Estimate?
    /// The share of right answers among answers.
    package var precision: Estimate?
    /// Success of the default less that of this method, sample by sample.
    package var lead: Estimate?
}

/// Scores on the samples that have something in common.
package struct ScoreGroup: Sendable, Hashable, Codable {
    /// What they have in common.
    package var name: String
    /// The number of samples.
    package var n: Int
    /// Success of each method.
    package var success: [String: Estimate]
    /// The share of samples that the default answers.
    package var coverage: Estimate?
    /// The share of right answers among its answers.
    package var precision: Estimate?
    /// Overlap of the default's 3D segment with the labelled part.
    package var segmentIoU: Estimate?
    /// The same with the connected piece of the part.
    package var pieceIoU: Estimate?
}

/// `summary.json`.
package struct EvaluationSummary: Summary {
    /// The version of this schema.
    package var schema = 2
    /// What was measured.
    package var options: EvaluationOptions
    /// Samples whose part the target has: the main numbers are of these.
    package var samples: Int
    /// Photos that these clicks are in.
    package var photos: Int
    /// Meshes that they were answered on.
    package var meshes: Int
    /// The scores of all methods.
    package var methods: [MethodScore]
    /// What the rule of segments brings on these features: success of BSB as published less that of the nearest vertex, sample by sample.
    package var ruleOverNearest: Estimate?
    /// The same with the nearest vertex where BSB has no answer.
    package var ruleOrNearestOverNearest: Estimate?
    /// Area-weighted IoU of the default's 3D segment with the labelled part, where there is an answer, and with its connected piece.
    package var segmentIoU: Estimate?
    /// The same with the connected piece of the part.
    package var pieceIoU: Estimate?
    /// The same, with 0 where there is no answer.
    package var segmentIoUOverAll: Estimate?
    /// IoU of the 2D part mask with the pixels that show the part.
    package var partMaskIoU: Estimate?
    /// Clicks on parts that the target lacks, and the share of them that the default rightly leaves without an answer.
    package var absentParts: Estimate?
    /// Scores by category.
    package var categories: [ScoreGroup]
    /// Scores by part of each category.
    package var parts: [ScoreGroup]
    /// Scores by the part's share of the vertices.
    package var partSizes: [ScoreGroup]
}

/// Makes the summary of samples.
package struct Summarizer: Sendable {
    /// A summarizer.
    package init() {}

    /// The summary of finished samples.
    ///
    /// Complexity: O(resamples x samples) for each number.
    package func summary(of records: [SampleRecord], options: EvaluationOptions) -> EvaluationSummary {
        let main = records.filter(\.partExists)
        let absent = records.filter { !$0.partExists }
        let standard = Method.standard.rawValue
        let names = Set(main.flatMap(\.answers.keys))
        let others = names.subtracting(Method.allCases.map(\.rawValue)).sorted().map { (key: $0, title: $0) }
        let ours = Method.allCases.filter { names.contains($0.rawValue) }.map { (key: $0.rawValue, title: $0.title) }
        let methods = ours + others + [(Method.chance.rawValue, Method.chance.title)]
        return EvaluationSummary(
            options: options, samples: main.count, photos: Set(main.map(\.photo)).count, meshes: Set(main.map(\.target)).count,
            methods: methods.compactMap { score($0.key, $0.title, main) },
            ruleOverNearest: main.estimate(by: \.photo) { lead($0, of: .bsb, over: Method.nearestVertex.rawValue) },
            ruleOrNearestOverNearest: main.estimate(by: \.photo) { lead($0, of: .bsbOrNearest, over: Method.nearestVertex.rawValue) },
            segmentIoU: main.estimate(by: \.photo) { $0.segmentIoU },
            pieceIoU: main.estimate(by: \.photo) { $0.pieceIoU },
            segmentIoUOverAll: options.segments ? main.estimate(by: \.photo) { $0.segmentIoU ?? 0 } : nil,
            partMaskIoU: main.estimate(by: \.photo) { $0.partMaskIoU },
            absentParts: absent.estimate(by: \.photo) { $0.answers[standard].map { $0.isGiven ? 0 : 1 } },
            categories: groups(main, methods.map(\.key)) { $0.category },
            parts: groups(main, methods.map(\.key)) { "\($0.category)/\($0.click.part)" },
            partSizes: PartSize.allCases.flatMap { size in
                groups(main.filter { PartSize(share: $0.partShare) == size }, methods.map(\.key)) { _ in size.rawValue }
            })
    }

    /// The score of a method; clicks in one photo are not independent, so whole photos are resampled.
    private func score(_ method: String, _ title: String, _ records: [SampleRecord]) -> MethodScore? {
        guard let success = records.estimate(by: \.photo, { value($0, method) }) else { return nil }
        return MethodScore(
            method: method, title: title, success: success, successOverMeshes: overMeshes(records, method),
            coverage: records.estimate(by: \.photo) { $0.answers[method].map { $0.isGiven ? 1 : 0 } },
            precision: records.estimate(by: \.photo) { $0.answers[method]?.isGiven == true ? value($0, method) : nil },
            lead: method == Method.standard.rawValue ? nil : records.estimate(by: \.photo) { lead($0, of: .standard, over: method) })
    }

    /// 1 for a right answer; for chance, the share of vertices that are right.
    private func value(_ record: SampleRecord, _ method: String) -> Double {
        method == Method.chance.rawValue ? record.partShare : record.answers[method]?.correct == true ? 1 : 0
    }

    private func lead(_ record: SampleRecord, of leader: Method, over method: String) -> Double? {
        record.answers[leader.rawValue].map { ($0.correct ? 1 : 0) - value(record, method) }
    }

    private func overMeshes(_ records: [SampleRecord], _ method: String) -> Estimate? {
        let meshes = Dictionary(grouping: records, by: \.target).sorted { $0.key < $1.key }
        let means = meshes.map { $0.value.reduce(0) { $0 + value($1, method) } / Double($0.value.count) }
        return Bootstrap().mean(of: means, clusters: Array(means.indices))
    }

    private func groups(_ records: [SampleRecord], _ methods: [String], by key: (SampleRecord) -> String) -> [ScoreGroup] {
        Dictionary(grouping: records, by: key).sorted { $0.key < $1.key }.map { name, members in
            let members = members.sorted { $0.sample < $1.sample }
            let success = methods.compactMap { method in
                members.estimate(by: \.photo) { value($0, method) }.map { (method, $0) }
            }
            let standard = score(Method.standard.rawValue, "", members)
            return ScoreGroup(
                name: name, n: members.count, success: Dictionary(uniqueKeysWithValues: success),
                coverage: standard?.coverage, precision: standard?.precision,
                segmentIoU: members.estimate(by: \.photo) { $0.segmentIoU }, pieceIoU: members.estimate(by: \.photo) { $0.pieceIoU })
        }
    }
}

extension EvaluationSummary {
    /// The scores in Markdown.
    package var table: String {
        let scores = methods.map { score in
            [score.title, score.success.cell, score.coverage.share, score.precision.share, score.lead.cell]
        }
        var lines = ["\(options.protocolKind.rawValue) shape: \(samples) samples, \(photos) photos, \(meshes) meshes"]
        lines += ["", Markdown.table(["method", "success [95 %]", "answers", "precision", "default leads by [95 %]"], scores), ""]
        let others = [
            ("BSB as published leads the nearest vertex by", ruleOverNearest),
            ("BSB, else nearest vertex, leads the nearest vertex by", ruleOrNearestOverNearest),
            ("IoU of the 3D segment with the labelled part", segmentIoU), ("IoU of the 3D segment with the piece that it is on", pieceIoU),
            ("IoU of the 2D part mask with the visible part", partMaskIoU),
            ("Parts that the mesh lacks: rightly no answer", absentParts),
        ].compactMap { title, estimate in estimate.map { [title, $0.cell, "\($0.n)"] } }
        if !others.isEmpty { lines += [Markdown.table(["beside", "mean [95 %]", "n"], others), ""] }
        lines += [
            Markdown.table(
                ["share of the vertices", "n", "default", "BSB as published", "nearest vertex", "chance"],
                partSizes.map { group in
                    [group.name, "\(group.n)"]
                        + [Method.standard, .bsb, .nearestVertex, .chance].map { group.success[$0.rawValue].cell }
                })
        ]
        return lines.joined(separator: "\n")
    }
}
