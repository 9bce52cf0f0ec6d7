import ArgumentParser
import BSBEvaluation
import BSBPhotography
import BSBWorkbench
import Foundation

/// What every measurement of matching on labelled meshes is given.
struct MeasurementOptions: ParsableArguments {
    @OptionGroup(title: "Meshes") var dataSet: DataSetOptions

    @Option(help: ArgumentHelp("Where to write samples, summaries and tables.", valueName: "folder"))
    var output: String

    @OptionGroup(title: "Views") var views: ViewOptions
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    var settings: Settings { common.settings(models.preset, views) }

    /// Opens the models and the shapes, if results can be written.
    func open(features: StoredFeatures? = nil) throws -> Subjects {
        try checkOutput(output)
        let bench = try common.workbench(settings, choice: models.choice)
        return try dataSet.open(at: bench, features: features)
    }
}

/// Clicks in rendered photos: how many, of what, how drawn.
struct ClickOptions: ParsableArguments {
    @OptionGroup var sampling: SamplingOptions

    @Option(name: .customLong("protocol"), help: "Whose photo is clicked: one of the mesh itself, or one of another shape of its category.")
    var protocolKind = EvaluationOptions.ProtocolKind.same

    @OptionGroup var sharing: SharedPhotoOptions

    /// The options of an evaluation with these.
    func evaluation(seed: UInt64, clicksPerPhoto: Int) -> EvaluationOptions {
        var options = sampling.evaluation(seed: seed)
        (options.protocolKind, options.clicksPerPhoto) = (protocolKind, sharing.clicksPerPhoto ?? clicksPerPhoto)
        return options
    }
}

/// A command that runs an experiment, or goes on with it, and publishes what it comes to.
protocol ExperimentCommand: ParsableCommand {
    associatedtype Measurement: Experiment

    /// The name of the summary's files, without their endings.
    static var file: String { get }
    /// Where results are written.
    var output: String { get }
    /// How they are told.
    var running: RunOptions { get }
    /// Opens models and shapes.
    func open() throws -> Subjects
    /// What is measured.
    func experiment(on ground: @autoclosure () throws -> Subjects) throws -> Measurement
    /// What is made of the records beside the summary, before that is written.
    func finish(_ experiment: Measurement, _ records: [Measurement.Record], _ summary: Measurement.Outcome, _ head: SummaryHead) throws
}

extension ExperimentCommand {
    static var file: String { Measurement.name }

    func finish(_ experiment: Measurement, _ records: [Measurement.Record], _ summary: Measurement.Outcome, _ head: SummaryHead) throws {}

    func run() throws { try measure() }

    /// Measures and publishes.
    func measure() throws {
        let start = Date()
        let experiment = try experiment(on: open())
        let measured = try experiment.run(folder: output)
        let summary = experiment.summary(of: measured.records)
        let head = SummaryHead(
            version: BSB.version, command: RunOptions.commandLine, models: experiment.models, settings: experiment.ground.bench.settings,
            seconds: Date().timeIntervalSince(start), skipped: measured.skipped)
        try finish(experiment, measured.records, summary, head)
        try running.publish(PublishedSummary(head, summary), to: output, as: Self.file)
    }
}

/// A command whose experiment has the usual options.
protocol MeasuringCommand: ExperimentCommand {
    var given: MeasurementOptions { get }
}

extension MeasuringCommand {
    var output: String { given.output }
    var running: RunOptions { given.common.run }

    func open() throws -> Subjects { try given.open() }
}

extension RunOptions {
    /// The command as it was given.
    static var commandLine: String { (["bsb"] + CommandLine.arguments.dropFirst()).joined(separator: " ") }

    /// Writes a summary and its table to a folder, and prints it.
    func publish(_ summary: PublishedSummary, to folder: String, as name: String) throws {
        try summary.write(to: folder, name: name)
        try finish(summary) { $0.table }
    }
}
