import Backbones
import Correspondence
import Distillation
import InteractiveSegmentation
import SegmentationBuddies

/// A shape that clicks are answered on, with its features fitted and its views embedded.
struct TargetMesh: Sendable {
    let shape: EvaluationShape
    let field: FeatureField
    /// The features, ready for the baselines.
    let ranking: CosineRanking
    /// The segmenter's views, where segments are asked for.
    let views: RememberedViews?

    init(_ shape: EvaluationShape, segments: Bool, at bench: Workbench) throws {
        self.shape = shape
        field = try FeatureDistiller(at: bench).field(of: shape.prepared).field
        ranking = CosineRanking(field.values)
        let all = segments ? EmbeddedViews(of: shape.prepared, at: bench) : nil
        try all?.prepareAll()
        views = all.map { RememberedViews($0) }
    }
}
