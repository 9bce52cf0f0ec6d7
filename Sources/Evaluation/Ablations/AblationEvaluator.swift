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

    package var choices: [any Encodable & Sendable] {
        [evaluator.options, Dictionary(uniqueKeysWithValues: variants.map { ($0.name, $0.settings) })]
    }

    func prepared(_ entry: ShapeEntry) throws -> SampleJudge {
        let target = try ground.target(entry, segments: false)
        // What a variant needs of the mesh is made with all threads, once for all variants that need the same.
        for variant in variants {
            var bench = bench
            bench.settings = variant.settings
            _ = try target.opened.features(at: bench)
        }
        return SampleJudge(target: target, options: evaluator.options, bench: bench.singleThreaded)
    }

    /// Records whose answers are named by variant; beside each stands that of the vertex most similar under its features, as `NAME/nearest`.
    func records(of taken: TakenPhoto, on judge: SampleJudge) throws -> [SampleRecord] {
        var asking = judge.bench
        let opened = OpenPhoto(taken.photo.image, name: taken.source.entry.name)
        return try taken.clicks.enumerated().map { index, click in
            let found = try variants.map { variant in
                asking.settings = variant.settings
                return try asking.answer(Click(click.pixel), in: opened, on: judge.target.opened, wantsPart: false).correspondence
            }
            var record = judge.record(click, found[0])
            for (variant, found) in zip(variants, found) {
                record.answers[variant.name] = judge.judged(found.buddy?.vertex, click)
                record.answers["\(variant.name)/nearest"] = judge.judged(found.candidates.first?.vertex, click)
            }
            (record.sample, record.photo, record.source) = (taken.firstSample + index, taken.number, opened.path)
            return record
        }
    }
}

extension AblationEvaluator {
    /// `ablations.json`: the scores of all variants, on so many `samples` whose part the target has, in so many `photos`.
    ///
    /// Of the `variants`, in the order of the list, `gain` is the success less that of the first, click by click, and `nearest` the success of
    /// the vertex most similar under its features.
    package func summary(of records: [SampleRecord]) -> Summary {
        let records = records.filter(\.partExists)
        func right(_ record: SampleRecord, _ name: String) -> Double { record.answers[name]?.correct == true ? 1 : 0 }
        let base = variants[0].name
        let rows = variants.map { variant in
            let name = variant.name
            return Facts(
                ["name": name, "title": variant.title], of: records, by: \.photo,
                [
                    "success": { right($0, name) }, "coverage": { $0.answers[name]?.vertex == nil ? 0 : 1 },
                    "precision": { $0.answers[name]?.vertex == nil ? nil : right($0, name) },
                    "gain": { right($0, name) - right($0, base) }, "nearest": { right($0, "\(name)/nearest") },
                ])
        }
        let (photos, options) = (Set(records.map(\.photo)).count, evaluator.options)
        return Summary(
            schema: 1, ["options": options, "samples": records.count, "photos": photos, "variants": rows],
            "\(records.count) clicks in \(photos) photos, \(options.protocolKind.rawValue) shape",
            Markdown.table(
                [
                    .name("title", "variant"), .mean("success", "success [95 %]"), .share("coverage", "answers"),
                    .share("precision", "precision"), .mean("gain", "gain [95 %]"), .share("nearest", "nearest vertex"),
                ], rows))
    }
}
