import BSBDistillation

/// The segmenter's features of a mesh's vertices, fitted to its views: what a click decoder sees of the surface.
package struct SegmenterField {
    private let bench: Workbench

    /// Fits fields at `bench`.
    package init(at bench: Workbench) { self.bench = bench }

    /// The features of a mesh's vertices, fitted by the solver of the settings or taken from the cache: #V x the embedding's dimension.
    ///
    /// Throws `Failure` if no view shows the mesh.
    package func field(of mesh: OpenMesh, views: EmbeddedViews) throws -> FeatureField {
        let settings = bench.settings
        let recipe = Recipe(
            "segmenter-field",
            [
                "mesh": mesh.look, "views": settings.segmentViews.key, "seed": "\(settings.seed)", "solver": settings.solver.rawValue,
                "segmenter": bench.segmenter.identity.hash,
            ])
        if let field = bench.cache.field(recipe, vertexCount: mesh.mesh.vertices.count) { return field }
        try views.prepareAll()
        let grids = try views.cameras.indices.map { try views.embedding($0).features }
        let rendered = RenderedViews(of: mesh, plan: settings.segmentViews, seed: settings.seed)
        let field = try FeatureDistiller(at: bench).fit(rendered, grids, mesh)
        bench.cache.write(field, recipe)
        return field
    }
}
