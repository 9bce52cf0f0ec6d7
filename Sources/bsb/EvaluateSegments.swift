import ArgumentParser
import Basics
import Foundation
import InteractiveSegmentation
import SegmentationBuddies

/// `bsb evaluate segments`: how well clicks on meshes become their labelled parts.
struct EvaluateSegments: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segments",
        abstract: "Measure how well clicks on labelled meshes become their parts.",
        discussion:
            "Beside each mesh NAME.off lies NAME_labels.txt: lines with a part's name, each followed by a line with its faces from 1.")

    @Argument(help: ArgumentHelp("Labelled meshes.", valueName: "file"))
    var meshes: [String]

    @Option(
        help: ArgumentHelp("What to measure: lift, reference, fast, ball; all by default. May be given several times.", valueName: "name"))
    var method: [SegmentEvaluation.Method] = []

    @Option(help: ArgumentHelp("Clicks after the first.", valueName: "count"))
    var corrections = 5

    @Option(help: ArgumentHelp("The most parts of a mesh.", valueName: "count"))
    var parts = 8

    @Option(help: ArgumentHelp("The most prompts with one click that a decoder learns from.", valueName: "count"))
    var prompts: Int?

    @Option(help: ArgumentHelp("The most steps of training of the small decoder.", valueName: "count"))
    var steps: Int?

    @Option(help: ArgumentHelp("The most steps of training of the decoder of the published sizes.", valueName: "count"))
    var referenceSteps: Int?

    @Option(help: ArgumentHelp("Where to write evaluation.json and table.md.", valueName: "folder"))
    var output: String?

    @OptionGroup(title: "Mesh") var meshOptions: MeshOptions
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    func validate() throws {
        guard (0...100).contains(corrections), parts >= 1, [prompts, steps, referenceSteps].allSatisfy({ $0 ?? 1 >= 1 }) else {
            throw ValidationError("Counts must be at least 1, and --corrections from 0 to 100.")
        }
    }

    func run() throws {
        var settings = models.preset.settings
        settings.seed = common.seed
        meshOptions.apply(to: &settings)
        let files = meshes.map { mesh in
            (mesh: mesh, labels: URL(fileURLWithPath: mesh).deletingPathExtension().path + "_labels.txt")
        }
        let document = try SegmentEvaluation(at: common.workbench(settings, models: models), options: options).run(files)
        if let output {
            try AtomicFile.write(JSONText.data(document), to: "\(output)/evaluation.json", operation: "writing the results")
            try AtomicFile.write(document.table + "\n", to: "\(output)/table.md", operation: "writing the results")
        }
        if common.json { try Terminal.result(json: document) } else { Terminal.result(document.table) }
    }

    private var options: SegmentEvaluation.Options {
        var options = SegmentEvaluation.Options()
        if !method.isEmpty { options.methods = method }
        options.corrections = corrections
        options.partsPerMesh = parts
        if let prompts { options.plan.sampling.maximumPrompts = prompts }
        if let steps { options.plan.training.steps = steps }
        if let referenceSteps { options.referenceSteps = referenceSteps }
        return options
    }
}

extension SegmentEvaluation.Method: ExpressibleByArgument {}
