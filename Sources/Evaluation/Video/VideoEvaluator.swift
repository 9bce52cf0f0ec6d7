import BSBAnswering
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBPhotography
import BSBWorkbench
import Foundation

/// Measures how well the part of a click in the first frame of a made-up film is found in the others.
package struct VideoEvaluator: PhotoExperiment {
    package static let name = "video"
    package static let stage = "Following parts"

    package let evaluator: Evaluator
    let frames: Int
    let usesTrueMask: Bool

    /// An evaluation on films of `frames` frames of the shapes of `evaluator`, whose photos are the films.
    ///
    /// - Parameter usesTrueMask: whether the first frame's part is given as a mask, and not found by a click.
    package init(_ evaluator: Evaluator, frames: Int, usesTrueMask: Bool = false) {
        (self.evaluator, self.frames, self.usesTrueMask) = (evaluator, frames, usesTrueMask)
    }

    package var choices: [any Encodable & Sendable] { [evaluator.options, frames, usesTrueMask] }

    func prepared(_ entry: ShapeEntry) throws -> EvaluationShape { try ground.target(entry, segments: true) }

    /// What each frame of a film gave.
    func records(of planned: PlannedPhoto, _ source: PhotoSource, on target: EvaluationShape) throws -> [VideoRecord] {
        let clip = try evaluator.studio.clip(of: source.shape, subject: source.subject, number: planned.number, frames: frames)
        return try clip.map { try records(of: $0, number: planned.number, source.shape, on: target) } ?? []
    }

    private func records(of clip: EvaluationClip, number: Int, _ source: EvaluationShape, on target: EvaluationShape) throws
        -> [VideoRecord]
    {
        let bench = bench.singleThreaded
        let photos = clip.frames.enumerated().map { OpenPhoto($1, name: "\(source.entry.name) \($0)") }
        let click = Click(clip.click.pixel, mask: usesTrueMask ? clip.parts[0] : nil)
        let answer = try bench.answer(click, in: photos[0], on: target.opened)
        func record(_ frame: Int) -> VideoRecord {
            let part = clip.parts[frame]
            return VideoRecord(
                sample: number * frames + frame, photo: number, frame: frame, motion: clip.motion, category: target.entry.category,
                source: source.entry.name, target: target.entry.name, part: clip.click.part, answered: answer.isFound,
                pixels: part.count, shown: part.isEmpty ? false : part.fraction >= 0.001 ? true : nil, confidence: nil, scores: [:])
        }
        func score(_ mask: Mask?, _ frame: Int) -> FrameScore {
            FrameScore(
                iou: SampleJudge.rounded(Double(mask?.intersectionOverUnion(clip.parts[frame]) ?? 0)), told: mask != nil)
        }
        var first = record(0)
        first.scores[VideoMethod.held.rawValue] = score(answer.masks.part, 0)
        guard let buddy = answer.segmentVertex, let segment = answer.segment else {
            first.answered = false
            return [first]
        }
        var records = [first]
        var followed = try PartFollower(answer, at: bench)
        var alone = FollowOptions()
        alone.usesMesh = false
        var propagated = try PartFollower(answer, options: alone, at: bench)
        for frame in 1..<frames {
            var record = record(frame)
            let part = try followed.next(photos[frame])
            record.confidence = SampleJudge.rounded(Double(part.confidence))
            // A frame may hold nothing that can be an object.
            let object = try ObjectFinder(at: bench).proposals(in: photos[frame], like: target.opened).first?.found
            let located = try object.map {
                try LocateJob(at: bench).run(photos[frame], target.opened, vertex: buddy, part: segment, object: $0)
            }
            record.scores = [
                VideoMethod.followed.rawValue: score(part.mask, frame),
                VideoMethod.propagated.rawValue: score(try propagated.next(photos[frame]).mask, frame),
                VideoMethod.alone.rawValue: score(located?.mask, frame), VideoMethod.held.rawValue: score(answer.masks.part, frame),
            ]
            records.append(record)
        }
        return records
    }
}
