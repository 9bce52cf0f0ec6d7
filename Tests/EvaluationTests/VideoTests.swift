import BSBBasics
import BSBImages
import BSBPhotography
import BSBRendering
import Foundation
import TestSupport
import Testing

@testable import BSBEvaluation

/// Made-up films, and what is made of what was said about them.
@Suite struct VideoTests {
    private static func evaluator(threads: Int = 1) -> VideoEvaluator {
        let data = MemoryDataSet(shapes: [tower()])
        var options = EvaluationOptions()
        (options.samples, options.clicksPerPhoto, options.photoSize, options.seed) = (3, 1, 64, 5)
        return VideoEvaluator(Evaluator(Subjects(data, data.entries, at: testBench(threads: threads)), options: options), frames: 4)
    }

    @Test func filmsMoveAsTheyAreSaidTo() throws {
        let shape = try EvaluationShape(tower(), settings: testBench().settings)
        let subject = try PhotoSubject(mesh: shape.opened.scene.mesh)
        let studio = EvaluationStudio(size: RasterSize(64), clicks: 1, seed: 2)
        for (number, motion) in ClipMotion.allCases.enumerated() {
            let clip = try #require(try studio.clip(of: shape, subject: subject, number: number, frames: 5))
            #expect(clip.motion == motion && clip.frames.count == 5 && clip.parts.count == 5)
            #expect(clip.parts[0][clip.click.x, clip.click.y], "the click is on the part")
            #expect(Set(clip.frames.map(\.pixels)).count == 5)
            #expect(clip.parts[2].isEmpty == (motion == .away))
            #expect(!clip.parts[0].isEmpty)
            let again = try #require(try studio.clip(of: shape, subject: subject, number: number, frames: 5))
            #expect(again.frames == clip.frames && again.parts == clip.parts)
        }
    }

    @Test func everyFrameHasARecordOnAnyNumberOfThreads() throws {
        try withTemporaryDirectory { folder in
            let records = try Self.evaluator().run(folder: "\(folder)/a").records
            #expect(Set(records.map(\.photo)) == [0, 1, 2] && records.map(\.sample) == records.map { 4 * $0.photo + $0.frame })
            for record in records where record.answered && record.frame > 0 {
                #expect(Set(record.scores.keys) == Set(VideoMethod.allCases.map(\.rawValue)))
                #expect(record.scores["held"]?.told == true && record.confidence != nil)
            }
            #expect(try Self.evaluator(threads: 3).run(folder: "\(folder)/b").records == records)
            #expect(try Self.evaluator().run(folder: "\(folder)/a").records == records, "a finished run goes on with nothing")
        }
    }

    private static func record(
        _ frame: Int, shown: Bool?, _ followed: (Double, Bool), motion: ClipMotion = .around, photo: Int = 0
    ) -> VideoRecord {
        let scores = Dictionary(
            uniqueKeysWithValues: VideoMethod.allCases.map { method in
                (method.rawValue, method == .followed ? FrameScore(iou: followed.0, told: followed.1) : FrameScore(iou: 0.25, told: true))
            })
        return VideoRecord(
            sample: 10 * photo + frame, photo: photo, frame: frame, motion: motion, category: "Tower", source: "t", target: "t\(photo)",
            part: "top", answered: true, pixels: 9, shown: shown, confidence: frame == 0 ? nil : followed.0, scores: scores)
    }

    @Test func meansAreOverTheRightFrames() throws {
        let records = [
            Self.record(0, shown: true, (1, true)), Self.record(1, shown: true, (0.8, true)), Self.record(2, shown: true, (0, false)),
            Self.record(3, shown: false, (0, false), motion: .away), Self.record(4, shown: nil, (0, true)),
        ]
        let summary = Self.evaluator().summary(of: records)
        #expect(summary["films"] == 1 && summary["answered"] == 1 && summary["firstIoU"]?.mean == 0.25)
        let scores: [Facts] = try #require(summary["scores"])
        let (followed, held) = (scores[0], scores[3])
        #expect(followed["iou"]?.mean == 0.4 && followed["found"]?.mean == 0.5 && followed["absent"]?.mean == 1)
        #expect(abs((followed["right"]?.mean ?? 0) - 2.0 / 3) < 1e-6)
        #expect(held["iou"]?.mean == 0.25 && held["absent"]?.mean == 0 && abs((held["right"]?.mean ?? 0) - 2.0 / 3) < 1e-6)
        #expect(summary["confidenceRight"]?.mean == 0.8 && summary["confidenceWrong"]?.mean == 0)
        #expect(summary.table.contains("| The first mask held still | 0.250 ["))
    }
}
