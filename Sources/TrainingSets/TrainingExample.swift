import BSBBasics
import BSBImages
import BSBRendering

/// How a training picture is drawn.
package enum TrainingStyle: UInt8, Sendable, CaseIterable, Codable {
    /// The published renderer's grey shading.
    case greyReference = 0
    /// This package's own grey shading.
    case greyRobust = 1
    /// A made-up photo.
    case photo = 2
}

/// A training picture with what it shows.
package struct TrainingExample: Sendable {
    /// Label of pixels where the subject is not seen.
    package static let background: UInt8 = 255
    /// Label of pixels on a subject whose parts are not known.
    package static let unlabelled: UInt8 = 254

    /// The picture.
    package var image: Image
    /// height x width class indices, or one of the two values above.
    package var labels: [UInt8]
    /// height x width part instances of the shape, 255 for background.
    package var instances: [UInt8]
    /// height x width regions of the maker's own, 255 for background and where they are not known.
    package var regions: [UInt8]
    /// (height / 2) x (width / 2) x 3 half-precision coordinates on the shape as it was before its deformation, not a number on background.
    ///
    /// Entry (x, y) is what is seen at the corner that the four pixels (2 x, 2 y) ... (2 x + 1, 2 y + 1) share.
    package var surfaceBits: [UInt16]
    /// The index of the shape.
    package var shape: Int
    /// How it is drawn.
    package var style: TrainingStyle

    /// What is known of each pixel of a picture of a shape.
    init(image: Image, surfaces: SurfaceBuffers, coarse: SurfaceBuffers, shape: TrainingShape, index: Int, style: TrainingStyle) {
        self.image = image
        self.style = style
        self.shape = index
        labels = surfaces.faceIDs.map { face in
            face < 0 ? Self.background : shape.faceClasses.map { $0[Int(face)] } ?? Self.unlabelled
        }
        instances = surfaces.faceIDs.map { $0 < 0 ? Self.background : shape.faceInstances[Int($0)] }
        regions = surfaces.faceIDs.map { $0 < 0 ? Self.background : shape.faceRegions?[Int($0)] ?? Self.background }
        surfaceBits = Self.coordinates(coarse, on: shape)
    }

    private static func coordinates(_ surfaces: SurfaceBuffers, on shape: TrainingShape) -> [UInt16] {
        var bits = [UInt16](repeating: HalfPrecision.bits(.nan), count: surfaces.faceIDs.count * 3)
        for (i, face) in surfaces.faceIDs.enumerated() where face >= 0 {
            let corners = shape.mesh.faces[Int(face)]
            let weights = surfaces.barycentrics[i]
            let position =
                shape.mesh.vertices[Int(corners.x)] * (1 - weights.x - weights.y) + shape.mesh.vertices[Int(corners.y)] * weights.x
                + shape.mesh.vertices[Int(corners.z)] * weights.y
            for axis in 0..<3 { bits[3 * i + axis] = HalfPrecision.bits(position[axis]) }
        }
        return bits
    }
}
