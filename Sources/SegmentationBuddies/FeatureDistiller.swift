import Backbones
import Basics
import Distillation
import Foundation
import LinearAlgebra
import Rendering

/// Fits the features of a mesh's vertices to rendered views, or takes them from the cache.
public struct FeatureDistiller: Sendable {
    private let bench: Workbench

    /// A distiller that works at `bench`.
    public init(at bench: Workbench) {
        self.bench = bench
    }

    /// A mesh's features and the work they took.
    public struct Distilled: Sendable {
        /// The features of the mesh's vertices.
        public var field: FeatureField
        /// Views that were run through the feature extractor; 0 if the cache had the field.
        public var viewsExtracted: Int
    }

    /// The features of a mesh's vertices: #V x the extractor's dimension.
    ///
    /// Views are rendered and run through the extractor on all threads; each view's features are cached at once, so that a run that is
    /// cut short goes on where it was. They are thrown away when the field is done.
    /// - Throws: `Failure` if the model cannot be run or no view shows the mesh.
    public func field(of mesh: PreparedMesh) throws -> Distilled {
        let settings = bench.settings
        let extractor = try bench.viewExtractor
        let parts = [
            mesh.look, settings.normalisation.rawValue, settings.featureViews.key, "\(settings.seed)", extractor.identity.hash,
        ]
        let folder = CacheDirectory.key(["feature field", settings.solver.rawValue] + parts)
        if let field = bench.cache.field(folder: folder, vertexCount: mesh.mesh.vertices.count) {
            return Distilled(field: field, viewsExtracted: 0)
        }
        let views = RenderedViews(of: mesh, plan: settings.featureViews, seed: settings.seed)
        let partial = CacheDirectory.key(["feature views"] + parts)
        let grids = try grids(views, extractor, folder: partial)
        let field = try fit(views, grids.map(\.grid), mesh)
        bench.cache.write(field, folder: folder)
        bench.cache.remove(folder: partial)
        return Distilled(field: field, viewsExtracted: grids.count(where: \.isNew))
    }

    private func grids(
        _ views: RenderedViews, _ extractor: any FeatureExtractor, folder: String
    ) throws -> [(grid: FeatureGrid, isNew: Bool)] {
        try bench.stage("Looking at the mesh, to lift features", views.cameras.count) { index in
            let name = "view-\(index).grid"
            if let grid = bench.cache.read(folder: folder, name: name).flatMap({ FeatureGrid(cached: $0) }) { return (grid, false) }
            let grid = try extractor.features(of: views.image(index, surfaces: views.surfaces(index)))
            bench.cache.write(grid.cacheData, folder: folder, name: name)
            return (grid, true)
        }
    }

    /// Fits the field to views whose features are known.
    func fit(_ views: RenderedViews, _ grids: [FeatureGrid], _ mesh: PreparedMesh) throws -> FeatureField {
        let observe = { (index: Int) in
            try ViewObservation(
                surfaces: views.surfaces(index), grid: grids[index],
                sampling: bench.settings.featureViews.style == .reference ? .reference : .every(4))
        }
        let report = { (done: Int, total: Int) in
            bench.progress(ProgressUpdate(stage: "Fitting features to the surface", done: done, total: total))
        }
        switch bench.settings.solver {
        case .exact:
            var solver = try ExactFieldSolver(mesh: mesh.scene.mesh, parallelism: bench.parallelism)
            return try solver.fit(viewCount: grids.count, progress: report, view: observe)
        case .max:
            var solver = MaximumFieldSolver(mesh: mesh.scene.mesh)
            return try solver.fit(viewCount: grids.count, progress: report, view: observe)
        case .mlp, .mlpLinear:
            var options = bench.settings.solver == .mlp ? MLPFieldSolver.Options.reference : .linearOutput
            // The published widths: 256 for 256 features, 1024 for 1024.
            options.width = max(256, grids.first?.dimension ?? 0)
            options.seed = bench.settings.seed
            var solver = try MLPFieldSolver(mesh: mesh.scene.mesh, options: options, parallelism: bench.parallelism)
            return try solver.fit(viewCount: grids.count, progress: report, view: observe)
        }
    }
}

extension CacheDirectory {
    /// The field of a folder, if it is there and of so many vertices.
    func field(folder: String, vertexCount: Int) -> FeatureField? {
        guard let values = read(folder: folder, name: "values.npy").flatMap({ try? NumPyArray(decoding: $0) }),
            let observed = read(folder: folder, name: "observed.npy").flatMap({ try? NumPyArray(decoding: $0) }),
            values.shape.count == 2, values.shape[0] == vertexCount, observed.shape == [vertexCount]
        else { return nil }
        return FeatureField(
            values: Matrix(rows: values.shape[0], columns: values.shape[1], values: values.floats()),
            observed: observed.bytes.map { $0 != 0 })
    }

    /// Stores a field in a folder.
    func write(_ field: FeatureField, folder: String) {
        write(NumPyArray(field.values.values, shape: [field.vertexCount, field.dimension]).encoded(), folder: folder, name: "values.npy")
        write(NumPyArray(field.observed, shape: [field.vertexCount]).encoded(), folder: folder, name: "observed.npy")
    }
}
