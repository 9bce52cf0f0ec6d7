import BSBImages

/// A vertex that looks like the click, with the way back from it to the picture.
public struct Candidate: Sendable, Hashable {
    /// Index of the vertex in the mesh.
    public var vertex: Int
    /// Cosine of the click's and the vertex's features, s(p, v) of the paper's equation 3.
    public var similarity: Float
    /// The pixel of the object mask most similar to the vertex, q(v).
    public var pixel: Pixel
    /// Cosine of the vertex's and that pixel's features.
    public var pixelSimilarity: Float
    /// Whether that pixel falls inside the part mask: the segment-level best-buddies condition.
    public var qualifies: Bool
    /// IoU of the part mask with the mask segmented at the pixel (equation 5).
    ///
    /// Only for candidates that may be the answer, which as published are those that qualify.
    public var iou: Float?

    /// A candidate and where it leads back to.
    package init(vertex: Int, similarity: Float, pixel: Pixel, pixelSimilarity: Float, qualifies: Bool, iou: Float? = nil) {
        self.vertex = vertex
        self.similarity = similarity
        self.pixel = pixel
        self.pixelSimilarity = pixelSimilarity
        self.qualifies = qualifies
        self.iou = iou
    }
}

/// Why no vertex corresponds to a click.
public enum NoCorrespondence: String, Sendable, Hashable, Codable, CaseIterable {
    /// The segmenter found no object at the click.
    case emptyObjectMask
    /// The segmenter found no part at the click.
    case emptyPartMask
    /// No pixel of the part is in the object, so no candidate can qualify.
    case partOutsideObject
    /// The picture has no usable feature at the click, or the mesh none at all.
    case noFeatures
    /// Every candidate leads back to a pixel outside the part: the mesh lacks the part.
    case noCandidateQualifies
    /// Candidates qualify, but the click is so much less like the mesh than the rest of its object that the mesh seems to lack the part.
    case unlikelyPart
    /// Candidates qualify, but none with the IoU that was asked for.
    case belowMinimumIoU
}

extension NoCorrespondence {
    /// The reason as a sentence for a person.
    public var sentence: String {
        switch self {
        case .emptyObjectMask: "The segmenter found no object at the click."
        case .emptyPartMask: "The segmenter found no part at the click."
        case .partOutsideObject: "The part mask and the object mask have no pixel in common; try another object click."
        case .noFeatures: "There are no features to compare at the click or on the mesh."
        case .noCandidateQualifies:
            "No vertex of the mesh leads back into the clicked part, so the mesh seems to lack this part."
        case .unlikelyPart:
            "What was clicked is much less like the mesh than the rest of the object is, so the mesh seems to lack this part."
        case .belowMinimumIoU: "No vertex leads back to the clicked part with the minimum IoU."
        }
    }
}

/// What matching one click against one mesh found.
public struct Correspondence: Sendable, Hashable {
    /// The best segmentation buddy, if there is one.
    public var buddy: Candidate?
    /// Why there is none, if there is none.
    public var reason: NoCorrespondence?
    /// The probability that the mesh has the clicked part, if it is as likely as not beforehand; nil where no calibration tells it.
    public var existence: Double?
    /// All candidates, most similar first.
    public var candidates: [Candidate]
    /// How similar to the mesh the clicked object is as a whole: the median, over pixels spread over the object mask, of the cosine with the
    /// pixel's most similar vertex; nil where nothing was compared.
    package var objectSimilarity: Float?
    /// Work done.
    package var counts: Counts

    /// What was found; by default nothing was sought.
    package init(
        buddy: Candidate? = nil, reason: NoCorrespondence? = nil, candidates: [Candidate] = [], objectSimilarity: Float? = nil,
        counts: Counts = Counts()
    ) {
        self.buddy = buddy
        self.reason = reason
        self.candidates = candidates
        self.objectSimilarity = objectSimilarity
        self.counts = counts
    }

    /// How much work matching took.
    package struct Counts: Sendable, Hashable, Codable {
        /// Candidates that qualify.
        package var qualified = 0
        /// Distinct pixels that were segmented again, after duplicates were merged.
        package var prompts = 0
        /// Pixels whose similarity with a candidate was evaluated.
        package var pixelsEvaluated = 0
        /// Pixels an exhaustive search would have evaluated.
        package var pixelsInSearch = 0
        /// Zero counts.
        package init() {}
    }
}
