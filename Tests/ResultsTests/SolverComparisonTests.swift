import BSBDistillation
import BSBRendering
import Testing

@testable import BSBAnswering
@testable import BSBEvaluation
@testable import BSBResults
@testable import BSBWorkbench

@Suite struct SolverComparisonTests {
    @Test func solversAreComparedOnTheSameHeldOutViews() throws {
        let bench = PipelineTests.bench()
        let mesh = try OpenMesh(PipelineTests.shape.get().mesh, name: "mug.obj", hash: "m")
        let solvers = [SolverKind.exact, .mlpLinear, .max]
        let comparison = try SolverComparison(of: mesh, solvers: solvers, heldOut: 3, at: bench)
        #expect(comparison.rows.map(\.solver) == solvers)
        #expect((comparison.fittedViews, comparison.heldOutViews) == (10, 3))

        // What it says of the exact solver, by the public parts.
        var evaluation = try FieldEvaluation(field: FeatureDistiller(at: bench).field(of: mesh), mesh: mesh.scene.mesh)
        let plan = bench.settings.featureViews
        let views = RenderedViews(scene: mesh.scene, plan: plan, cameras: SolverComparison.heldOutCameras(3, plan, seed: 0))
        for index in 0..<3 {
            let surfaces = views.surfaces(index)
            let grid = try bench.extractor.features(of: views.image(index, surfaces: surfaces))
            try evaluation.add(ViewObservation(surfaces: surfaces, grid: grid, sampling: .every(4)))
        }
        #expect(comparison.samples == evaluation.sampleCount && evaluation.sampleCount > 1000)
        #expect(comparison.rows[0].meanSquaredError == evaluation.meanSquaredError)
        #expect(comparison.rows[0].meanCosine == evaluation.meanCosine)

        // Only the exact solver minimises this error (its smoothness, a little of it, aside).
        for row in comparison.rows.dropFirst() {
            #expect(comparison.rows[0].fittedMeanSquaredError <= row.fittedMeanSquaredError * 1.001, "\(row)")
        }
        let lines = comparison.table.split(separator: "\n")
        #expect(lines[0] == "\(comparison.vertices) vertices; 10 views fitted, 3 held out, \(comparison.samples) samples compared.")
        #expect(lines.count == 5 && lines[3].hasPrefix("mlp-linear  "))
    }

    @Test(arguments: ViewPlan.Style.allCases) func heldOutViewsAreNotFitted(style: ViewPlan.Style) throws {
        let plan = ViewPlan(count: 12, size: 64, style: style)
        let mesh = try OpenMesh(PipelineTests.shape.get().mesh, name: "mug.obj", hash: "m")
        let fitted = RenderedViews(of: mesh, plan: plan, seed: 4).cameras
        let others = SolverComparison.heldOutCameras(30, plan, seed: 4)
        for camera in others { #expect(fitted.allSatisfy { length($0.eye - camera.eye) > 1e-3 }) }
    }

    private func length(_ v: SIMD3<Float>) -> Float { (v * v).sum().squareRoot() }
}
