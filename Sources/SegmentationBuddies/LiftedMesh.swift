import Basics
import Correspondence
import Distillation
import InteractiveSegmentation
import Shapes

/// A mesh with everything that questions about it need, made once for any number of them: its features and a way from clicks to parts.
public struct LiftedMesh: Sendable {
    /// The mesh.
    public let mesh: PreparedMesh
    /// The features of its vertices.
    public let field: FeatureField
    /// #V: the share of the surface's area that each vertex stands for; sums to 1.
    public let areas: [Double]
    /// Views that were run through the feature extractor; 0 if the cache had the field.
    public let viewsExtracted: Int
    private let chosen: SegmenterChoice.Chosen
    private let settings: Settings

    /// Lifts a prepared mesh, or takes what it needs from the cache.
    ///
    /// Throws `Failure` if a model cannot be run or no view shows the mesh.
    public init(_ mesh: PreparedMesh, at bench: Workbench) throws {
        self.mesh = mesh
        let distilled = try FeatureDistiller(at: bench).field(of: mesh)
        field = distilled.field
        viewsExtracted = distilled.viewsExtracted
        chosen = try SegmenterChoice(at: bench).segmenter(for: mesh, clicks: [SurfaceClick(0)], remembers: true)
        settings = bench.settings
        let areas = mesh.mesh.vertexAreas()
        let total = areas.reduce(0, +)
        self.areas = areas.map { total > 0 ? $0 / total : 0 }
    }

    /// How parts are found: `lift` or `iseg`.
    public var method: String { chosen.segmenter.method }

    /// Views that had to be embedded so far, because the cache did not have them.
    public var viewsEmbedded: Int { chosen.embeddedViews }

    /// The part around a vertex.
    ///
    /// Throws `Failure` if no view shows the vertex or the segmenter cannot be run.
    public func part(around vertex: Int) throws -> SurfaceSegment {
        let clicks = [SurfaceClick(vertex)]
        return settings.part(try chosen.segmenter.answer(to: clicks).probability, clicks: clicks, of: mesh)
    }

    /// The part around a vertex; nil for a vertex that no view shows.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    public func visiblePart(around vertex: Int) throws -> SurfaceSegment? {
        let clicks = [SurfaceClick(vertex)]
        return try chosen.visibleAnswer(to: clicks).map { settings.part($0.probability, clicks: clicks, of: mesh) }
    }

    /// The share of the surface's area that a set of vertices has.
    func share(of labels: [Bool]) -> Double {
        zip(areas, labels).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
    }
}
