import BSBImages
import BSBRendering

/// A click whose right answer is known.
package struct LabelledClick: Sendable, Hashable, Codable {
    /// The vertex of the photographed shape that the click shows; nil in real photos.
    package var vertex: Int?
    /// The pixel: column and row.
    package var x: Int
    /// The row.
    package var y: Int
    /// The name of the part.
    package var part: String

    /// The pixel.
    var pixel: Pixel { Pixel(x: x, y: y) }
}

/// A picture with clicks.
struct EvaluationPhoto: Sendable {
    var image: Image
    var clicks: [LabelledClick]
    /// From where the picture was made, in the frame of the photographed shape; nil for real photos.
    var camera: Camera?
    /// For each click the pixels that show its part; empty for real photos.
    var partMasks: [Mask]
}
