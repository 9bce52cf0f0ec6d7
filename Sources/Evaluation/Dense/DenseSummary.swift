/// `dense.json`.
package struct DenseSummary: Summary {
    /// The version of this schema.
    package var schema = 3
    /// What was photographed.
    package var subject: DenseEvaluator.Subject
    /// What was measured, and how.
    package var options: EvaluationOptions
    /// Photos, and meshes that they were mapped to.
    package var (photos, meshes): (Int, Int)
    /// The scores of all ways.
    ///
    /// `error` is the mean distance to the true point, in shares of the mesh's diameter, straight through space;
    /// `within` the share of pixels within a tenth of the diameter; `swapped` of those that are there once mirrored; `part` of those on the
    /// right part; `placeMedian` and `placeHigh` are medians and 90th percentiles of how far vertices are placed from where they are seen.
    package var scores: [ScoreRow]
    /// The same by category.
    package var categories: [String: [ScoreRow]]
    /// The mean IoU of the objects' masks.
    package var objectIoU: Estimate?
    /// Photos whose warp is folded somewhere.
    package var folded: Int
    /// The mean confidence of pixels within a tenth of the diameter of the true point, and of the others.
    package var (confidenceRight, confidenceWrong): (Estimate?, Estimate?)
    /// Where photos were mapped region by region: regions with a part, the share of their pixels that show no object, and the share of the
    /// surface in them whose part is the commonest of its region.
    package var (regions, background, surface): (Estimate?, Estimate?, Estimate?)
    /// Seconds for a map, in the mean.
    package var mapSeconds: Double

    /// The summary of finished photos; intervals resample meshes with all their photos.
    package init(of records: [DenseRecord], subject: DenseEvaluator.Subject, options: EvaluationOptions) {
        (self.subject, self.options) = (subject, options)
        (photos, meshes) = (records.count, Set(records.map(\.target)).count)
        scores = Self.rows(records)
        categories = Dictionary(grouping: records, by: \.category).mapValues(Self.rows)
        objectIoU = records.estimate(by: \.target) { $0.objectIoU }
        folded = records.count { $0.folds > 0 }
        (confidenceRight, confidenceWrong) = (
            records.estimate(by: \.target) { $0.confidence[0] }, records.estimate(by: \.target) { $0.confidence[1] }
        )
        regions = records.estimate(by: \.target) { $0.regions.map(Double.init) }
        background = records.estimate(by: \.target) { $0.background }
        surface = records.estimate(by: \.target) { $0.surface }
        mapSeconds = records.reduce(0) { $0 + $1.seconds } / Double(max(1, records.count))
    }

    /// The ways that some record has.
    private static func methods(_ records: [DenseRecord]) -> [DenseMethod] {
        DenseMethod.allCases.filter { method in records.contains { $0.scores[method.rawValue] != nil } }
    }

    private static func rows(_ records: [DenseRecord]) -> [ScoreRow] {
        methods(records).map { method in
            func score(_ record: DenseRecord) -> DenseScore? { record.scores[method.rawValue] }
            return ScoreRow(
                ["method": method.rawValue], of: records, by: \.target,
                [
                    "error": { score($0)?.error }, "within": { score($0)?.within }, "swapped": { score($0)?.swapped },
                    "part": { score($0)?.part }, "placeMedian": { score($0)?.placeMedian }, "placeHigh": { score($0)?.placeHigh },
                ])
        }
    }

    /// The scores in Markdown.
    package var table: String {
        let head =
            "\(photos) photos (\(subject.rawValue)) on \(meshes) meshes; IoU of the objects' masks \(objectIoU.cell); \(folded) folded; "
            + "confidence \(confidenceRight.cell) where right, \(confidenceWrong.cell) where not"
            + (surface == nil
                ? ""
                : "; regions with a part \(regions.cell), of their pixels \(background.cell) show no object, "
                    + "of the surface in them \(surface.cell) is rightly there")
            + "\n\n"
        return head
            + Markdown.table(
                ["way", "mean error", "within 0.1", "mirrored", "right part", "place: median", "place: 90 %"],
                scores.map { row in
                    [row.names["method"].flatMap(DenseMethod.init)?.title ?? ""]
                        + ["error", "within", "swapped", "part", "placeMedian", "placeHigh"].map { row[$0].cell }
                })
    }
}
