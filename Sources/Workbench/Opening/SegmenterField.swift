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
                "mesh": mesh.fit, "views": settings.segmentViews.key, "seed": "\(settings.seed)", "solver": settings.solver.rawValue,
                "segmenter": bench.segmenter.identity.hash,
            ])
        if let field = bench.cache.field(recipe, vertexCount: mesh.fitted.vertices.count) { return mesh.atVertices(field) }
        try views.prepareAll()
        let grids = try views.cameras.indices.map { try views.embedding($0).features }
        let rendered = RenderedViews(of: mesh, plan: settings.segmentViews, seed: settings.seed)
        let field = try FeatureDistiller(at: bench).fit(rendered, grids, mesh)
        bench.cache.write(field, recipe)
        return mesh.atVertices(field)
    }
}

extension OpenMesh {
    /// A field of the clusters as one of the vertices.
    fileprivate func atVertices(_ field: FeatureField) -> FeatureField {
        guard let clusters else { return field }
        let rows = clusters.ofVertex.map { Int($0) }
        return FeatureField(values: field.values.gatheringRows(rows), observed: rows.map { field.observed[$0] })
    }
}
