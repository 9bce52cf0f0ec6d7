import ArgumentParser
import BSBBasics
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
    func open(calibration: String? = nil, features: GivenFeatures? = nil) throws -> Subjects {
        try checkOutput(output)
        var choice = models.choice
        choice.calibration = calibration
        let bench = try common.workbench(settings, choice: choice)
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

/// A command that makes a table.
protocol TableCommand: ParsableCommand {
    /// The name of the summary's files, without their endings.
    static var file: String { get }
    /// Where results are written.
    var output: String { get }
    /// How they are told.
    var running: RunOptions { get }

    /// Makes the table, or goes on with it, and writes it; `command` is how it was asked for.
    func publication(command: String) throws -> Summary
}

extension TableCommand {
    func run() throws { try publish() }

    /// Makes, writes and prints the table.
    func publish() throws {
        let published = try publication(command: RunOptions.commandLine)
        try running.finish(published) { $0.table }
    }
}

/// A command that runs an experiment, or goes on with it, and publishes what it comes to.
protocol ExperimentCommand: TableCommand {
    associatedtype Measurement: Experiment

    /// What is measured, with models and data opened.
    func experiment() throws -> Measurement
    /// What is made of the records beside the summary, before that is written.
    func finish(_ experiment: Measurement, _ records: [Measurement.Record], _ summary: Summary, _ head: SummaryHead) throws
}

extension ExperimentCommand {
    static var file: String { Measurement.name }

    /// A command that is called as its experiment, and says what it writes.
    static func configured(_ abstract: String, _ example: String? = nil, more: String? = nil) -> CommandConfiguration {
        let files = "Writes samples.jsonl, \(file).json and \(file).md; a run that is cut short goes on where it was."
        return CommandConfiguration(
            commandName: Measurement.name, abstract: abstract, discussion: [example, files, more].compactMap { $0 }.joined(separator: "\n"))
    }

    func finish(_ experiment: Measurement, _ records: [Measurement.Record], _ summary: Summary, _ head: SummaryHead) throws {}

    func publication(command: String) throws -> Summary {
        let start = Date()
        let experiment = try experiment()
        let measured = try experiment.run(folder: output)
        let head = SummaryHead(
            version: BSB.version, command: command, models: experiment.models, settings: experiment.bench.settings,
            seconds: Date().timeIntervalSince(start), skipped: measured.skipped)
        var summary = experiment.summary(of: measured.records)
        summary.head = head
        try finish(experiment, measured.records, summary, head)
        try summary.write(to: output, name: Self.file)
        return summary
    }
}

/// A command whose experiment has the usual options.
protocol MeasuringCommand: ExperimentCommand {
    var given: MeasurementOptions { get }
    /// Opens models and shapes.
    func open() throws -> Subjects
}

extension MeasuringCommand {
    var output: String { given.output }
    var running: RunOptions { given.common.run }

    func open() throws -> Subjects { try given.open() }
}

extension RunOptions {
    /// The command as it was given.
    static var commandLine: String { (["bsb"] + CommandLine.arguments.dropFirst()).joined(separator: " ") }
}

/// A measurement of answers, which a calibration may refuse.
protocol MatchingCommand: MeasuringCommand {
    var calibrated: CalibrationOptions { get }
}

extension MatchingCommand {
    func open() throws -> Subjects { try given.open(calibration: self.calibrated.calibration) }
}

/// An experiment that a calibration can be fitted to.
protocol FittingCommand: ExperimentCommand {
    var fitting: FitOptions { get }
}

extension FittingCommand {
    func finish(_ experiment: Measurement, _ records: [Measurement.Record], _ summary: Summary, _ head: SummaryHead) throws {
        try fitting.write(summary["fitted"])
    }
}

/// The names in a list with commas, each of which has to be one of those known.
///
/// Throws `Failure(.usage)` that names the first that is not, as `unknown` says it.
func chosenNames(_ list: String, among known: [String], _ operation: String, unknown: (String) -> String) throws -> Set<String> {
    let names = list.split(separator: ",").map(String.init)
    if let stranger = names.first(where: { !known.contains($0) }) {
        throw Failure(.usage, operation, reason: unknown(stranger), hint: "there are \(known.joined(separator: ", "))")
    }
    return Set(names)
}
