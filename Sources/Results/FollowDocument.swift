import BSBAnswering
import BSBBackbones
import BSBCorrespondence
import BSBWorkbench

/// The result of following a part through frames, as `result.json` holds it and `bsb match --images --json` prints it.
package struct FollowDocument: Sendable, Codable {
    /// The version of this schema.
    package var schema = 1
    /// Whether the click in the first frame has a correspondence.
    package var found: Bool
    /// How sure that is: `sure`, `unsure` (an answer that may well be wrong) or `none`.
    package var grade: Grade
    /// Why not, as a sentence.
    package var explanation: String?
    /// The buddy of the click on the mesh; without a correspondence, this and what follows up to `frames` is absent.
    package var vertex: Int?
    /// Its position in the file's units.
    package var position: [Double]?
    /// IoU of the way back with the clicked part.
    package var iou: Float?
    /// The probability that the mesh has the part, where it is known.
    package var existence: Double?
    /// The part of the mesh, the same for all frames.
    package var segment: PartDocument?
    /// Every frame, in order; none without a correspondence.
    package var frames: [FrameDocument]
    /// Frames that show the part.
    package var shown: Int
    /// Frames that cannot be read.
    package var unreadable: Int
    /// The clicked pixel [x, y] of the first frame.
    package var click: [Int]
    /// The mesh as it was read.
    package var mesh: MeshDocument
    /// How the part was followed.
    package var following: FollowOptions
    /// Every setting that decides the first frame's answer.
    package var settings: Settings
    /// The models that were used.
    package var models: [ModelIdentity]
    /// What looked odd about the mesh and the first frame.
    package var warnings: [String]
    /// Seconds spent, by stage.
    package var timings: [String: Double]
    /// The files written, relative to the output folder.
    package var outputs: [String]

    /// One frame.
    package struct FrameDocument: Sendable, Codable {
        /// Its number, from 1.
        package var frame: Int
        /// The file, as it was named.
        package var image: String
        /// Width and height in pixels; absent for a file that cannot be read.
        package var size: [Int]?
        /// Whether it shows the part.
        package var shown: Bool
        /// How sure the mask is, from 0 to 1; where the part is not shown, how sure the best that there was would have been.
        package var confidence: Float?
        /// The share of the frame that the mask covers.
        package var fraction: Double?
        /// x0, y0, x1, y1 of the mask.
        package var box: [Int]?
        /// Whether the mask is the segmenter's, and not what the features alone tell.
        package var segmented: Bool?
        /// The mask's file, where files are written.
        package var mask: String?
        /// Why there is no mask, as a sentence.
        package var explanation: String?
    }
}

extension FollowDocument.FrameDocument {
    /// The document of a frame whose mask goes into the file `mask`, if into one.
    init(_ frame: FollowJob.Frame, mask name: String?) {
        let (part, mask) = (frame.part, frame.part?.mask)
        self.init(
            frame: frame.index + 1, image: frame.path, size: frame.image.map { [$0.width, $0.height] }, shown: mask != nil,
            confidence: part?.confidence, fraction: mask.map { Double($0.fraction) },
            box: mask?.boundingBox.map { [$0.x, $0.y, $0.x + $0.width, $0.y + $0.height] },
            segmented: mask == nil ? nil : part?.isSegmented,
            mask: mask == nil ? nil : name, explanation: frame.problem ?? (mask == nil ? "The part is not in this frame." : nil))
    }
}
