import BSBBackbones
import BSBCorrespondence
import BSBWorkbench

/// `reverse.json`.
package struct ReverseSummary: Summary {
    /// The version of this schema.
    package var schema = 1
    /// What was asked.
    package var options: EvaluationOptions
    /// Questions about parts that the mesh has; all numbers are of these.
    package var samples: Int
    /// Photos that they are about.
    package var photos: Int
    /// Meshes that they are about.
    package var meshes: Int
    /// Clicked parts that the mesh lacks, or of which nothing can be seen; they are left out.
    package var withoutPart: Int
    /// The scores of all ways.
    package var scores: [PixelScore]
    /// IoU of the object that was found without a click with the photographed shape.
    package var objectIoU: Estimate?
    /// The ways from shape to photo where that IoU is at least 0.5.
    package var scoresWhereObjectIsFound: [PixelScore]
    /// The share of vertices that were not found after the pixels that show their part were taken out of the object.
    package var refusedTakenOut: Estimate?
    /// How well scores tell those from vertices whose part is shown, as areas under ROC curves: `qualifyingShare`, `similarity`, `existence`,
    /// the calibrated score, if there is one, and `leftOut`, the score that a calibration has which was fitted to all other categories.
    package var areas: [String: Double]
    /// The calibration that fits best.
    package var fitted: ExistenceCalibration?
    /// Scores by part of each category.
    package var parts: [Group]

    /// Scores of what is about one part.
    package struct Group: Sendable, Encodable {
        /// The category and the part.
        package var name: String
        /// The scores of all ways.
        package var scores: [PixelScore]
    }

    /// The summary of finished samples.
    ///
    /// Complexity: O(resamples x samples) for each number.
    package init(of records: [ReverseRecord], options: EvaluationOptions, bench: Workbench) {
        let main = records.filter { $0.vertex != nil }
        self.options = options
        (samples, photos, meshes) = (main.count, Set(main.map(\.photo)).count, Set(main.map(\.target)).count)
        withoutPart = records.count - main.count
        scores = Self.scores(main, ReverseMethod.allCases)
        objectIoU = main.estimate(by: \.photo) { $0.objectIoU }
        scoresWhereObjectIsFound = Self.scores(main.filter { $0.objectIoU >= 0.5 }, [.locate, .nearestPixel, .chance])
        refusedTakenOut = main.estimate(by: \.photo) { $0.takenOut.map { $0.isRefused ? 1 : 0 } }
        let judged = main.flatMap { record in
            [(record.evidence, true), (record.takenOut?.evidence, false)].compactMap { evidence, exists in
                evidence.map { JudgedEvidence(evidence: $0, exists: exists, category: record.category) }
            }
        }
        areas = [:]
        for score in judged.scores(.shapeToPhoto, at: bench) {
            areas[score.name] =
                ROCCurve(existing: judged.filter(\.exists).map(score.of), missing: judged.filter { !$0.exists }.map(score.of))?.area
        }
        fitted = judged.calibration(.shapeToPhoto, models: bench.models)
        parts = Dictionary(grouping: main) { "\($0.category)/\($0.click.part)" }.sorted { $0.key < $1.key }.map {
            Group(name: $0.key, scores: Self.scores($0.value.sorted { $0.sample < $1.sample }, ReverseMethod.allCases))
        }
    }

    private static func scores(_ records: [ReverseRecord], _ methods: [ReverseMethod]) -> [PixelScore] {
        let clusters = records.map(\.photo)
        func answers(_ method: ReverseMethod) -> [PixelAnswer] { records.map { $0.answers[method.rawValue] ?? .none } }
        return methods.compactMap { method in
            let standard = method.standard.map(answers)
            return method == .chance
                ? PixelScore(chance: method.title, records.map(\.pixelShare), default: answers(.locate), clusters: clusters)
                : PixelScore(method.rawValue, title: method.title, answers(method), default: standard, clusters: clusters)
        }
    }

    /// The scores in Markdown.
    package var table: String {
        let kind = options.protocolKind == .same ? "photos of the mesh itself" : "photos of another shape of the category"
        var lines = [
            "\(samples) vertices and clicks in \(photos) \(kind), \(meshes) meshes", "", PixelScore.table(scores), "",
        ]
        if let objectIoU {
            let n = scoresWhereObjectIsFound.first?.success.n ?? 0
            lines += [
                "IoU of the object found without a click with the photographed shape: \(objectIoU.cell); "
                    + "where it is at least 0.5 (n = \(n)):",
                "", PixelScore.table(scoresWhereObjectIsFound),
            ]
        }
        if let refusedTakenOut {
            let areas = areas.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.fixed)" }.joined(separator: ", ")
            lines += [
                "",
                "Parts taken out of the object: no answer for \(refusedTakenOut.cell), n = \(refusedTakenOut.n); "
                    + "area under the ROC curve by \(areas)",
            ]
        }
        return lines.joined(separator: "\n")
    }
}
