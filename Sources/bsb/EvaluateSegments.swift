import ArgumentParser
import BSBEvaluation
import Foundation

/// `bsb evaluate segments`: how well clicks on meshes become their labelled parts.
struct EvaluateSegments: ExperimentCommand {
    static let file = "summary"
    static let configuration = CommandConfiguration(
        commandName: "segments",
        abstract: "Measure how well clicks on labelled meshes become their parts.",
        discussion: """
            Example: bsb evaluate segments --data labeled-meshes --split Training/split.csv --output segments
            Writes samples.jsonl, summary.json and summary.md; a run that is cut short goes on where it was.
            """)

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

    private func open() throws -> Subjects {
        try checkOutput(output)
        let settings = common.settings(presets.preset, look, liftOptions)
        var ground = try dataSet.open(at: common.workbench(settings, choice: segmenterModel.choice(presets.preset)))
        if let meshesPerCategory {
            ground.entries = Dictionary(grouping: ground.entries, by: \.category).values.flatMap { $0.prefix(meshesPerCategory) }.sorted()
        }
        return ground
    }

    func experiment() throws -> SegmentEvaluation {
        let options = try options()
        return SegmentEvaluation(try open(), options: options)
    }

    private func chosenMethods() throws -> [SegmentEvaluation.Method]? {
        guard let methods else { return nil }
        let known = SegmentEvaluation.Method.allCases.map(\.rawValue)
        _ = try chosenNames(methods, among: known, "choosing methods") { "there is no method '\($0)'" }
        return methods.split(separator: ",").compactMap { SegmentEvaluation.Method(rawValue: String($0)) }
    }

    private func options() throws -> SegmentEvaluation.Options {
        var options = SegmentEvaluation.Options()
        if let methods = try chosenMethods() { options.methods = methods }
        options.corrections = corrections
        options.partsPerMesh = parts
        if let prompts {
            options.fast.limit(prompts: prompts)
            options.reference.limit(prompts: prompts)
        }
        if let steps { options.fast.training.steps = steps }
        if let referenceSteps { options.reference.training.steps = referenceSteps }
        return options
    }
}
