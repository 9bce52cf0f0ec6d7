import ArgumentParser
import BSBEvaluation
import BSBLibrary
import BSBWorkbench
import Foundation

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
        return try LibraryEvaluator(in: place.open(), ground(), options: options)
    }

    func finish(
        _ experiment: LibraryEvaluator, _ records: [LibraryRecord], _ summary: LibrarySummary<LibraryEvaluator.Options>, _ head: SummaryHead
    ) throws {
        try fitting.write(summary.fitted)
    }
}

/// `bsb evaluate library-photos`: searches by photos of known kinds.
struct EvaluateLibraryPhotos: TableCommand {
    static let file = "library-photos"
    static let configuration = CommandConfiguration(
        commandName: "library-photos",
        abstract: "Measure how many of the first ten meshes that a search of a library gives are of the photo's kind.",
        discussion: """
            Example: bsb evaluate library-photos shelf --photos object-masks --kinds Training/kinds.json --searches 50 --output photos
            Photos are in folders that name their kind, each with a mask beside it (PHOTO.mask.png), in which the click is drawn. The table of \
            kinds has the folders of each and the words that meshes are called by. Writes samples.jsonl, library-photos.json and \
            library-photos.md.
            """)

    @OptionGroup var place: LibraryPlace

    @Option(help: ArgumentHelp("The folder of folders of photos.", valueName: "folder"))
    var photos: String

    @Option(help: ArgumentHelp("The table of kinds.", valueName: "file"))
    var kinds: String

    @Option(help: ArgumentHelp("Where to write samples, summary and table.", valueName: "folder"))
    var output: String

    @Option(help: ArgumentHelp("Searches in all.", valueName: "count"))
    var searches = LibraryPhotoEvaluator.Options().searches

    @Option(help: ArgumentHelp("The meshes that are compared vertex by vertex.", valueName: "count"))
    var candidates = LibraryPhotoEvaluator.Options().candidates

    @OptionGroup(title: "Models") var models: MatchingModelOptions
    @OptionGroup(title: "Running") var running: RunOptions
    @OptionGroup(title: "Running") var seeding: SeedOptions

    func validate() throws {
        guard (1...1_000_000).contains(searches) else { throw ValidationError("--searches must be between 1 and 1000000.") }
        guard candidates >= 1 else { throw ValidationError("--candidates must be at least 1.") }
    }

    func publication(command: String) throws -> PublishedSummary {
        let start = Date()
        try checkOutput(output, inputs: [kinds, models.calibration])
        var options = LibraryPhotoEvaluator.Options()
        (options.searches, options.candidates, options.seed) = (searches, candidates, seeding.seed)
        let bench = try Workbench(models.preset.settings, models.choice, running, cache: CacheDirectory(path: nil))
        let evaluator = try LibraryPhotoEvaluator(
            in: place.open(), photos: photos, KindTable(contentsOf: kinds), options: options, at: bench)
        let summary = try evaluator.run(folder: output)
        let head = SummaryHead(
            version: BSB.version, command: command, models: bench.models, settings: bench.settings,
            seconds: Date().timeIntervalSince(start))
        let published = PublishedSummary(head, summary)
        try published.write(to: output, name: Self.file)
        return published
    }
}
