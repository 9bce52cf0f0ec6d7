import ArgumentParser
import BSBEvaluation
import Foundation

/// `bsb evaluate segments`: how well clicks on meshes become their labelled parts.
struct EvaluateSegments: ExperimentCommand {
    static let file = "summary"
    static let configuration = configured(
        "Measure how well clicks on labelled meshes become their parts.",
        "Example: bsb evaluate segments --data labeled-meshes --split Training/split.csv --output segments")

    @OptionGroup(title: "Meshes") var dataSet: DataSetOptions

    @Option(help: ArgumentHelp("The most meshes of a category, the first ones; all by default.", valueName: "count"))
    var meshesPerCategory: Int?

    @Option(help: ArgumentHelp("What to measure, separated by commas; all by default.", valueName: "names"))
    var methods: String?

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

    @Option(help: ArgumentHelp("Where to write the results.", valueName: "folder"))
    var output: String

    @OptionGroup(title: "Views") var look: MeshLookOptions
    @OptionGroup(title: "Lifting") var liftOptions: LiftOptions
    @OptionGroup(title: "Models") var presets: PresetOptions
    @OptionGroup(title: "Models") var segmenterModel: SegmenterModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    func validate() throws {
        guard (0...100).contains(corrections), parts >= 1,
            [prompts, steps, referenceSteps, meshesPerCategory].allSatisfy({ $0 ?? 1 >= 1 })
        else { throw ValidationError("Counts must be at least 1, and --corrections from 0 to 100.") }
    }

    var running: RunOptions { common.run }

    func experiment() throws -> SegmentEvaluation {
        var options = SegmentEvaluation.Options()
        if let methods {
            let known = SegmentEvaluation.Method.allCases.map(\.rawValue)
            _ = try chosenNames(methods, among: known, "choosing methods") { "there is no method '\($0)'" }
            options.methods = methods.split(separator: ",").compactMap { SegmentEvaluation.Method(rawValue: String($0)) }
        }
        (options.corrections, options.partsPerMesh) = (corrections, parts)
        if let prompts {
            options.fast.limit(prompts: prompts)
            options.reference.limit(prompts: prompts)
        }
        if let steps { options.fast.training.steps = steps }
        if let referenceSteps { options.reference.training.steps = referenceSteps }
        try checkOutput(output)
        let settings = common.settings(presets.preset, look, liftOptions)
        var ground = try dataSet.open(at: common.workbench(settings, choice: segmenterModel.choice(presets.preset)))
        if let meshesPerCategory {
            ground.entries = Dictionary(grouping: ground.entries, by: \.category).values.flatMap { $0.prefix(meshesPerCategory) }.sorted()
        }
        return SegmentEvaluation(ground, options: options)
    }
}
