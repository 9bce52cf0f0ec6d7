import BSBBackbones
import BSBCorrespondence
import BSBWorkbench

extension ReverseEvaluator {
    /// `reverse.json`: the scores of all ways.
    ///
    /// The `samples`, in so many `photos`, on so many `meshes`, are about parts that the mesh has; those `withoutPart`, which the mesh lacks, or of
    /// which nothing can be seen, are left out.
    /// - `scores`, and by part of each category `parts`: how well each way finds pixels.
    /// - `objectIoU`: IoU of the object that was found without a click with the photographed shape; `scoresWhereObjectIsFound` are those of the
    ///   ways from shape to photo where that is at least 0.5.
    /// - `refusedTakenOut`: the share of vertices that were not found after the pixels that show their part were taken out of the object.
    /// - `areas`: how well scores tell those from vertices whose part is shown, as areas under ROC curves: `qualifyingShare`, `similarity`,
    ///   `existence`, the calibrated score, if there is one, and `leftOut`, the score that a calibration has which was fitted to all other
    ///   categories. `fitted` is the calibration that fits best.
    ///
    /// Complexity: O(resamples x samples) for each number.
    package func summary(of records: [ReverseRecord]) -> Summary {
        let (main, options) = (records.filter { $0.vertex != nil }, evaluator.options)
        let (photos, meshes) = (Set(main.map(\.photo)).count, Set(main.map(\.target)).count)
        let scores = Self.scores(main, ReverseMethod.allCases)
        let objectIoU = main.estimate(by: \.photo) { $0.objectIoU }
        let found = Self.scores(main.filter { $0.objectIoU >= 0.5 }, [.locate, .nearestPixel, .chance])
        let refused = main.estimate(by: \.photo) { $0.takenOut.map { $0.isRefused ? 1 : 0 } }
        let judged = main.flatMap { record in
            [(record.evidence, true), (record.takenOut?.evidence, false)].compactMap { evidence, exists in
                evidence.map { JudgedEvidence(evidence: $0, exists: exists, category: record.category) }
            }
        }
        var areas: [String: Double] = [:]
        for score in judged.scores(.shapeToPhoto, at: bench) {
            areas[score.name] =
                ROCCurve(existing: judged.filter(\.exists).map(score.of), missing: judged.filter { !$0.exists }.map(score.of))?.area
        }
        let parts = main.grouped { "\($0.category)/\($0.click.part)" }.map { name, members -> Facts in
            ["name": name, "scores": Self.scores(members, ReverseMethod.allCases)]
        }
        let kind = options.protocolKind == .same ? "photos of the mesh itself" : "photos of another shape of the category"
        return Summary(
            schema: 1,
            [
                "options": options, "samples": main.count, "photos": photos, "meshes": meshes, "withoutPart": records.count - main.count,
                "scores": scores, "objectIoU": objectIoU, "scoresWhereObjectIsFound": found, "refusedTakenOut": refused, "areas": areas,
                "fitted": judged.calibration(.shapeToPhoto, models: bench.models), "parts": parts,
            ], "\(main.count) vertices and clicks in \(photos) \(kind), \(meshes) meshes", Markdown.pixelScores(scores),
            objectIoU.map {
                "IoU of the object found without a click with the photographed shape: \($0.cell); "
                    + "where it is at least 0.5 (n = \(found.first?["success"]?.n ?? 0)):"
            }, objectIoU.map { _ in Markdown.pixelScores(found) },
            refused.map { refused in
                "Parts taken out of the object: no answer for \(refused.cell), n = \(refused.n); area under the ROC curve by "
                    + areas.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.fixed)" }.joined(separator: ", ")
            })
    }

    private static func scores(_ records: [ReverseRecord], _ methods: [ReverseMethod]) -> [Facts] {
        func answer(_ method: ReverseMethod) -> (ReverseRecord) -> PixelAnswer { { $0.answers[method.rawValue] ?? .none } }
        return records.isEmpty
            ? []
            : methods.map { method in
                method == .chance
                    ? .score(chance: method.title, of: records, by: \.photo, share: \.pixelShare, standard: answer(.locate))
                    : .score(
                        method.rawValue, title: method.title, of: records, by: \.photo, answer: answer(method),
                        standard: method.standard.map(answer))
            }
    }
}
