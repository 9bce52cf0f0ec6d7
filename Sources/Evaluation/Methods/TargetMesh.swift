import BSBCorrespondence
import BSBWorkbench

/// A shape that clicks are answered on, with its features fitted and its views embedded.
struct TargetMesh: Sendable {
    let shape: EvaluationShape
    /// The features, for the baselines.
    let features: SurfaceFeatures

    /// The mesh that is asked.
    var mesh: OpenMesh { shape.opened }

    /// Does with all threads what every click needs.
    ///
    /// - Parameter segments: whether parts will be asked for.
    init(_ shape: EvaluationShape, segments: Bool, at bench: Workbench) throws {
        self.shape = shape
        features = try shape.opened.features(at: bench)
        if segments { try EmbeddedViews(of: shape.opened, at: bench).prepareAll() }
    }
}
