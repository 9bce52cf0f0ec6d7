import ArgumentParser
import Basics
import Foundation
import SegmentationBuddies

/// `bsb distill`: prepares a mesh so that later clicks are quick.
struct Distill: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at a mesh and keep what later clicks need, so that they are quick.")

    @Argument(help: ArgumentHelp("The mesh: OBJ, OFF, PLY, STL, GLB or glTF.", valueName: "file"))
    var mesh: String

    @Flag(help: "Only say what it would cost: encodings, multiply-adds and time on this machine, for each choice of models.")
    var dryRun = false

    @OptionGroup(title: "Mesh") var meshOptions: MeshOptions
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    func validate() throws {
        if common.noCache { throw ValidationError("distill keeps its results in the cache; --no-cache would throw them away.") }
    }

    func run() throws {
        var settings = models.preset.settings
        settings.seed = common.seed
        meshOptions.apply(to: &settings)
        let bench = try common.workbench(settings, models: models)
        if dryRun {
            let plan = try CostPlan(at: bench)
            return try common.json ? Terminal.result(json: plan) : Terminal.result(plan.table)
        }
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
