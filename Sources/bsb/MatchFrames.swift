import BSBAnswering
import BSBResults
import Foundation

/// `bsb match --images`: the click in the first frame, followed through the others.
extension Match {
    /// Follows the click through the frames, which are files in order, writes what came of it and prints the result.
    func follow(_ frames: [String]) throws {
        try checkOutput(output, inputs: frames + [mask, models.calibration], meshes: [mesh], masks: true)
        tellMissing([mesh])
        let bench = try common.workbench(settings, choice: models.choice, limit: meshOptions.limit)
        let click = try singleClick()
        let recorder = FollowRecorder(frames: frames.count, wantsFiles: output != nil)
        var job = FollowJob(at: bench)
        job.progress = RateReporter("match", of: "frames").tell
        let outcome = try job.run(frames: frames, click: click, mesh: mesh) { try recorder.add($0) }
        let document = try recorder.outputs(of: outcome, click: click.pixel, at: bench).write(to: output)
        try common.run.finish(document, found: document.found, followed)
    }

    private func followed(_ document: FollowDocument) -> String {
        guard document.found, let vertex = document.vertex else { return "No correspondence. \(document.explanation ?? "")" }
        let missing = document.frames.filter { !$0.shown }.map { "\($0.frame)" }
        let others = missing.isEmpty ? "" : " Not in \(missing.count == 1 ? "frame" : "frames") \(missing.joined(separator: ", "))."
        return
            "\(document.grade == .unsure ? "Perhaps vertex" : "Vertex") \(vertex) corresponds; \(document.shown) of \(document.frames.count) frames show its part.\(others)"
            + (output.map { " See \($0)/overview.png and \($0)/frames.webp." } ?? "")
    }
}
