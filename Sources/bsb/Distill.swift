import ArgumentParser
import BSBEvaluation
import BSBResults
import BSBWorkbench
import Foundation

/// `bsb distill`: prepares a mesh so that later clicks are quick.
struct Distill: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at a mesh and keep what later clicks need, so that they are quick.")

    @Argument(help: ArgumentHelp("The mesh: OBJ, OFF, PLY, STL, GLB or glTF.", valueName: "file"))
    var mesh: String

    @Flag(help: "Only say what it would cost: encodings, multiply-adds and time on this machine, for each choice of models.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "Only say how well features render to so many further views, by each solver or the one named.",
            valueName: "count"))
    var heldOut: Int?

    @OptionGroup(title: "Mesh") var meshOptions: MeshOptions
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    func validate() throws {
        if let heldOut, !(1...100_000).contains(heldOut) { throw ValidationError("--held-out must be between 1 and 100000.") }
        if dryRun, heldOut != nil { throw ValidationError("--dry-run and --held-out exclude each other.") }
        if common.caching.noCache, heldOut == nil {
            throw ValidationError("distill keeps its results in the cache; --no-cache would throw them away.")
        }
    }

    func run() throws {
        let bench = try common.workbench(
            common.settings(models.preset, meshOptions), choice: models.choice, limit: meshOptions.limit)
        if dryRun {
            let plan = try CostPlan(at: bench)
            return try common.json ? Terminal.result(json: plan) : Terminal.result(plan.table)
        }
        if let heldOut {
            let comparison = try SolverComparison(
                of: OpenMesh(contentsOf: mesh, at: bench), solvers: meshOptions.solver.map { [$0] } ?? SolverKind.allCases,
                heldOut: heldOut, at: bench)
            return try common.json ? Terminal.result(json: comparison) : Terminal.result(comparison.table)
        }
        tellMissing([mesh])
        let document = try DistillJob(at: bench).run(mesh: mesh)
        if common.json {
            try Terminal.result(json: document)
        } else {
            let seconds = String(format: "%.1f", document.seconds)
            Terminal.result(
                "Ready: \(document.vertices) vertices, \(document.featureViews) feature views and \(document.segmenterViews) segmenter views "
                    + "in \(seconds) s.")
        }
    }
}
