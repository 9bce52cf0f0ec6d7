import ArgumentParser
import BSBEvaluation
import BSBLibrary
import BSBWorkbench

/// What searches of a library are measured with.
struct SearchOptions: ParsableArguments {
    @OptionGroup var place: LibraryPlace

    @Option(help: ArgumentHelp("Where to write samples, summaries and tables.", valueName: "folder"))
    var output: String

    @Option(help: ArgumentHelp("Searches in all.", valueName: "count"))
    var searches = LibraryEvaluator.Options().searches

    @Option(help: ArgumentHelp("The meshes that are compared vertex by vertex.", valueName: "count"))
    var candidates = LibraryEvaluator.Options().candidates

    @OptionGroup(title: "Models") var models: MatchingModelOptions
    @OptionGroup(title: "Running") var running: RunOptions
    @OptionGroup(title: "Running") var seeding: SeedOptions

    func validate() throws {
        guard (1...1_000_000).contains(searches) else { throw ValidationError("--searches must be between 1 and 1000000.") }
        guard candidates >= 1 else { throw ValidationError("--candidates must be at least 1.") }
    }

    /// What searches are made with; a library keeps what is made of meshes.
    func workbench() throws -> Workbench {
        try Workbench(models.preset.settings, models.choice, running, cache: CacheDirectory(path: nil))
    }
}

/// `bsb evaluate library`: searches whose right answers are known.
struct EvaluateLibrary: FittingCommand {
    static let configuration = configured(
        "Measure how many of the first ten meshes that a search of a library gives have the clicked part.",
        """
        Example: bsb library add shelf labeled-meshes
                 bsb evaluate library shelf --data labeled-meshes --split Training/split.csv --searches 50 --output library
        """)

    @OptionGroup var searching: SearchOptions
    @OptionGroup(title: "Meshes") var dataSet: DataSetOptions

    @Option(help: ArgumentHelp("Width and height of photos.", valueName: "pixels"))
    var photoSize = LibraryEvaluator.Options().photoSize

    @Flag(help: "Take parts of one name for the same in all categories.")
    var acrossCategories = false

    @OptionGroup(title: "Output") var fitting: FitOptions

    func validate() throws {
        guard (32...4096).contains(photoSize) else { throw ValidationError("--photo-size must be between 32 and 4096.") }
    }

    var output: String { searching.output }
    var running: RunOptions { searching.running }

    func experiment() throws -> LibraryEvaluator {
        try checkOutput(output)
        try fitting.check()
        var options = LibraryEvaluator.Options()
        (options.searches, options.photoSize, options.seed) = (searching.searches, photoSize, searching.seeding.seed)
        (options.candidates, options.crossesCategories) = (searching.candidates, acrossCategories)
        return try LibraryEvaluator(in: searching.place.open(), dataSet.open(at: searching.workbench()), options: options)
    }
}

/// `bsb evaluate library-photos`: searches by photos of known kinds.
struct EvaluateLibraryPhotos: ExperimentCommand {
    static let configuration = CommandConfiguration(
        commandName: "library-photos",
        abstract: "Measure how many of the first ten meshes that a search of a library gives are of the photo's kind.",
        discussion: """
            Example: bsb evaluate library-photos shelf --photos object-masks --kinds Training/kinds.json --searches 50 --output photos
            Photos are in folders that name their kind, each with a mask beside it (PHOTO.mask.png), in which the click is drawn. The table of \
            kinds has the folders of each and the words that meshes are called by. Writes samples.jsonl, library-photos.json and \
            library-photos.md; a run that is cut short goes on where it was.
            """)

    @OptionGroup var searching: SearchOptions

    @Option(help: ArgumentHelp("The folder of folders of photos.", valueName: "folder"))
    var photos: String

    @Option(help: ArgumentHelp("The table of kinds.", valueName: "file"))
    var kinds: String

    var output: String { searching.output }
    var running: RunOptions { searching.running }

    func experiment() throws -> LibraryPhotoEvaluator {
        try checkOutput(output, inputs: [kinds, searching.models.calibration])
        var options = LibraryPhotoEvaluator.Options()
        (options.searches, options.candidates, options.seed) = (searching.searches, searching.candidates, searching.seeding.seed)
        return try LibraryPhotoEvaluator(
            in: searching.place.open(), photos: photos, KindTable(contentsOf: kinds), options: options, at: searching.workbench())
    }
}
