/// `video.json`.
package struct VideoSummary: Summary {
    /// The version of this schema.
    package var schema = 1
    /// What was measured, and how.
    package var options: EvaluationOptions
    /// Frames of each film.
    package var frames: Int
    /// Whether the first frame's part was given as a mask.
    package var trueMask: Bool
    /// Films, and meshes.
    package var (films, meshes): (Int, Int)
    /// Films whose click has a correspondence: only these are followed.
    package var answered: Int
    /// IoU of the part mask of the click with the part, in the first frames.
    package var firstIoU: Estimate?
    /// The scores of all ways.
    ///
    /// `iou` is the mean IoU over the frames after the first that show the part, with 0 where a way says that they do not; `right` the share
    /// of frames in which the part is rightly told to be there or not; `found` of those that show it; `absent` of those that do not. Frames
    /// that show less than a thousandth of the picture of it count for neither.
    package var scores: [ScoreRow]
    /// The same by motion of the camera.
    package var motions: [String: [ScoreRow]]
    /// The same by category.
    package var categories: [String: [ScoreRow]]
    /// The mean confidence of masks with an IoU of at least one half, and of the others.
    package var (confidenceRight, confidenceWrong): (Estimate?, Estimate?)

    /// The summary of finished films; intervals resample meshes with all their films.
    package init(of records: [VideoRecord], frames: Int, usesTrueMask: Bool, options: EvaluationOptions) {
        (self.options, self.frames, trueMask) = (options, frames, usesTrueMask)
        let first = records.filter { $0.frame == 0 }
        (films, meshes) = (first.count, Set(records.map(\.target)).count)
        answered = first.count(where: \.answered)
        firstIoU = first.filter(\.answered).estimate(by: \.target) { $0.scores[VideoMethod.held.rawValue]?.iou }
        let later = records.filter { $0.frame > 0 }
        scores = Self.rows(later)
        motions = Dictionary(grouping: later, by: \.motion.rawValue).mapValues(Self.rows)
        categories = Dictionary(grouping: later, by: \.category).mapValues(Self.rows)
        func confidence(isRight: Bool) -> Estimate? {
            later.estimate(by: \.target) { record in
                guard let score = record.scores[VideoMethod.followed.rawValue], score.told, (score.iou >= 0.5) == isRight else {
                    return nil
                }
                return record.confidence
            }
        }
        (confidenceRight, confidenceWrong) = (confidence(isRight: true), confidence(isRight: false))
    }

    private static func rows(_ records: [VideoRecord]) -> [ScoreRow] {
        VideoMethod.allCases.map { method in
            func score(_ record: VideoRecord) -> FrameScore? { record.scores[method.rawValue] }
            func told(_ record: VideoRecord, shown: Bool) -> Double? {
                guard record.shown == shown, let score = score(record) else { return nil }
                return score.told == shown ? 1 : 0
            }
            return ScoreRow(
                ["method": method.rawValue], counts: ["frames": records.count { $0.shown != nil }], of: records, by: \.target,
                [
                    "iou": { $0.shown == true ? score($0)?.iou : nil },
                    "right": { record in record.shown.flatMap { told(record, shown: $0) } },
                    "found": { told($0, shown: true) }, "absent": { told($0, shown: false) },
                ])
        }
    }

    /// The scores in Markdown.
    package var table: String {
        let head =
            "\(answered) of \(films) films (\(options.protocolKind.rawValue)) of \(frames) frames on \(meshes) meshes; IoU of the first "
            + "mask \(firstIoU.cell); confidence \(confidenceRight.cell) where the IoU is at least 0.5, \(confidenceWrong.cell) elsewhere\n\n"
        let kinds = ClipMotion.allCases
        return head
            + Markdown.table(
                ["way", "IoU", "rightly told", "where shown", "where not"] + kinds.map { "IoU, \($0.rawValue)" },
                zip(VideoMethod.allCases.indices, scores).map { index, row in
                    [VideoMethod.allCases[index].title] + ["iou", "right", "found", "absent"].map { row[$0].cell }
                        + kinds.map { motions[$0.rawValue]?[index]["iou"].share ?? "-" }
                })
    }
}
