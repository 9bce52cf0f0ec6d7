import BSBBackbones
import BSBBasics
import BSBDistillation
import BSBLinearAlgebra
import Foundation
import Synchronization

/// Fits the features of a mesh's vertices to rendered views, or takes them from the cache.
package struct FeatureDistiller: Sendable {
    private let bench: Workbench

    /// A distiller that works at `bench`.
    package init(at bench: Workbench) {
        self.bench = bench
    }

    /// What decides the features of a mesh's vertices.
    package func recipe(of mesh: OpenMesh) throws -> Recipe { try recipe("feature-field", mesh, fittedBy: bench.settings.solver.rawValue) }

    /// What decides the features of a mesh's views.
    private func viewsRecipe(of mesh: OpenMesh) throws -> Recipe { try recipe("feature-views", mesh, fittedBy: "") }

    private func recipe(_ kind: String, _ mesh: OpenMesh, fittedBy solver: String) throws -> Recipe {
        let settings = bench.settings
        return Recipe(
            kind,
            [
                "mesh": mesh.fit, "views": settings.featureViews.key, "seed": "\(settings.seed)",
                "extractor": try bench.viewExtractor.identity.hash, "solver": solver,
            ])
    }

    /// The features of a mesh's vertices, or of the clusters of a large mesh: a row for each x the extractor's dimension.
    ///
    /// Views are rendered and run through the extractor on all threads; each view's features are cached at once, so that a run that is
    /// cut short goes on where it was. They are thrown away when the field is done.
    /// - Throws: `Failure` if the model cannot be run or no view shows the mesh.
    package func field(of mesh: OpenMesh) throws -> FeatureField {
        let recipe = try recipe(of: mesh)
        if let field = bench.cache.field(recipe, vertexCount: mesh.fitted.vertices.count) { return field }
        let views = RenderedViews(of: mesh, plan: bench.settings.featureViews, seed: bench.settings.seed)
        let partial = try viewsRecipe(of: mesh)
        let field = try fit(views, grids(views, partial), mesh)
        bench.cache.write(field, recipe)
        bench.cache.remove(partial)
        return field
    }

    private func grids(_ views: RenderedViews, _ recipe: Recipe) throws -> [FeatureGrid] {
        let extractor = try bench.viewExtractor
        return try bench.stage("Looking at the mesh, to lift features", views.cameras.count) { index in
            let recipe = recipe.item("view-\(index).grid")
            if let grid = bench.cache.read(recipe).flatMap({ FeatureGrid(cached: $0) }) { return grid }
            let grid = try extractor.features(of: views.image(index, surfaces: views.surfaces(index)))
            bench.tally.featureViews.add(1, ordering: .relaxed)
            bench.cache.write(grid.cacheData, recipe)
            return grid
        }
    }

    /// Fits the field of the mesh's ``OpenMesh/fitted`` to views whose features are known.
    package func fit(_ views: RenderedViews, _ grids: [FeatureGrid], _ mesh: OpenMesh) throws -> FeatureField {
        let observe = { (index: Int) in
            try bench.cancellation.check()
            return try ViewObservation(
                surfaces: views.surfaces(index), grid: grids[index],
                sampling: bench.settings.featureViews.style == .reference ? .reference : .every(4))
        }
        let report = { (done: Int, total: Int) in
            bench.progress(ProgressUpdate(stage: "Fitting features to the surface", done: done, total: total))
        }
        switch bench.settings.solver {
        case .exact:
            var solver = try ExactFieldSolver(mesh: mesh.fitted, parallelism: bench.parallelism)
            return try solver.fit(viewCount: grids.count, progress: report, view: observe)
        case .max:
            var solver = MaximumFieldSolver(mesh: mesh.fitted)
            return try solver.fit(viewCount: grids.count, progress: report, view: observe)
        case .mlp, .mlpLinear:
            var options = bench.settings.solver == .mlp ? MLPFieldSolver.Options.reference : .linearOutput
            // The published widths: 256 for 256 features, 1024 for 1024.
            options.width = max(256, grids.first?.dimension ?? 0)
            options.seed = bench.settings.seed
            var solver = try MLPFieldSolver(mesh: mesh.fitted, options: options, parallelism: bench.parallelism)
            return try solver.fit(viewCount: grids.count, progress: report, view: observe)
        }
    }
}

extension CacheDirectory {
    /// The field of a recipe, if it is there and of so many vertices.
    package func field(_ recipe: Recipe, vertexCount: Int) -> FeatureField? {
        guard let values = read(recipe.item("values.npy")).flatMap({ try? NumPyArray(decoding: $0) }),
            let observed = read(recipe.item("observed.npy")).flatMap({ try? NumPyArray(decoding: $0) }),
            values.shape.count == 2, values.shape[0] == vertexCount, observed.shape == [vertexCount], values.element == .float32
        else { return nil }
        let numbers = values.floats()
        // A file may be whole and hold nonsense.
        guard numbers.allSatisfy(\.isFinite) else { return nil }
        return FeatureField(
            values: Matrix(rows: values.shape[0], columns: values.shape[1], values: numbers),
            observed: observed.bytes.map { $0 != 0 })
    }

    /// Stores a field.
    package func write(_ field: FeatureField, _ recipe: Recipe) {
        write(NumPyArray(field.values.values, shape: [field.vertexCount, field.dimension]).encoded(), recipe.item("values.npy"))
        write(NumPyArray(field.observed, shape: [field.vertexCount]).encoded(), recipe.item("observed.npy"))
    }
}
