import ArgumentParser
import BSBBasics
import BSBBatch
import BSBEvaluation
import BSBResults
import BSBWorkbench
import Foundation

/// `bsb distill`: prepares a mesh so that later clicks are quick.
struct Distill: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at a mesh and keep what later clicks need, so that they are quick.",
        discussion: """
            With --manifest all meshes of a list for 'bsb batch' are prepared, several at once; one that cannot be used is told, and the \
            rest is done.
            """)

    @Argument(help: ArgumentHelp("The mesh: OBJ, OFF, PLY, STL, GLB or glTF.", valueName: "file"))
    var mesh: String?

    @Option(help: ArgumentHelp("All meshes of a list of questions, in place of one.", valueName: "file"))
    var manifest: String?

    @Option(help: ArgumentHelp("Only the meshes of one share of the list, counted from 0.", valueName: "share/shares"))
    var shard: BatchRun.Shard = .all

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
        guard (mesh == nil) != (manifest == nil) else { throw ValidationError("Give a mesh, or --manifest.") }
        guard mesh != nil || !dryRun && heldOut == nil else { throw ValidationError("--dry-run and --held-out go with one mesh.") }
        guard manifest != nil || shard == .all else { throw ValidationError("--shard goes with --manifest.") }
        if let heldOut, !(1...100_000).contains(heldOut) { throw ValidationError("--held-out must be between 1 and 100000.") }
        if dryRun, heldOut != nil { throw ValidationError("--dry-run and --held-out exclude each other.") }
        if common.caching.noCache, heldOut == nil {
            throw ValidationError("distill keeps its results in the cache; --no-cache would throw them away.")
        }
    }

    func run() throws {
        let bench = try common.workbench(
            common.settings(models.preset, meshOptions), choice: models.choice, limit: meshOptions.limit)
        if let manifest { return try prepare(BatchManifest(contentsOf: manifest), at: bench) }
        guard let mesh else { return }
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

    private func prepare(_ manifest: BatchManifest, at bench: Workbench) throws {
        var preparation = BatchPreparation(manifest, at: bench)
        preparation.progress = RateReporter("distill", of: "meshes").tell
        let summary = try preparation.run(shard)
        for problem in summary.failed { Terminal.message("bsb: \(problem.error)") }
        try common.run.finish(summary) { summary in
            let seconds = String(format: "%.1f", summary.seconds)
            return "Ready: \(summary.meshes - summary.failed.count) of \(summary.meshes) meshes, \(summary.prepared) prepared now with "
                + "\(summary.views) views, in \(seconds) s."
        }
        if !summary.failed.isEmpty { throw ExitCode(Failure.Kind.badInput.exitCode) }
    }
}
