import BSBBasics
import BSBCorrespondence
import BSBDistillation
import BSBInteractiveSegmentation
import BSBLinearAlgebra

extension OpenMesh {
    /// The features of the vertices, ready to be matched.
    ///
    /// Throws `Failure` if a model cannot be run or no view shows the mesh.
    package func features(at bench: Workbench) throws -> SurfaceFeatures {
        let distiller = FeatureDistiller(at: bench)
        return try bench.remembered(try distiller.recipe(of: self), bytes: \.byteCount) {
            SurfaceFeatures(
                try distiller.field(of: self), eligible: referenced, positions: scene.mesh.vertices, areas: areas, clusters: clusters)
        }
    }

    /// Takes features of the vertices that were made elsewhere for those of the mesh, as long as the memory holds them.
    ///
    /// Throws `CancellationError` and `Failure`.
    package func remember(_ features: Matrix, at bench: Workbench) throws {
        precondition(features.rows == referenced.count, "a row for each vertex")
        _ = try bench.remembered(FeatureDistiller(at: bench).recipe(of: self), bytes: \.byteCount) {
            let rows = clusters.map { $0.vertices.map { Int($0) } } ?? Array(referenced.indices)
            let values = Matrix(rows: rows.count, columns: features.columns, values: rows.flatMap { features.row($0) })
            return SurfaceFeatures(
                FeatureField(values: values, observed: [Bool](repeating: true, count: rows.count)), eligible: referenced,
                positions: scene.mesh.vertices, areas: areas, clusters: clusters)
        }
    }

    /// The surface's smoothing, whose elimination order is found once.
    package func smoothing(at bench: Workbench) throws -> SurfaceSmoothing {
        try bench.remembered(Recipe("smoothing", ["mesh": look]), bytes: { _ in 400 * fitted.vertices.count }) {
            try SurfaceSmoothing(surface)
        }
    }

    /// What finds the part around one vertex, whichever it will be.
    ///
    /// Throws `Failure` if a decoder is asked for that is not there.
    package func partFinder(at bench: Workbench) throws -> PartFinder {
        // Whatever answers clicks answers a single one, wherever it is.
        let chosen = try SegmenterChoice(at: bench).segmenter(for: self, clicks: [SurfaceClick(0)])
        return PartFinder(segmenter: chosen.segmenter, mesh: self, settings: bench.settings)
    }

    /// The part around a vertex; nil for a vertex that no view shows.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    package func visiblePart(around vertex: Int, at bench: Workbench) throws -> SurfaceSegment? {
        try partFinder(at: bench).visiblePart(around: vertex)?.segment
    }
}

/// Finds the parts around vertices of a mesh, in the way that was chosen once for all of them.
package struct PartFinder: Sendable {
    private let segmenter: any SurfaceSegmenter
    private let mesh: OpenMesh
    private let settings: Settings

    fileprivate init(segmenter: any SurfaceSegmenter, mesh: OpenMesh, settings: Settings) {
        (self.segmenter, self.mesh, self.settings) = (segmenter, mesh, settings)
    }

    /// How parts are found.
    package var method: SurfaceMethod { segmenter.method }

    /// The part around a vertex, after the settings, and the prompts that it took; nil for a vertex that no view shows.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    package func visiblePart(around vertex: Int) throws -> (segment: SurfaceSegment, prompts: Int)? {
        let clicks = [SurfaceClick(vertex)]
        return try segmenter.visibleAnswer(to: clicks).map { (settings.part($0.probability, clicks: clicks, of: mesh), $0.prompts) }
    }

    /// The part around a vertex.
    ///
    /// Throws `Failure` if no view shows the vertex or the segmenter cannot be run.
    package func part(around vertex: Int) throws -> SurfaceSegment {
        guard let found = try visiblePart(around: vertex) else { throw Failure.unseenClick }
        return found.segment
    }
}
