extension DenseEvaluator {
    /// `dense.json`: the `scores` of all ways on so many `photos` and `meshes`; intervals resample meshes with all their photos.
    ///
    /// - `error`: the mean distance to the true point, in shares of the mesh's diameter, straight through space; `within` the share of pixels
    ///   within a tenth of the diameter; `swapped` of those that are there once mirrored; `part` of those on the right part; `placeMedian` and
    ///   `placeHigh` are medians and 90th percentiles of how far vertices are placed from where they are seen.
    /// - `categories`: the same by category.
    /// - `objectIoU`: the mean IoU of the objects' masks; `folded` are photos whose warp is folded somewhere; `mapSeconds` is the time for a map.
    /// - `confidenceRight`, `confidenceWrong`: the mean confidence of pixels within a tenth of the diameter of the true point, and of the others.
    /// - Where photos were mapped region by region: `regions` with a part, the share of their pixels that show no object (`background`), and the
    ///   share of the `surface` in them whose part is the commonest of its region.
    package func summary(of records: [DenseRecord]) -> Summary {
        let scores = Self.scores(records)
        let (meshes, folded) = (Set(records.map(\.target)).count, records.count { $0.folds > 0 })
        let means = Facts(
            of: records, by: \.target,
            [
                "objectIoU": \.objectIoU, "confidenceRight": { $0.confidence[0] }, "confidenceWrong": { $0.confidence[1] },
                "regions": { $0.regions.map(Double.init) }, "background": \.background, "surface": \.surface,
            ])
        let head =
            "\(records.count) photos (\(subject.rawValue)) on \(meshes) meshes; IoU of the objects' masks \(means["objectIoU"].cell); \(folded) "
            + "folded; confidence \(means["confidenceRight"].cell) where right, \(means["confidenceWrong"].cell) where not"
        let regions =
            "; regions with a part \(means["regions"].cell), of their pixels \(means["background"].cell) show no object, "
            + "of the surface in them \(means["surface"].cell) is rightly there"
        return Summary(
            schema: 3,
            means.adding([
                "subject": subject, "options": evaluator.options, "photos": records.count, "meshes": meshes, "scores": scores,
                "categories": Dictionary(grouping: records, by: \.category).mapValues(Self.scores), "folded": folded,
                "mapSeconds": records.reduce(0) { $0 + $1.seconds } / Double(max(1, records.count)),
            ]), head + (means["surface"] == nil ? "" : regions),
            Markdown.table(
                [
                    Column("way") { $0["method"].flatMap(DenseMethod.init)?.title ?? "" }, .mean("error", "mean error"),
                    .mean("within", "within 0.1"), .mean("swapped", "mirrored"), .mean("part", "right part"),
                    .mean("placeMedian", "place: median"), .mean("placeHigh", "place: 90 %"),
                ], scores))
    }

    /// The scores of the ways that some record has.
    private static func scores(_ records: [DenseRecord]) -> [Facts] {
        DenseMethod.allCases.map(\.rawValue).filter { method in records.contains { $0.scores[method] != nil } }.map { method in
            Facts(
                ["method": method], of: records, by: \.target,
                [
                    "error": { $0.scores[method]?.error }, "within": { $0.scores[method]?.within },
                    "swapped": { $0.scores[method]?.swapped },
                    "part": { $0.scores[method]?.part }, "placeMedian": { $0.scores[method]?.placeMedian },
                    "placeHigh": { $0.scores[method]?.placeHigh },
                ])
        }
    }
}
