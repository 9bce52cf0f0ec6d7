import BSBImages
import BSBWorkbench

/// Answers the same clicks by many variants of the method.
package struct AblationEvaluator: ClickExperiment {
    package static let name = "ablations"
    package static let stage = "Comparing variants"

    package let evaluator: Evaluator
    private let variants: [Ablation]

    /// An evaluation of `variants` on the clicks of `evaluator`.
    package init(_ evaluator: Evaluator, variants: [Ablation]) {
        precondition(!variants.isEmpty, "there is a variant")
        self.evaluator = evaluator
        self.variants = variants
    }

    package var choices: [any Encodable] {
        [evaluator.options, Dictionary(uniqueKeysWithValues: variants.map { ($0.name, $0.settings) })]
    }

    func prepared(_ entry: ShapeEntry) throws -> SampleJudge {
        let target = try ground.target(entry, segments: false)
        // What a variant needs of the mesh is made with all threads, once for all variants that need the same.
        for variant in variants {
            var bench = bench
            bench.settings = variant.settings
            _ = try target.mesh.features(at: bench)
        }
        return SampleJudge(target: target, options: evaluator.options, bench: bench.singleThreaded)
    }

    /// The scores of all variants.
    package func summary(of records: [SampleRecord]) -> AblationSummary {
        AblationSummary(of: records, variants: variants, options: evaluator.options)
    }

    /// Records whose answers are named by variant; beside each stands that of the vertex most similar under its features, as `NAME/nearest`.
    func records(of taken: TakenPhoto, on judge: SampleJudge) throws -> [SampleRecord] {
        var asking = judge.bench
        let opened = OpenPhoto(taken.photo.image, name: taken.source.entry.name)
        return try taken.clicks.enumerated().map { index, click in
            var record: SampleRecord?
            var answers: [String: SampleRecord.Answer] = [:]
            for variant in variants {
                asking.settings = variant.settings
                let clicked = Click(Pixel(x: click.x, y: click.y))
                let found = try asking.answer(clicked, in: opened, on: judge.target.mesh, wantsPart: false).correspondence
                answers[variant.name] = judge.judged(found.buddy?.vertex, click)
                answers["\(variant.name)/nearest"] = judge.judged(found.candidates.first?.vertex, click)
                if record == nil { record = judge.record(click, found) }
            }
            guard var record else { preconditionFailure("there is a variant") }
            (record.sample, record.photo) = (taken.firstSample + index, taken.number)
            (record.source, record.answers) = (opened.path, answers)
            return record
        }
    }
}

/// `ablations.json`.
package struct AblationSummary: Summary {
    /// The version of this schema.
    package var schema = 1
    /// What was clicked.
    package var options: EvaluationOptions
    /// Clicks on parts that the target has.
    package var samples: Int
    /// Photos that these clicks are in.
    package var photos: Int
    /// The variants, in the order of the list; `gain` is its success less that of the first, click by click, and `nearest` the success of
    /// the vertex most similar under its features.
    package var variants: [ScoreRow]

    /// The summary of samples.
    package init(of records: [SampleRecord], variants: [Ablation], options: EvaluationOptions) {
        let records = records.filter(\.partExists)
        self.options = options
        samples = records.count
        photos = Set(records.map(\.photo)).count
        func right(_ record: SampleRecord, _ name: String) -> Double { record.answers[name]?.correct == true ? 1 : 0 }
        let base = variants.first?.name ?? ""
        self.variants = variants.map { variant in
            let name = variant.name
            return ScoreRow(
                ["name": name, "title": variant.title], of: records, by: \.photo,
                [
                    "success": { right($0, name) }, "coverage": { $0.answers[name]?.vertex == nil ? 0 : 1 },
                    "precision": { $0.answers[name]?.vertex == nil ? nil : right($0, name) },
                    "gain": { right($0, name) - right($0, base) }, "nearest": { right($0, "\(name)/nearest") },
                ])
        }
    }

    /// A table in Markdown.
    package var table: String {
        let rows = variants.map { row in
            [
                row.names["title"]!, row["success"].cell, row["coverage"].share, row["precision"].share, row["gain"].cell,
                row["nearest"].share,
            ]
        }
        return "\(samples) clicks in \(photos) photos, \(options.protocolKind.rawValue) shape\n\n"
            + Markdown.table(["variant", "success [95 %]", "answers", "precision", "gain [95 %]", "nearest vertex"], rows)
    }
}
