import BSBBackbones
import BSBBasics
import BSBDistillation
import BSBRendering
import BSBWorkbench
import Foundation

/// How well the fields of several solvers, fitted to the same views, render to the features of views that none of them saw.
///
/// The error is the one that the solvers minimise (the paper's rendering loss), on new views.
package struct SolverComparison: Sendable, Codable {
    /// One solver.
    package struct Row: Sendable, Codable {
        /// The solver.
        package var solver: SolverKind
        /// The mean squared difference for each covered sample and component of held-out views.
        package var meanSquaredError: Double
        /// The mean cosine between rendered features and a held-out view's.
        package var meanCosine: Double
        /// The mean squared difference on the views that were fitted.
        package var fittedMeanSquaredError: Double
        /// The time that the fit took, without the views' features.
        package var seconds: Double
    }

    /// The mesh file, as it was named.
    package var mesh: String
    /// SHA-256 of the mesh file.
    package var hash: String
    /// The number of vertices.
    package var vertices: Int
    /// Views that were fitted.
    package var fittedViews: Int
    /// Views that were held out.
    package var heldOutViews: Int
    /// Samples of held-out views that were compared.
    package var samples: Int
    /// The feature extractor.
    package var model: ModelIdentity
    /// The seed of views and networks.
    package var seed: UInt64
    /// The solvers, in the order in which they were named.
    package var rows: [Row]

    /// Fits the mesh by each of `solvers` under the settings of `bench`, and compares on `heldOut` further views.
    ///
    /// Held-out views are random: uniform on the sphere, or the next ones of the published sequence where that is what is fitted. Nothing is
    /// kept in the cache.
    ///
    /// Complexity: that of `FeatureDistiller` for each solver; all views' features are in memory.
    /// - Throws: `Failure` if the model cannot be run or no view shows the mesh.
    package init(of mesh: OpenMesh, solvers: [SolverKind], heldOut: Int, at bench: Workbench) throws {
        let plan = bench.settings.featureViews
        let views = RenderedViews(of: mesh, plan: plan, seed: bench.settings.seed)
        let cameras = Self.heldOutCameras(heldOut, plan, seed: bench.settings.seed)
        let others = RenderedViews(scene: mesh.scene, plan: plan, cameras: cameras, colors: mesh.colors)
        let fitted = try Self.grids(views, "Looking at the mesh, to lift features", bench)
        let unseen = try Self.grids(others, "Looking at held-out views", bench)
        let compare = { (field: FeatureField, views: RenderedViews, grids: [FeatureGrid]) in
            var evaluation = try FieldEvaluation(field: field, mesh: mesh.fitted, parallelism: bench.parallelism)
            for (index, grid) in grids.enumerated() {
                try evaluation.add(ViewObservation(surfaces: views.surfaces(index), grid: grid, sampling: .every(4)))
            }
            return evaluation
        }
        var compared = 0
        rows = try solvers.map { solver in
            var bench = bench
            bench.settings.solver = solver
            var watch = Stopwatch()
            let field = try watch.measure("fit") { try FeatureDistiller(at: bench).fit(views, fitted, mesh) }
            let (seen, new) = (try compare(field, views, fitted), try compare(field, others, unseen))
            compared = new.sampleCount
            return Row(
                solver: solver, meanSquaredError: new.meanSquaredError, meanCosine: new.meanCosine,
                fittedMeanSquaredError: seen.meanSquaredError, seconds: watch.seconds.values.reduce(0, +))
        }
        (self.mesh, hash, vertices, samples) = (mesh.path, mesh.hash, mesh.mesh.vertices.count, compared)
        (fittedViews, heldOutViews) = (fitted.count, unseen.count)
        (model, seed) = (bench.extractor.identity, bench.settings.seed)
    }

    /// The rows as lines of text.
    package var table: String {
        let lines = rows.map { row in
            [
                row.solver.rawValue, String(format: "%.3e", row.meanSquaredError), String(format: "%.4f", row.meanCosine),
                String(format: "%.3e", row.fittedMeanSquaredError), String(format: "%.1f", row.seconds),
            ]
        }
        let head = "\(vertices) vertices; \(fittedViews) views fitted, \(heldOutViews) held out, \(samples) samples compared.\n"
        return head + TextTable.aligned([["solver", "held-out MSE", "held-out cosine", "fitted MSE", "seconds"]] + lines)
    }

    /// Cameras that are not among those of the plan.
    static func heldOutCameras(_ count: Int, _ plan: ViewPlan, seed: UInt64) -> [Camera] {
        let isReference = plan.style == .reference
        let sampler = ViewSampler(isReference ? .reference : .uniformSphere, seed: seed)
        return (0..<count).map { sampler.camera(isReference ? plan.count + $0 : $0) }
    }

    private static func grids(_ views: RenderedViews, _ stage: String, _ bench: Workbench) throws -> [FeatureGrid] {
        let extractor = try bench.viewExtractor
        return try bench.stage(stage, views.cameras.count) { index in
            try extractor.features(of: views.image(index, surfaces: views.surfaces(index)))
        }
    }
}
