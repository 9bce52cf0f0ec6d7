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
    package var scores: [Row]
    /// The same by category.
    package var categories: [String: [Row]]
    /// The mean IoU of the objects' masks.
    package var objectIoU: Estimate?
    /// Photos whose warp is folded somewhere.
    package var folded: Int
    /// The mean confidence of pixels within a tenth of the diameter of the true point, and of the others.
    package var (confidenceRight, confidenceWrong): (Estimate?, Estimate?)
    /// Seconds for a map, in the mean.
    package var mapSeconds: Double

    /// The scores of one way.
    package struct Row: Sendable, Encodable {
        /// Which.
        package var method: DenseMethod
        /// The mean distance to the true point, in shares of the mesh's diameter, straight through space.
        package var error: Estimate?
        /// The share of pixels within a tenth of the diameter.
        package var within: Estimate?
        /// The share of pixels that are there once mirrored.
        package var swapped: Estimate?
        /// The share of pixels on the right part.
        package var part: Estimate?
        /// Medians and 90th percentiles of how far vertices are placed from where they are seen, in shares of the object's diagonal.
        package var placeMedian: Estimate?
        /// The 90th percentiles.
        package var placeHigh: Estimate?
    }

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

    private static func rows(_ records: [DenseRecord]) -> [Row] {
        DenseMethod.allCases.map { method in
            func estimate(_ value: (DenseScore) -> Double?) -> Estimate? {
                records.estimate(by: \.target) { $0.scores[method.rawValue].flatMap(value) }
            }
            return Row(
                method: method, error: estimate { $0.error }, within: estimate { $0.within }, swapped: estimate { $0.swapped },
                part: estimate { $0.part }, placeMedian: estimate { $0.placeMedian }, placeHigh: estimate { $0.placeHigh })
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
                scores.map { row in
                    [row.method.title]
                        + [row.error, row.within, row.swapped, row.part, row.placeMedian, row.placeHigh].map(\.cell)
                })
    }
}
