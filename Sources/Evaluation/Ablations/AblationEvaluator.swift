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
    /// The variants, in the order of the list.
    package var variants: [Variant]

    /// The scores of one variant.
    package struct Variant: Sendable, Encodable {
        /// Its name.
        package var name: String
        /// What is different.
        package var title: String
        /// The share of clicks answered on the right part.
        package var success: Estimate
        /// The share of clicks with an answer.
        package var coverage: Estimate
        /// The share of right answers among answers.
        package var precision: Estimate?
        /// Its success less that of the first variant, click by click.
        package var gain: Estimate
        /// The success of the vertex most similar under its features.
        package var nearest: Estimate
    }

    /// The summary of samples.
    package init(of records: [SampleRecord], variants: [Ablation], options: EvaluationOptions) {
        let records = records.filter(\.partExists)
        self.options = options
        samples = records.count
        photos = Set(records.map(\.photo)).count
        func estimate(_ records: [SampleRecord], _ value: (SampleRecord) -> Double) -> Estimate? {
            records.estimate(by: \.photo, value)
        }
        func right(_ record: SampleRecord, _ name: String) -> Double { record.answers[name]?.correct == true ? 1 : 0 }
        let base = variants.first?.name ?? ""
        self.variants = variants.compactMap { variant in
            let name = variant.name
            guard let success = estimate(records, { right($0, name) }),
                let coverage = estimate(records, { $0.answers[name]?.vertex == nil ? 0 : 1 }),
                let gain = estimate(records, { right($0, name) - right($0, base) }),
                let nearest = estimate(records, { right($0, "\(name)/nearest") })
            else { return nil }
            return Variant(
                name: name, title: variant.title, success: success, coverage: coverage,
                precision: estimate(records.filter { $0.answers[name]?.vertex != nil }) { right($0, name) }, gain: gain, nearest: nearest)
        }
    }

    /// A table in Markdown.
    package var table: String {
        let rows = variants.map { variant in
            [
                variant.title, variant.success.cell, variant.coverage.share, variant.precision.share,
                variant.gain.cell, variant.nearest.share,
            ]
        }
        return "\(samples) clicks in \(photos) photos, \(options.protocolKind.rawValue) shape\n\n"
            + Markdown.table(["variant", "success [95 %]", "answers", "precision", "gain [95 %]", "nearest vertex"], rows)
    }
}
