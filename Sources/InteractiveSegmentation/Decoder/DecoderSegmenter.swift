import Basics
import Distillation
import LinearAlgebra

/// Segments a mesh by a decoder that was trained on it: iSeg.
///
/// Features are scaled once; a click is then one run of a small network over the vertices.
public struct DecoderSegmenter: SurfaceSegmenter {
    /// The decoder.
    public let trained: TrainedDecoder
    private let features: Matrix
    private let parallelism: Parallelism

    /// A segmenter by a trained decoder.
    public init(_ trained: TrainedDecoder, parallelism: Parallelism = Parallelism()) {
        self.trained = trained
        self.parallelism = parallelism
        features = trained.scaling.applied(to: trained.field.values)
    }

    /// `iseg`.
    public var method: String { "iseg" }

    /// The part that is clicked; the 2D segmenter is not asked.
    ///
    /// - Throws: `Failure` for clicks that make no sense, and for several clicks of a decoder that was trained on single ones: its
    ///   attention has never learned to weigh them.
    /// - Complexity: O(#V x parameters).
    public func answer(to clicks: [SurfaceClick]) throws -> SurfaceAnswer {
        let clicks = try clicks.checked(vertexCount: trained.field.vertexCount)
        let values = features.gatheringRows(clicks.map(\.vertex))
        let probability = try probabilities(of: ClickFeatures(values: values, isForeground: clicks.map(\.isForeground)))
        return SurfaceAnswer(probability: probability, prompts: 0)
    }

    /// The probability of each vertex to be in the part that was clicked on another mesh: iSeg's transfer across meshes.
    ///
    /// - Parameters:
    ///   - clicks: vertices of the other mesh.
    ///   - source: the features of the other mesh by the same 2D segmenter.
    /// - Throws: `Failure` as ``answer(to:)``, and if the features are of another length.
    public func probabilities(of clicks: [SurfaceClick], on source: FeatureField) throws -> [Float] {
        guard source.dimension == trained.field.dimension else {
            throw Failure(.badInput, "segmenting the mesh", reason: "the two meshes' features are of different models")
        }
        let clicks = try clicks.checked(vertexCount: source.vertexCount)
        let values = trained.scaling.applied(to: source.values.gatheringRows(clicks.map(\.vertex)))
        return try probabilities(of: ClickFeatures(values: values, isForeground: clicks.map(\.isForeground)))
    }

    /// Whether the decoder was trained on clicks like these: several wanted ones, or unwanted ones, must have been among them.
    public func supports(_ clicks: [SurfaceClick]) -> Bool {
        let known = trained.provenance
        let distinct = Set(clicks)
        let wanted = distinct.count { $0.isForeground }
        return (wanted < 2 || known.positivePairs > 0) && (wanted == distinct.count || known.negativePairs > 0)
    }

    private func probabilities(of clicks: ClickFeatures) throws -> [Float] {
        let known = trained.provenance
        let wanted = clicks.isForeground.count { $0 }
        if wanted > 1, known.positivePairs == 0 { throw Self.untrained("several positive clicks") }
        if wanted < clicks.isForeground.count, known.negativePairs == 0 { throw Self.untrained("negative clicks") }
        return try trained.decoder.probabilities(of: features, clicks: clicks, parallelism: parallelism)
    }

    private static func untrained(_ what: String) -> Failure {
        Failure(
            .usage, "segmenting the mesh", reason: "this decoder was not trained on \(what)",
            hint: "train it with second clicks, or use the training-free lift")
    }
}
