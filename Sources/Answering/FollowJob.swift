import BSBBasics
import BSBImages
import BSBWorkbench
import Foundation

/// Follows the part that a click in the first of many frames means through the others, with a mesh as the anchor.
///
/// Frames are looked at one by one and forgotten: whoever wants something of one takes it when it is told.
package struct FollowJob: Sendable {
    /// One frame, and the part in it.
    package struct Frame: Sendable {
        /// The number of the frame, from 0.
        package var index: Int
        /// The file, as it was named.
        package var path: String
        /// The picture; nil for a file that cannot be read.
        package var image: Image?
        /// The part in it; nil for a file that cannot be read.
        package var part: FollowedPart?
        /// What is wrong with the file.
        package var problem: String?
    }

    /// What is known when all frames have been told.
    package struct Outcome: Sendable {
        /// The answer to the click in the first frame.
        package var first: Answer
        /// Seconds by stage.
        package var timings: [String: Double] = [:]
    }

    private let bench: Workbench
    private let options: FollowOptions
    /// Told after each frame.
    package var progress: @Sendable (Headway) -> Void = { _ in }

    /// A job that works at `bench`.
    package init(at bench: Workbench, options: FollowOptions = FollowOptions()) {
        (self.bench, self.options) = (bench, options)
    }

    /// Follows a click through frames.
    ///
    /// - Parameters:
    ///   - frames: the files, in order; at least one.
    ///   - click: the click in the first.
    ///   - mesh: the mesh's file.
    ///   - tell: called with each frame in turn, the first included; not at all where the click has no correspondence.
    /// - Throws: `Failure` for a first frame, a click or a mesh that cannot be used, and what the closures throw; another frame that cannot
    ///   be read is told, and no error.
    package func run(
        frames: [String], click: Click, mesh: String, tell: (Frame) throws -> Void
    ) throws -> Outcome {
        precondition(!frames.isEmpty, "at least one frame")
        var watch = Stopwatch()
        let photo = try watch.measure("photo") { try OpenPhoto(contentsOf: frames[0]) }
        _ = try photo.masks(of: click, at: bench)
        let mesh = try watch.measure("mesh") { try OpenMesh(contentsOf: mesh, at: bench) }
        let answer = try watch.measure("first") { try bench.answer(click, in: photo, on: mesh) }
        if answer.isFound {
            try watch.measure("frames") { try follow(answer, frames, tell) }
        }
        return Outcome(first: answer, timings: watch.seconds)
    }

    private func follow(_ answer: Answer, _ frames: [String], _ tell: (Frame) throws -> Void) throws {
        let counter = HeadwayCounter(total: frames.count, progress)
        var follower = try PartFollower(answer, options: options, at: bench)
        let clicked = FollowedPart(mask: answer.masks.part, confidence: 1, isSegmented: true)
        try tell(Frame(index: 0, path: frames[0], image: answer.photo.image, part: clicked))
        counter.finished()
        for (index, path) in frames.enumerated().dropFirst() {
            try bench.cancellation.check()
            let photo: OpenPhoto
            do {
                photo = try OpenPhoto(contentsOf: path)
            } catch let failure as Failure where failure.kind == .badInput || failure.kind == .missingInput {
                try tell(Frame(index: index, path: path, problem: failure.reason))
                counter.finished(failed: 1)
                continue
            }
            try tell(Frame(index: index, path: path, image: photo.image, part: follower.next(photo)))
            counter.finished()
        }
    }
}
