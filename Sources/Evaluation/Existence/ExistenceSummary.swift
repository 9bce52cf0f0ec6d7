import BSBBackbones
import BSBCorrespondence
import BSBWorkbench

extension ExistenceEvaluator {
    /// `existence.json`: how well a part that is lacking is noticed, on so many `shapes`.
    ///
    /// - `kinds`: the numbers for clicks on parts that the mesh has, that were cut out of it, that are only painted on, and on things of another
    ///   kind. `bestIoU` is the IoU of the best qualifying candidate, 0 if none qualifies; `nearestIoU` that at the most similar vertex, whether
    ///   it qualifies or not; `answered` the share of clicks for which some candidate qualifies, the paper's rule; `existence` the calibrated
    ///   score, if there is one for the models; `sure` and `refused` the shares of answers of that grade and of none, by that score.
    /// - `curves`: how well each score tells clicks with a counterpart from all others: `bestIoU`, `nearestIoU`, `qualifyingShare`, `similarity`,
    ///   `existence`, the calibrated score, if there is one for the models, and `leftOut`, the score that a calibration has which was fitted to
    ///   the clicks on all other categories.
    /// - `areas`: those under the curves against clicks on cut-out parts, on painted-on things, and on things of another kind alone.
    /// - `reliability`: how far the calibration that is known for the models can be trusted, without what is painted on; empty where there is
    ///   none.
    /// - `fitted`: the calibration that fits the clicks on parts that are there and on those that are not best, those of pooled runs too.
    package func summary(of records: [ExistenceRecord]) -> Summary {
        let shapes = Set(records.map(\.shape)).count
        let known = bench.calibrations.known(.photoToShape, for: bench.models)
        func grade(_ evidence: ExistenceEvidence) -> Grade? {
            known.map { calibration in
                let existence = calibration.probability(evidence)
                return Grade(
                    hasAnswer: existence >= MatchingOptions.standard.minimumExistence, leadsBack: evidence.qualifyingShare > 0,
                    existence: existence)
            }
        }
        let kinds = Counterpart.allCases.compactMap { counterpart -> Facts? in
            let own = records.filter { $0.counterpart == counterpart }
            return own.isEmpty
                ? nil
                : Facts(
                    ["counterpart": counterpart.rawValue, "clicks": own.count], of: own, by: \.photo,
                    [
                        "bestIoU": \.evidence.bestIoU, "nearestIoU": \.nearestIoU,
                        "answered": { $0.evidence.qualifyingShare > 0 ? 1 : 0 },
                        "existence": { record in known.map { $0.probability(record.evidence) } },
                        "sure": { grade($0.evidence).map { $0 == .sure ? 1 : 0 } },
                        "refused": { grade($0.evidence).map { $0 == .none ? 1 : 0 } },
                    ])
        }
        // What is painted onto a part leads to that part, which is no wrong answer, and cannot be told from it by features that see shape alone.
        let judged = records.filter { $0.counterpart != .painted }.map(\.judged)
        let scores: [(String, (ExistenceRecord) -> Double)] =
            [("bestIoU", \.evidence.bestIoU), ("nearestIoU", \.nearestIoU)]
            + judged.scores(.photoToShape, at: bench).map { score in (score.name, { score.of($0.judged) }) }
        var (curves, areas): ([String: ROCCurve], [String: [String: Double]]) = ([:], [:])
        for (name, score) in scores {
            func curve(_ others: [ExistenceRecord]) -> ROCCurve? {
                ROCCurve(existing: records.filter(\.exists).map(score), missing: others.map(score))
            }
            curves[name] = curve(records.filter { !$0.exists })
            for kind in [Counterpart.cut, .painted, .other] {
                areas[name, default: [:]][kind.rawValue] = curve(records.filter { $0.counterpart == kind })?.area
            }
        }
        let reliability = known.map(judged.reliability) ?? []
        let all = judged + pooled.filter { $0.counterpart != .painted }.map(\.judged)
        return Summary(
            schema: 2,
            [
                "shapes": shapes, "kinds": kinds, "curves": curves, "areas": areas, "reliability": reliability,
                "fitted": all.calibration(.photoToShape, models: bench.models),
            ], "Clicks on \(shapes) shapes; the paper has a mean IoU of 0.98 with a counterpart and of 0.01 without",
            Markdown.table(
                [
                    .name("counterpart", "the mesh's counterpart"), .count("clicks", "n"), .mean("bestIoU", "best IoU"),
                    .mean("nearestIoU", "IoU at the nearest vertex"), .mean("answered", "some candidate qualifies"),
                    .mean("existence", "existence score"), .mean("sure", "sure"), .mean("refused", "refused"),
                ], kinds),
            Markdown.table(
                ["area under the curve by", "all", "cut out", "painted on", "another kind"],
                curves.sorted { $0.key < $1.key }.map { name, curve in
                    [name, curve.area.fixed] + [Counterpart.cut, .painted, .other].map { areas[name]?[$0.rawValue]?.fixed ?? "-" }
                }),
            reliability.isEmpty
                ? nil
                : Markdown.table(
                    ["existence score from", "clicks", "mean", "the mesh has the part"],
                    reliability.map { [$0.from.fixed, "\($0.clicks)", $0.said.fixed, $0.seen.fixed] }))
    }
}
