import BSBImages

/// A pixel that looks like a vertex, with the way back from it to the mesh.
package struct PixelCandidate: Sendable, Hashable {
    /// The pixel, q.
    package var pixel: Pixel
    /// Cosine of the pixel's and the vertex's features, s(q, v).
    package var similarity: Float
    /// The vertex of the mesh most similar to the pixel, u(q).
    package var vertex: Int
    /// Cosine of the pixel's and that vertex's features.
    package var vertexSimilarity: Float
    /// Whether that vertex is in the part of the mesh.
    package var qualifies: Bool
    /// IoU of the part with the part segmented at u(q), by area; only for candidates that qualify and were segmented.
    package var iou: Float?

    /// A candidate and where it leads back to.
    package init(pixel: Pixel, similarity: Float, vertex: Int, vertexSimilarity: Float, qualifies: Bool, iou: Float? = nil) {
        self.pixel = pixel
        self.similarity = similarity
        self.vertex = vertex
        self.vertexSimilarity = vertexSimilarity
        self.qualifies = qualifies
        self.iou = iou
    }
}

/// Why no pixel corresponds to a vertex.
package enum NoPixelCorrespondence: String, Sendable, Hashable, Codable, CaseIterable {
    /// There is no object in the photo to look in.
    case emptyObjectMask
    /// The part of the mesh has no vertex.
    case emptyPart
    /// The photo has no usable features in the object, or the mesh none at the vertex.
    case noFeatures
    /// Every candidate leads back to a vertex outside the part: the photo does not show the part.
    case noCandidateQualifies
    /// Candidates qualify, but the part is so much less like the photo than the object is like the mesh that the photo seems not to show it.
    case unlikelyPart
    /// Candidates qualify, but none with the IoU that was asked for.
    case belowMinimumIoU
}

extension NoPixelCorrespondence {
    /// The reason as a sentence for a person.
    package var sentence: String {
        switch self {
        case .emptyObjectMask: "The segmenter found no object in the photo; try a click on it."
        case .emptyPart: "The segmenter found no part of the mesh at the vertex."
        case .noFeatures: "There are no features to compare at the vertex or in the photo's object."
        case .noCandidateQualifies: "No pixel of the object leads back into the part of the mesh, so the photo seems not to show it."
        case .unlikelyPart:
            "The part is much less like the object than the object is like the mesh, so the photo seems not to show it."
        case .belowMinimumIoU: "No pixel leads back to the part of the mesh with the minimum IoU."
        }
    }
}

/// What matching one vertex against one photo found.
package struct PixelCorrespondence: Sendable, Hashable {
    /// The best segmentation buddy, if there is one.
    package var buddy: PixelCandidate?
    /// Why there is none, if there is none.
    package var reason: NoPixelCorrespondence?
    /// The probability that the photo shows the part, if it is as likely as not beforehand; nil where no calibration tells it.
    package var existence: Double?
    /// How similar to the mesh the object is as a whole (``ObjectSimilarity``); nil where nothing was compared.
    package var objectSimilarity: Float?
    /// All candidates, most similar first.
    package var candidates: [PixelCandidate]
    /// Candidates that qualify.
    package var qualified: Int
    /// Distinct vertices at which the mesh was segmented again.
    package var segmented: Int

    /// What was found.
    package init(
        buddy: PixelCandidate?, reason: NoPixelCorrespondence?, candidates: [PixelCandidate] = [], qualified: Int = 0, segmented: Int = 0
    ) {
        self.buddy = buddy
        self.reason = reason
        self.candidates = candidates
        self.qualified = qualified
        self.segmented = segmented
    }
}
