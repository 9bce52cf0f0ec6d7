import ArgumentParser
import BSBBasics
import BSBBatch
import BSBWorkbench
import Foundation

/// `bsb batch`: many questions from a list.
struct Batch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer a list of questions: photos, clicks and meshes, one JSON object a line.",
        discussion: """
            Examples: bsb batch rows.jsonl --output out
                      bsb batch rows.jsonl --output out --keep-going --shard 3/8
                      producer | bsb batch - | consumer
            A line is {"id": "a", "photo": "mug.jpg", "mesh": "cup.obj", "click": [310, 220]}, with "mask" or "box" in place of "click", and
            optionally "object", "positive", "negative" and "options" ("level", "minExistence", "allPieces"). Paths are relative to the
            manifest, or to the working directory for '-'. Each id gets exactly one line: an answer, or an error with its code. Run again, the
            command goes on where it was ended. With '-' lines are answered as they come.
            """)

    @Argument(help: ArgumentHelp("The list, or '-' for standard input.", valueName: "file"))
    var manifest: String

    @Option(help: ArgumentHelp("Where to write results.jsonl, and files of the answers.", valueName: "folder"))
    var output: String?

    @Option(help: "What is written of each answer: nothing, the part as arrays, or all that 'bsb match' writes; by default the arrays.")
    var files: BatchFiles?

    @Option(help: "Which indices of the part go into its line.")
    var selection = BatchSelection.nothing

    @Option(help: ArgumentHelp("Only the meshes of one share, counted from 0.", valueName: "share/shares"))
    var shard: BatchRun.Shard = .all

    @Flag(help: "Note rows that fail as errors and go on.")
    var keepGoing = false

    @Flag(help: "Try rows again that ended in an error in an earlier run.")
    var retry = false

    @Option(help: ArgumentHelp("The most time for a row; it ends at the next step of the work.", valueName: "seconds"))
    var rowLimit: Double?

    @OptionGroup(title: "Matching") var rule: MatchingRuleOptions
    @OptionGroup(title: "Parts") var parts: PartOptions
    @OptionGroup(title: "Mesh") var meshOptions: MeshOptions
    @OptionGroup(title: "Mesh") var upright: UprightOptions
    @OptionGroup(title: "Models") var models: MatchingModelOptions
    @OptionGroup(title: "Running") var common: CommonOptions

    func validate() throws {
        if let rowLimit, !(rowLimit > 0 && rowLimit < 1e7) { throw ValidationError("--row-limit must be a number of seconds above 0.") }
        if manifest == "-" {
            guard shard == .all, !keepGoing, !retry else {
                throw ValidationError("--shard, --keep-going and --retry go with a file; '-' answers every line.")
            }
            guard output != nil || (files ?? .nothing) == .nothing else { throw ValidationError("--files needs --output.") }
        } else if output == nil {
            throw ValidationError("Give --output, the folder for the results.")
        }
    }

    func run() throws {
        try checkOutput(output, inputs: manifest == "-" ? [] : [manifest])
        let settings = common.settings(models.preset, meshOptions, upright, rule, parts)
        var options = BatchAnswering.Options()
        (options.output, options.selection, options.limit) = (output, selection, rowLimit)
        options.files = files ?? (output == nil ? .nothing : .labels)
        if manifest == "-" { return try stream(settings, options) }
        let list = try BatchManifest(contentsOf: manifest)
        var run = try BatchRun(
            list, at: try common.workbench(settings, choice: models.choice, limit: meshOptions.limit), options: options,
            output: output ?? "")
        (run.keepsGoing, run.retries) = (keepGoing, retry)
        run.progress = RateReporter("batch", of: "rows").tell
        let summary = try run.run(shard)
        if common.json {
            try Terminal.result(json: summary)
        } else {
            Terminal.result(
                "\(summary.answered) rows answered now, \(summary.known) before: \(summary.found) found, \(summary.none) without the part, "
                    + "\(summary.errors) errors."
                    + (summary.isComplete ? " See \(output ?? "")/results.jsonl." : " Other shares are not done yet."))
        }
        if summary.errors > 0 { throw ExitCode(Failure.Kind.badInput.exitCode) }
    }

    private func stream(_ settings: Settings, _ options: BatchAnswering.Options) throws {
        let bench = try common.workbench(settings, choice: models.choice, limit: meshOptions.limit)
        let folder = FileManager.default.currentDirectoryPath
        var stream = BatchStream(BatchAnswering(at: bench, folder: folder, options: options))
        while let line = readLine() {
            if let answer = stream.answer(line) { try Terminal.result(line: answer) }
        }
    }
}

extension BatchFiles: ExpressibleByArgument {}
extension BatchSelection: ExpressibleByArgument {}

/// A share given as `0/8`.
extension BatchRun.Shard: ExpressibleByArgument {
    /// Reads what the user typed.
    public init?(argument: String) {
        let numbers = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let index = numbers[0], let count = numbers[1], count > 0, (0..<count).contains(index) else { return nil }
        self.init(index: index, count: count)
    }

    package var defaultValueDescription: String { "\(index)/\(count)" }
}
