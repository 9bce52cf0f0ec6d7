import ArgumentParser
import BSBEvaluation
import BSBLibrary
import BSBWorkbench

/// `bsb evaluate library`: searches whose right answers are known.
struct EvaluateLibrary: ExperimentCommand {
    static let configuration = CommandConfiguration(
        commandName: "library",
        abstract: "Measure how many of the first ten meshes that a search of a library gives have the clicked part.",
        discussion: """
            Example: bsb library add shelf labeled-meshes
                     bsb evaluate library shelf --data labeled-meshes --split Training/split.csv --searches 50 --output library
            Writes samples.jsonl, library.json and library.md; a run that is cut short goes on where it was.
            """)

    @OptionGroup var place: LibraryPlace
    @OptionGroup(title: "Meshes") var dataSet: DataSetOptions

    @Option(help: ArgumentHelp("Where to write samples, summaries and tables.", valueName: "folder"))
    var output: String

    @Option(help: ArgumentHelp("Searches in all.", valueName: "count"))
    var searches = LibraryEvaluator.Options().searches

    @Option(help: ArgumentHelp("Width and height of photos.", valueName: "pixels"))
    var photoSize = LibraryEvaluator.Options().photoSize

    @Option(help: ArgumentHelp("The meshes that are compared vertex by vertex.", valueName: "count"))
    var candidates = LibraryEvaluator.Options().candidates

    @Flag(help: "Take parts of one name for the same in all categories.")
    var acrossCategories = false

    @OptionGroup(title: "Output") var fitting: FitOptions

    @OptionGroup(title: "Models") var models: MatchingModelOptions
    @OptionGroup(title: "Running") var running: RunOptions
    @OptionGroup(title: "Running") var seeding: SeedOptions

    func validate() throws {
        guard (1...1_000_000).contains(searches) else { throw ValidationError("--searches must be between 1 and 1000000.") }
        guard (32...4096).contains(photoSize) else { throw ValidationError("--photo-size must be between 32 and 4096.") }
        guard candidates >= 1 else { throw ValidationError("--candidates must be at least 1.") }
    }

    func open() throws -> Subjects {
        try checkOutput(output)
        return try dataSet.open(at: Workbench(models.preset.settings, models.choice, running, cache: CacheDirectory(path: nil)))
    }

    func experiment(on ground: @autoclosure () throws -> Subjects) throws -> LibraryEvaluator {
        try fitting.check()
        var options = LibraryEvaluator.Options()
        (options.searches, options.photoSize, options.seed) = (searches, photoSize, seeding.seed)
        (options.candidates, options.crossesCategories) = (candidates, acrossCategories)
        return try LibraryEvaluator(in: MeshLibrary(opening: place.library), ground(), options: options)
    }

    func finish(_ experiment: LibraryEvaluator, _ records: [LibraryRecord], _ summary: LibrarySummary, _ head: SummaryHead) throws {
        try fitting.write(summary.fitted)
    }
}
