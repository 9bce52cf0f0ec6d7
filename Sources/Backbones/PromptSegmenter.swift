import BSBImages

/// A model that turns a click in a picture into masks.
///
/// The picture is embedded once; any number of prompts is then answered from the embedding.
package protocol PromptSegmenter: Sendable {
    /// Which model this is; part of every cache key and result.
    var identity: ModelIdentity { get }
    /// Whether prompts may hold an earlier answer.
    var takesEarlierAnswers: Bool { get }
    /// The embedding of a picture of any size. Throws `Failure` if the model cannot be run.
    func embed(_ image: Image) throws -> ImageEmbedding
    /// The embedding of each picture, in order; quicker than one by one. Throws `Failure` if the model cannot be run.
    func embed(_ images: [Image]) throws -> [ImageEmbedding]
    /// The masks for each prompt, in order. Throws `Failure` if the model cannot be run.
    func masks(for prompts: [Prompt], in embedding: ImageEmbedding) throws -> [MaskPrediction]
}

extension PromptSegmenter {
    /// Most segmenters take earlier answers.
    package var takesEarlierAnswers: Bool { true }

    /// The embedding of each picture, one after the other.
    package func embed(_ images: [Image]) throws -> [ImageEmbedding] {
        try images.map { try embed($0) }
    }
}

/// A picture as a segmenter sees it.
package struct ImageEmbedding: Sendable, Hashable {
    /// The picture's width in pixels.
    package let imageWidth: Int
    /// The picture's height in pixels.
    package let imageHeight: Int
    /// The embedding as a grid over the picture.
    package let features: FeatureGrid
    /// Further grids that some segmenters need to answer prompts: finer levels, or the encoding of positions.
    package let extras: [FeatureGrid]
    /// The cut of a larger picture that this is of; prompts and masks are then of the larger one, and the sizes above those of the cut.
    package var window: PictureWindow?

    /// From the plane of the picture that prompts are about to that of the grid.
    package var map: PlaneMap { window.map { features.moved(by: $0.corner).map } ?? features.map }

    /// The embedding of a picture of the given size.
    package init(imageWidth: Int, imageHeight: Int, features: FeatureGrid, extras: [FeatureGrid] = []) {
        self.imageWidth = imageWidth
        self.imageHeight = imageHeight
        self.features = features
        self.extras = extras
    }
}

/// What a user points at.
package struct Prompt: Sendable, Hashable {
    /// A click in the picture's plane.
    package struct Point: Sendable, Hashable, Codable {
        /// Where the click is.
        package var position: SIMD2<Float>
        /// Whether the click is on what is wanted, or on what is not.
        package var isForeground: Bool

        /// A click at `position`.
        package init(_ position: SIMD2<Float>, isForeground: Bool = true) {
            self.position = position
            self.isForeground = isForeground
        }
    }

    /// A rectangle in the picture's plane.
    package struct Box: Sendable, Hashable, Codable {
        /// The upper left corner.
        package var low: SIMD2<Float>
        /// The lower right corner.
        package var high: SIMD2<Float>

        /// The rectangle from `low` (upper left) to `high` (lower right).
        package init(low: SIMD2<Float>, high: SIMD2<Float>) {
            self.low = low
            self.high = high
        }
    }

    /// The clicks.
    package var points: [Point]
    /// A rectangle around what is wanted.
    package var box: Box?
    /// Logits of an earlier answer, to be refined.
    package var previous: LogitMap?

    /// Clicks, with an optional box and an earlier answer.
    package init(points: [Point], box: Box? = nil, previous: LogitMap? = nil) {
        self.points = points
        self.box = box
        self.previous = previous
    }
}

/// Mask logits at the model's own resolution, with the map from the picture's plane to theirs.
package struct LogitMap: Sendable, Hashable {
    /// The number of logits in a row.
    package let width: Int
    /// The number of rows.
    package let height: Int
    /// height x width; positive is inside.
    package var values: [Float]
    /// From the picture's plane to the logits' plane.
    package let map: PlaneMap
    /// A finer grid that masks are interpolated over before they reach the picture, where the model's own code does so.
    package var enlargement: Enlargement?

    /// The logits' frame enlarged by a whole factor, of which the picture fills the upper left.
    package struct Enlargement: Sendable, Hashable {
        /// Cells of the finer grid for each of the logits, on each axis.
        package var factor: Int
        /// Columns of the finer grid that the picture fills.
        package var width: Int
        /// Rows of the finer grid that the picture fills.
        package var height: Int
    }

    /// Logits of the given size.
    package init(width: Int, height: Int, values: [Float], map: PlaneMap, enlargement: Enlargement? = nil) {
        precondition(values.count == width * height, "values must be height x width")
        self.enlargement = enlargement
        self.width = width
        self.height = height
        self.values = values
        self.map = map
    }
}

/// The answer to one prompt: nested masks from fine to coarse, each with the model's own estimate of its IoU.
package struct MaskPrediction: Sendable, Hashable {
    /// The picture's width in pixels.
    package let imageWidth: Int
    /// The picture's height in pixels.
    package let imageHeight: Int
    /// Index 0 is the finest mask (the part), the last the coarsest (the object), as SAM orders them.
    package var logits: [LogitMap]
    /// The model's estimate of each mask's IoU with the truth.
    package var predictedIoU: [Float]
    /// The cut of a larger picture that sizes and logits are of; masks are of the larger picture.
    package var window: PictureWindow?

    /// The masks of one prompt.
    package init(imageWidth: Int, imageHeight: Int, logits: [LogitMap], predictedIoU: [Float]) {
        self.imageWidth = imageWidth
        self.imageHeight = imageHeight
        self.logits = logits
        self.predictedIoU = predictedIoU
    }
}

/// Which of a segmenter's three nested masks is meant.
public enum MaskLevel: String, Sendable, Hashable, Codable, CaseIterable {
    case part
    case middle
    case object

    /// The index among a prediction's masks (SAM's multimask order).
    package var index: Int {
        switch self {
        case .part: 0
        case .middle: 1
        case .object: 2
        }
    }
}
