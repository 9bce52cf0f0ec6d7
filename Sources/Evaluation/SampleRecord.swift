import BSBAnswering
import BSBCorrespondence

/// What one click gave: one line of `samples.jsonl`.
package struct SampleRecord: Sendable, Hashable, Codable, PhotoRecord {
    /// The number of the sample; its photo is number `photo`.
    package var sample: Int
    /// The number of its photo.
    package var photo: Int
    /// The category of the target.
    package var category: String
    /// The photographed shape, or the photo's file.
    package var source: String
    /// The shape that the click is answered on.
    package var target: String
    /// Where was clicked, and on what.
    package var click: LabelledClick
    /// Whether the target has the clicked part.
    package var partExists: Bool
    /// The share of the target's vertices that are in the part: the success of a vertex drawn at random.
    package var partShare: Double
    /// The answers of the methods, by ``Method``.
    package var answers: [String: Answer]
    /// Why there is no best segmentation buddy.
    package var reason: NoCorrespondence?
    /// How many candidates there were and how many qualified.
    package var candidates: Int
    /// How many of them led back into the part.
    package var qualified: Int
    /// The largest IoU among the candidates that were judged.
    package var bestIoU: Double?
    /// What the default's match says about whether the target has the clicked part; absent where nothing was compared.
    package var evidence: ExistenceEvidence?
    /// IoU of the part mask with the pixels that show the part.
    package var partMaskIoU: Double?
    /// Area-weighted IoU of the 3D segment with all of the labelled part (the union of legs, say).
    package var segmentIoU: Double?
    /// The same with the connected piece of the part that the buddy is on (one leg); 0 where the buddy is on another part.
    package var pieceIoU: Double?

    /// An answer.
    package struct Answer: Sendable, Hashable, Codable {
        /// The vertex; absent where the method found none.
        package var vertex: Int?
        /// The face, where another method answers with one.
        package var face: Int?
        /// The part that it is in.
        package var part: String?
        /// Whether that is the clicked part.
        package var correct: Bool

        /// Whether there is one.
        var isGiven: Bool { vertex != nil || face != nil }
    }
}

/// How large a part is, by its share of the mesh's vertices.
package enum PartSize: String, Sendable, Hashable, Codable, CaseIterable {
    case tiny = "below 5 %"
    case small = "5 to 20 %"
    case medium = "20 to 50 %"
    case large = "above 50 %"

    /// The stratum of a share.
    package init(share: Double) {
        self = share < 0.05 ? .tiny : share < 0.2 ? .small : share < 0.5 ? .medium : .large
    }
}
