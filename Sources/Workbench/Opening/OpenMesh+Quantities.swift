import BSBBasics
import BSBCorrespondence
import BSBInteractiveSegmentation
import BSBShapes

extension OpenMesh {
    /// The features of the vertices, ready to be matched.
    ///
    /// Throws `Failure` if a model cannot be run or no view shows the mesh.
    public func features(at bench: Workbench) throws -> SurfaceFeatures {
        let distiller = FeatureDistiller(at: bench)
        return try bench.remembered(try distiller.recipe(of: self), bytes: \.byteCount) {
            SurfaceFeatures(
                try distiller.field(of: self), eligible: referenced, positions: scene.mesh.vertices, areas: areas)
        }
    }

    /// The surface's smoothing, whose elimination order is found once.
    func smoothing(at bench: Workbench) throws -> SurfaceSmoothing {
        try bench.remembered(Recipe("smoothing", ["mesh": look]), bytes: { _ in 400 * mesh.vertices.count }) {
            try SurfaceSmoothing(surface)
        }
    }

    /// The part around a vertex, after the settings.
    ///
    /// Throws `Failure` if no view shows the vertex or the segmenter cannot be run.
    public func part(around vertex: Int, at bench: Workbench) throws -> SurfaceSegment {
        let clicks = [SurfaceClick(vertex)]
        let chosen = try SegmenterChoice(at: bench).segmenter(for: self, clicks: clicks)
        return bench.settings.part(try chosen.segmenter.answer(to: clicks).probability, clicks: clicks, of: self)
    }

    /// The part around a vertex; nil for a vertex that no view shows.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    public func visiblePart(around vertex: Int, at bench: Workbench) throws -> SurfaceSegment? {
        let clicks = [SurfaceClick(vertex)]
        let chosen = try SegmenterChoice(at: bench).segmenter(for: self, clicks: clicks)
        return try chosen.segmenter.visibleAnswer(to: clicks).map { bench.settings.part($0.probability, clicks: clicks, of: self) }
    }
}
