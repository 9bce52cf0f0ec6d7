import BSBCorrespondence

/// The ways from a place on a mesh to a photo, and from a photo to a mesh and back, that are compared.
package enum ReverseMethod: String, Sendable, Hashable, Codable, CaseIterable {
    /// The vertex is sought as `bsb locate` seeks it.
    case locate
    /// The pixel of the same object most similar to the vertex.
    case nearestPixel = "nearest-pixel"
    /// The expected success of a pixel of the object drawn at random.
    case chance
    /// The click is answered as `bsb match` does, and the answer is sought in the photo as `bsb locate` does.
    case roundTrip = "round-trip"
    /// The most similar vertex, and the pixel of the object most similar to that.
    case nearestRoundTrip = "nearest-round-trip"

    /// The name in tables.
    package var title: String {
        switch self {
        case .locate: "Shape to photo: this package's default"
        case .nearestPixel: "Shape to photo: nearest pixel"
        case .chance: "Shape to photo: chance (random pixel of the object)"
        case .roundTrip: "Photo to shape to photo: this package's default"
        case .nearestRoundTrip: "Photo to shape to photo: nearest vertex, nearest pixel"
        }
    }

    /// What the method is compared with.
    var standard: ReverseMethod? {
        switch self {
        case .locate, .roundTrip: nil
        case .nearestPixel, .chance: .locate
        case .nearestRoundTrip: .roundTrip
        }
    }
}

/// A pixel that answers a question, judged by the labels.
package struct PixelAnswer: Sendable, Hashable, Codable {
    /// The pixel [x, y]; absent where the method found none.
    package var pixel: [Int]?
    /// Whether it shows the right part.
    package var correct: Bool
    /// IoU of the mask at the pixel with all pixels that show the part; absent without an answer.
    package var maskIoU: Double?

    /// The answer of a method that found nothing.
    static let none = PixelAnswer(pixel: nil, correct: false, maskIoU: nil)
}

/// What one vertex and one click on the same part gave: one line of `samples.jsonl`.
package struct ReverseRecord: Sendable, Hashable, Codable, PhotoRecord {
    /// The number of the sample; its photo is number `photo`.
    package var sample: Int
    /// The number of its photo.
    package var photo: Int
    /// The category of the mesh.
    package var category: String
    /// The photographed shape.
    package var source: String
    /// The mesh.
    package var target: String
    /// The click of the round trip, and the part that both questions are about.
    package var click: LabelledClick
    /// The vertex of the mesh that is sought in the photo; absent where the mesh has no vertex of the part that can be seen.
    package var vertex: Int?
    /// The share of the object's pixels that show the part: the success of a pixel drawn at random.
    package var pixelShare: Double
    /// IoU of the object that was found in the photo with the photographed shape.
    package var objectIoU: Double
    /// The answers, by ``ReverseMethod``.
    package var answers: [String: PixelAnswer]
    /// Why the vertex was not found in the photo.
    package var reason: NoPixelCorrespondence?
    /// What seeking the vertex said about whether the photo shows the part.
    package var evidence: ExistenceEvidence?
    /// The same after the pixels that show the part were taken out of the object; absent where there is no object, none of it is the part, or
    /// hardly anything is left.
    package var takenOut: Absence?

    /// A vertex sought where its part is not.
    package struct Absence: Sendable, Hashable, Codable {
        /// What seeking said.
        package var evidence: ExistenceEvidence
        /// Whether it was rightly not found.
        package var isRefused: Bool
    }
}
