import BSBBackbones
import BSBInteractiveSegmentation
import BSBRendering
import Synchronization

/// The segmenter's views of a mesh: what each shows, and its embedding, made when it is first needed and kept.
package struct EmbeddedViews: MeshViews {
    private let views: RenderedViews
    private let recipe: Recipe
    private let shown: Recipe
    private let bench: Workbench

    /// The rays of the mesh in the unit ball.
    package var scene: RayScene { views.scene }
    /// The cameras, in the order of the views.
    package var cameras: [Camera] { views.cameras }
    /// The size of a view in pixels.
    package var size: RasterSize { views.size }

    /// The views of a mesh; none is embedded yet.
    package init(of mesh: OpenMesh, at bench: Workbench) {
        let settings = bench.settings
        self.bench = bench
        views = RenderedViews(of: mesh, plan: settings.segmentViews, seed: settings.seed)
        shown = Recipe("views", ["mesh": mesh.look, "views": settings.segmentViews.key, "seed": "\(settings.seed)"])
        recipe = Recipe(
            "segmenter-views",
            [
                "mesh": mesh.look, "views": settings.segmentViews.key, "seed": "\(settings.seed)",
                "segmenter": bench.segmenter.identity.hash,
            ])
    }

    private func item(_ index: Int) -> Recipe { recipe.item("view-\(index).grid") }

    /// Makes those of the embeddings that neither memory nor cache has.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    package func prepare(_ indices: [Int]) throws {
        let missing = indices.filter { !bench.memory.has(item($0).key) && !bench.cache.contains(item($0)) }
        guard !missing.isEmpty else { return }
        _ = try bench.stage("Looking at the mesh, to segment it", missing.count) { _ = try embedding(missing[$0]) }
    }

    /// Makes all embeddings that neither memory nor cache has.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    package func prepareAll() throws { try prepare(Array(views.cameras.indices)) }

    /// What view `index` shows.
    package func surfaces(_ index: Int) throws -> SurfaceBuffers {
        try bench.remembered(shown.item("\(index)"), bytes: { 32 * $0.faceIDs.count }) { views.surfaces(index) }
    }

    /// The segmenter's embedding of view `index`.
    ///
    /// Throws `Failure` if the segmenter has to be run and cannot be.
    package func embedding(_ index: Int) throws -> ImageEmbedding {
        try bench.kept(item(index)) {
            bench.tally.segmenterViews.add(1, ordering: .relaxed)
            return try bench.segmenter.embed(try views.image(index, surfaces: surfaces(index)))
        }
    }
}
