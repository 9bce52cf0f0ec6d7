import BSBBackbones
import BSBCorrespondence
import BSBWorkbench

/// The result of matching one click, as `result.json` holds it and `--json` prints it.
///
/// Vertex and face indices are those of the mesh file. docs/result-schema.md describes every field.
public struct MatchDocument: Sendable, Codable {
    /// The version of this schema; it grows by one when a field changes its meaning or goes away.
    public var schema = 1
    /// Whether the mesh has the clicked part.
    public var found: Bool
    /// How sure that is: `sure`, `unsure` (an answer that may well be wrong) or `none`.
    public var grade: Grade
    /// Why it is unsure, in sentences.
    public var doubts: [String]?
    /// Why not, as a keyword and as a sentence.
    public var reason: NoCorrespondence?
    /// The reason as a sentence.
    public var explanation: String?
    /// The best segmentation buddy; without a correspondence, all of these are absent.
    public var vertex: Int?
    /// The buddy's position in the file's units.
    public var position: [Double]?
    /// The pixel [x, y] that the buddy leads back to.
    public var pixel: [Int]?
    /// Whether that pixel is in the clicked part, as the published method demands; otherwise the vertex is the most likely one that there is.
    public var qualifies: Bool?
    /// IoU of the mask segmented at that pixel with the clicked part.
    public var iou: Float?
    /// Cosine of the features of the click and the buddy.
    public var similarity: Float?
    /// How many vertices were considered, and how many led back into the part.
    public var candidateCount: Int
    /// How many candidates led back into the part.
    public var qualified: Int
    /// The probability that the mesh has the clicked part, if it is as likely as not beforehand; with the models and settings that it was
    /// calibrated for.
    public var existence: Double?
    /// What said whether there is an answer: a calibrated probability, or the published rule.
    public var decidedBy: DecidedBy
    /// The candidates themselves, most similar first, where they were asked for.
    public var candidates: [CandidateDocument]?
    /// The part of the mesh.
    public var segment: PartDocument?
    /// Other places that may be meant, where they were asked for; approximate.
    package var alternatives: AlternativesDocument?
    /// Where the user clicked.
    public var click: ClickDocument
    /// The mesh as it was read.
    public var mesh: MeshDocument
    /// The photo as it was read.
    public var image: ImageDocument
    /// Every setting that decides the result.
    public var settings: Settings
    /// The models that were used.
    public var models: [ModelIdentity]
    /// Seconds spent, by stage.
    public var timings: [String: Double]
    /// Work done, by kind.
    public var counts: WorkCounts
    /// What looked odd about the inputs.
    public var warnings: [String]
    /// The files written, relative to the output folder.
    public var outputs: [String]

    /// One candidate.
    public struct CandidateDocument: Sendable, Codable {
        /// Index of the vertex in the mesh's file.
        public var vertex: Int
        /// Cosine of its and the click's features.
        public var similarity: Float
        /// The pixel [x, y] that it leads back to.
        public var pixel: [Int]
        /// Cosine of its and that pixel's features.
        public var pixelSimilarity: Float
        /// Whether that pixel lies in the part.
        public var qualifies: Bool
        /// IoU of the mask segmented there with the part, for those that qualify.
        public var iou: Float?
    }

    /// Where the user clicked.
    public struct ClickDocument: Sendable, Codable {
        /// The clicked column.
        public var x: Int
        /// The clicked row.
        public var y: Int
        /// The column of the click for the object.
        public var objectX: Int
        /// The row of the click for the object.
        public var objectY: Int
        /// x0, y0, x1, y1.
        public var box: [Float]?
        /// More clicks [x, y] on the part.
        public var more: [[Int]]?
        /// Clicks [x, y] on what is not the part.
        public var unwanted: [[Int]]?
        /// Whether the part was given as a mask.
        public var isMask: Bool?
    }

    /// The photo as it was read, after its orientation was applied.
    public struct ImageDocument: Sendable, Codable {
        /// The file, as it was named.
        public var path: String
        /// SHA-256 of the file.
        public var hash: String
        /// The width in pixels.
        public var width: Int
        /// The height in pixels.
        public var height: Int
        /// Shares of the photo that the masks cover.
        public var objectFraction: Double
        /// The share of the photo that is in the part mask.
        public var partFraction: Double
    }
}

extension MatchDocument.CandidateDocument {
    /// The document of a candidate.
    init(_ candidate: Candidate) {
        self.init(
            vertex: candidate.vertex, similarity: candidate.similarity, pixel: [candidate.pixel.x, candidate.pixel.y],
            pixelSimilarity: candidate.pixelSimilarity, qualifies: candidate.qualifies, iou: candidate.iou)
    }
}
