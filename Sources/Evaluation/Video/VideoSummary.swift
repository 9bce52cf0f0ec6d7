extension VideoEvaluator {
    /// `video.json`: how well the part is followed in so many `films` of `frames` frames each, on so many `meshes`; intervals resample meshes with
    /// all their films.
    ///
    /// - `answered`: films whose click has a correspondence; only these are followed. `trueMask`: whether the first frame's part was given.
    /// - `firstIoU`: IoU of the part mask of the click with the part, in the first frames.
    /// - `scores`, and the same by motion of the camera as `motions` and by category as `categories`: `iou` is the mean IoU over the frames after
    ///   the first that show the part, with 0 where a way says that they do not; `right` the share of frames in which the part is rightly told to
    ///   be there or not; `found` of those that show it; `absent` of those that do not. Frames that show less than a thousandth of the picture
    ///   of it count for neither.
    /// - `confidenceRight`, `confidenceWrong`: the mean confidence of masks with an IoU of at least one half, and of the others.
    package func summary(of records: [VideoRecord]) -> Summary {
        let (first, later) = (records.filter { $0.frame == 0 }, records.filter { $0.frame > 0 })
        let (answered, meshes) = (first.count(where: \.answered), Set(records.map(\.target)).count)
        let firstIoU = first.filter(\.answered).estimate(by: \.target) { $0.scores[VideoMethod.held.rawValue]?.iou }
        func confidence(isRight: Bool) -> Estimate? {
            later.estimate(by: \.target) { record in
                let score = record.scores[VideoMethod.followed.rawValue]
                return score.map { $0.told && ($0.iou >= 0.5) == isRight } == true ? record.confidence : nil
            }
        }
        let (right, wrong) = (confidence(isRight: true), confidence(isRight: false))
        let scores = Self.scores(later)
        let motions = Dictionary(grouping: later, by: \.motion.rawValue).mapValues(Self.scores)
        return Summary(
            schema: 1,
            [
                "options": evaluator.options, "frames": frames, "trueMask": usesTrueMask, "films": first.count, "meshes": meshes,
                "answered": answered, "firstIoU": firstIoU, "scores": scores, "motions": motions,
                "categories": Dictionary(grouping: later, by: \.category).mapValues(Self.scores), "confidenceRight": right,
                "confidenceWrong": wrong,
            ],
            "\(answered) of \(first.count) films (\(evaluator.options.protocolKind.rawValue)) of \(frames) frames on \(meshes) meshes; IoU of the "
                + "first mask \(firstIoU.cell); confidence \(right.cell) where the IoU is at least 0.5, \(wrong.cell) elsewhere",
            Markdown.table(
                [
                    Column("way") { $0["method"].flatMap(VideoMethod.init)?.title ?? "" }, .mean("iou", "IoU"),
                    .mean("right", "rightly told"),
                    .mean("found", "where shown"), .mean("absent", "where not"),
                ]
                    + ClipMotion.allCases.map { motion in
                        Column("IoU, \(motion.rawValue)") { row in
                            (motions[motion.rawValue]?.first { $0["method"] == row["method"] as String? }?["iou"]).share
                        }
                    }, scores))
    }

    private static func scores(_ records: [VideoRecord]) -> [Facts] {
        VideoMethod.allCases.map(\.rawValue).map { method in
            func told(_ record: VideoRecord, shown: Bool) -> Double? {
                guard record.shown == shown, let score = record.scores[method] else { return nil }
                return score.told == shown ? 1 : 0
            }
            return Facts(
                ["method": method, "frames": records.count { $0.shown != nil }], of: records, by: \.target,
                [
                    "iou": { $0.shown == true ? $0.scores[method]?.iou : nil },
                    "right": { record in record.shown.flatMap { told(record, shown: $0) } },
                    "found": { told($0, shown: true) }, "absent": { told($0, shown: false) },
                ])
        }
    }
}
