import BSBBackbones
import BSBCorrespondence
import BSBWorkbench

/// `existence.json`.
package struct ExistenceSummary: Summary {
    /// The version of this schema.
    package var schema = 2
    /// How many shapes were clicked.
    package var shapes: Int
    /// A row of the reliability of the calibration that is known for the models.
    package struct Reliability: Codable, Sendable, Hashable {
        /// The least probability of the row.
        package var from: Double
        /// How many clicks have one in it.
        package var clicks: Int
        /// The mean probability.
        package var said: Double
        /// The share of meshes that had the part.
        package var seen: Double
    }

    /// The numbers for clicks on parts that the mesh has, that were cut out of it, that are only painted on, and on things of another kind.
    ///
    /// `bestIoU` is the IoU of the best qualifying candidate, 0 if none qualifies; `nearestIoU` that at the most similar vertex, whether it
    /// qualifies or not; `answered` the share of clicks for which some candidate qualifies, the paper's rule; `existence` the calibrated
    /// score, if there is one for the models; `sure` and `refused` the shares of answers of that grade and of none, by that score.
    package var kinds: [ScoreRow]
    /// How well each score tells clicks with a counterpart from all others: `bestIoU`, `nearestIoU`, `qualifyingShare`, `similarity`,
    /// `existence`, the calibrated score, if there is one for the models, and `leftOut`, the score that a calibration has which was fitted to
    /// the clicks on all other categories.
    package var curves: [String: ROCCurve]
    /// The areas under the curves against clicks on cut-out parts, on painted-on things, and on things of another kind alone.
    package var areas: [String: [String: Double]]
    /// How far the calibration that is known for the models can be trusted, without what is painted on; empty where there is none.
    package var reliability: [Reliability]
    /// The calibration that fits the clicks on parts that are there and on those that are not best.
    package var fitted: ExistenceCalibration?

    /// The summary of records.
    ///
    /// - Parameter pooled: records of other runs with the same models that the calibration is fitted to as well.
    package init(of records: [ExistenceRecord], pooled: [ExistenceRecord] = [], bench: Workbench) {
        let models = bench.models
        shapes = Set(records.map(\.shape)).count
        let known = bench.calibrations.known(.photoToShape, for: models)
        let least = MatchingOptions.standard.minimumExistence
        func grade(_ evidence: ExistenceEvidence) -> Grade? {
            known.map { calibration in
                let existence = calibration.probability(evidence)
                return Grade(hasAnswer: existence >= least, leadsBack: evidence.qualifyingShare > 0, existence: existence)
            }
        }
        kinds = Counterpart.allCases.compactMap { counterpart in
            let own = records.filter { $0.counterpart == counterpart }
            return own.isEmpty
                ? nil
                : ScoreRow(
                    ["counterpart": counterpart.rawValue], counts: ["clicks": own.count], of: own, by: \.photo,
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
        (curves, areas) = ([:], [:])
        for (name, score) in scores {
            func curve(_ others: [ExistenceRecord]) -> ROCCurve? {
                ROCCurve(existing: records.filter(\.exists).map(score), missing: others.map(score))
            }
            curves[name] = curve(records.filter { !$0.exists })
            for kind in [Counterpart.cut, .painted, .other] {
                areas[name, default: [:]][kind.rawValue] = curve(records.filter { $0.counterpart == kind })?.area
            }
        }
        reliability = known.map(judged.reliability) ?? []
        fitted = (judged + pooled.filter { $0.counterpart != .painted }.map(\.judged)).calibration(.photoToShape, models: models)
    }

    /// A short table for a terminal.
    package var table: String {
        [
            "Clicks on \(shapes) shapes; the paper has a mean IoU of 0.98 with a counterpart and of 0.01 without",
            Markdown.table(
                [
                    "the mesh's counterpart", "n", "best IoU", "IoU at the nearest vertex", "some candidate qualifies", "existence score",
                    "sure", "refused",
                ],
                kinds.map { kind in
                    [kind.names["counterpart"]!, "\(kind.counts["clicks"]!)"]
                        + ["bestIoU", "nearestIoU", "answered", "existence", "sure", "refused"].map { kind[$0].cell }
                }),
            Markdown.table(
                ["area under the curve by", "all", "cut out", "painted on", "another kind"],
                curves.sorted { $0.key < $1.key }.map { name, curve in
                    [name, curve.area.fixed] + [Counterpart.cut, .painted, .other].map { areas[name]?[$0.rawValue]?.fixed ?? "-" }
                }),
            reliability.isEmpty
                ? ""
                : Markdown.table(
                    ["existence score from", "clicks", "mean", "the mesh has the part"],
                    reliability.map { [$0.from.fixed, "\($0.clicks)", $0.said.fixed, $0.seen.fixed] }),
        ].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}
