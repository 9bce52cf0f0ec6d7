/// `dense.json`.
package struct DenseSummary: Summary {
    /// The version of this schema.
    package var schema = 2
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
        mapSeconds = records.reduce(0) { $0 + $1.seconds } / Double(max(1, records.count))
    }

    private static func rows(_ records: [DenseRecord]) -> [ScoreRow] {
        DenseMethod.allCases.map { method in
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
            + "confidence \(confidenceRight.cell) where right, \(confidenceWrong.cell) where not\n\n"
        return head
            + Markdown.table(
                ["way", "mean error", "within 0.1", "mirrored", "right part", "place: median", "place: 90 %"],
                zip(DenseMethod.allCases, scores).map { method, row in
                    [method.title] + ["error", "within", "swapped", "part", "placeMedian", "placeHigh"].map { row[$0].cell }
                })
    }
}
