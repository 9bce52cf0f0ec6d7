import ArgumentParser
import BSBBasics
import BSBEvaluation
import BSBWorkbench
import Foundation

/// `bsb evaluate questions`: what other methods are asked.
struct EvaluateQuestions: ExperimentCommand {
    static let configuration = CommandConfiguration(
        commandName: "questions", abstract: "Write photos, meshes and clicks for other methods to answer.",
        discussion: """
            Example: bsb evaluate questions --data labeled-meshes --split Training/split.csv --samples 1000 --output questions
            Writes samples.jsonl, photos/NUMBER.png and meshes/CATEGORY/ID.obj: the questions of bsb evaluate with the same data, split, seed \
            and clicks, by the same numbers. A run that is cut short goes on where it was.
            """)

    @OptionGroup(title: "Meshes") var dataSet: DataSetOptions
    @OptionGroup(title: "Clicks") var clicks: ClickOptions

    @Option(help: ArgumentHelp("Where to write.", valueName: "folder"))
    var output: String

    @OptionGroup(title: "Running") var running: RunOptions
    @OptionGroup(title: "Running") var seeding: SeedOptions

    func experiment() throws -> QuestionExport {
        try checkOutput(output)
        let ground = try dataSet.open(at: Workbench(Settings(), ModelChoice(), running, cache: CacheDirectory(path: nil)))
        let options = clicks.evaluation(seed: seeding.seed, clicksPerPhoto: SharedPhotoOptions.usual)
        return QuestionExport(of: Evaluator(ground, options: options), to: output)
    }
}

/// `bsb evaluate score`: answers of other methods.
struct EvaluateScore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score", abstract: "Judge the answers of any method to the questions of a run.",
        discussion: """
            Example: bsb evaluate score mine.jsonl --run questions --data labeled-meshes --split Training/split.csv --output score
            A line of the file is an answer: {"sample": 7, "vertex": 1204}, or {"sample": 7, "face": 88}, or {"sample": 7} where there is none. \
            The method has the file's name unless lines have "method". Every sample of samples.jsonl has a line. \
            The methods of the run stand beside it. docs/your-own-method.md has an example from beginning to end.
            """)

    @Argument(help: ArgumentHelp("Files of answers.", valueName: "jsonl"))
    var answers: [String]

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("The questions: the output of bsb evaluate, evaluate photos or evaluate questions.", valueName: "folder"))
    var folder: String

    @OptionGroup(title: "Meshes") var dataSet: DataSetOptions

    @Option(help: ArgumentHelp("Where to write summary.json and summary.md; nowhere by default.", valueName: "folder"))
    var output: String?

    @OptionGroup(title: "Running") var running: RunOptions

    func run() throws {
        let start = Date()
        if let output { try checkOutput(output) }
        let (questions, sheets) = (try QuestionFolder(contentsOf: folder), try answers.map { try AnswerSheet(contentsOf: $0) })
        let bench = try Workbench(questions.settings, ModelChoice(), running, cache: CacheDirectory(path: nil))
        let judged = try questions.judged(by: sheets, on: dataSet.open(at: bench))
        var summary = questions.summary(of: judged.records)
        summary.head = SummaryHead(
            version: BSB.version, command: RunOptions.commandLine, models: questions.models, settings: questions.settings,
            seconds: Date().timeIntervalSince(start), skipped: judged.skipped)
        try output.map { try summary.write(to: $0, name: "summary") }
        try running.finish(summary) { $0.table }
    }
}
