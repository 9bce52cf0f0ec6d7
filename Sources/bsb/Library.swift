import ArgumentParser
import BSBBasics
import BSBImages
import BSBLibrary
import BSBWorkbench
import Foundation

/// `bsb library`: many prepared meshes, to be searched and labelled at once.
struct LibraryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "library",
        abstract: "Keep many meshes prepared: search them for a clicked part, label them all at once.",
        discussion: """
            Example: bsb library add shelf chairs/ tables/
                     bsb library search shelf --image mug.jpg --click 310,220 --output out
            A library is a folder of its own. docs/library.md says what is kept and how searches rank.
            """,
        subcommands: [LibraryAdd.self, LibraryList.self, LibrarySearchCommand.self, LibraryLabelCommand.self, LibraryExportCommand.self])
}

/// The library that is meant.
struct LibraryPlace: ParsableArguments {
    @Argument(help: ArgumentHelp("The library's folder.", valueName: "library"))
    var library: String

    @Option(
        help: ArgumentHelp(
            "The PostgreSQL database of the library's catalogue: postgres://USER@HOST:PORT/NAME; by default a file in the folder.",
            valueName: "url"))
    var database: String?

    /// The library that is there.
    ///
    /// Throws `Failure`.
    func open() throws -> MeshLibrary { try MeshLibrary(opening: library, database: database) }

    /// The library, which is begun if it is not there.
    ///
    /// Throws `Failure`.
    func create() throws -> MeshLibrary { try MeshLibrary(creating: library, database: database) }

    func validate() throws {
        guard database.map({ $0.hasPrefix("postgres://") || $0.hasPrefix("postgresql://") }) ?? true else {
            throw ValidationError("--database must be postgres://USER@HOST:PORT/NAME.")
        }
    }
}

/// What the commands on a library's meshes run with: meshes are looked at as when they were added.
struct LibraryOptions: ParsableArguments {
    @OptionGroup(title: "Models") var models: MatchingModelOptions
    @OptionGroup(title: "Running") var running: RunOptions
    @OptionGroup(title: "Running") var caching: CacheOptions

    /// A workbench with these options.
    func workbench(_ options: any SettingsOptions...) throws -> Workbench {
        var settings = models.preset.settings
        for options in options { options.apply(to: &settings) }
        return try Workbench(settings, models.choice, running, cache: caching.directory)
    }
}

/// `bsb library add`.
struct LibraryAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Look at meshes and keep what searches need; makes the library if it is not there.",
        discussion: """
            Files that have not changed are passed over, so that a run that was ended goes on where it was. A mesh that cannot be used is \
            noted, and the rest is done. No file is ever changed.
            """)

    @OptionGroup var place: LibraryPlace

    @Argument(help: ArgumentHelp("Mesh files, and folders of them at any depth.", valueName: "meshes"))
    var meshes: [String]

    @Flag(help: "Look again at files that are known.")
    var again = false

    @Flag(help: "Try files again that could not be used in an earlier run.")
    var retry = false

    @Flag(help: "Forget meshes whose files are gone from the folders named.")
    var forget = false

    @OptionGroup(title: "Mesh") var meshOptions: MeshOptions
    @OptionGroup(title: "Models") var models: ModelOptions
    @OptionGroup(title: "Running") var running: RunOptions
    @OptionGroup(title: "Running") var seeding: SeedOptions

    func run() throws {
        var settings = models.preset.settings
        settings.seed = seeding.seed
        meshOptions.apply(to: &settings)
        // What is kept is in the library; the cache would only be flooded.
        var bench = try Workbench(settings, models.choice, running, cache: CacheDirectory(path: nil))
        bench.meshReading = meshOptions.limit.reading
        var adder = try LibraryAdder(to: place.create(), at: bench)
        (adder.repeats, adder.retries, adder.forgets) = (again, retry, forget)
        adder.progress = RateReporter("library", of: "meshes").tell
        let summary = try adder.add(meshes)
        try running.finish(summary) { summary in
            "\(summary.added) meshes added in \(String(format: "%.0f", summary.seconds)) s (\(byteText(summary.bytes))), \(summary.copies) copies, "
                + "\(summary.known) known, \(summary.failed) cannot be used"
                + (summary.failed > 0 ? ": see 'bsb library list --failed'." : ".")
        }
    }
}

/// `bsb library list`.
struct LibraryList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the meshes of a library.")

    @OptionGroup var place: LibraryPlace

    @Flag(help: "Only those that cannot be used, and why.")
    var failed = false

    @Option(help: ArgumentHelp("Only those that 'bsb library label' gave this label.", valueName: "name"))
    var label: String?

    @Flag(help: "Print the result as JSON on standard output.")
    var json = false

    func run() throws {
        let entries = try place.open().catalogue.entries().filter { entry in
            let isLabelled = label.map { label in entry.labels?.contains { $0.name == label && $0.share > 0 } ?? false } ?? true
            return (!failed || entry.state == .failed) && isLabelled
        }
        if json { return try Terminal.result(json: entries) }
        for entry in entries {
            let size = entry.state == .ready ? "\(entry.vertices ?? 0) vertices, \(byteText(entry.featureBytes ?? 0))" : entry.error ?? ""
            Terminal.result("\(entry.id)  \(entry.path)  \(size)")
        }
        Terminal.result("\(entries.count) meshes, \(byteText(entries.reduce(0) { $0 + ($1.featureBytes ?? 0) }))")
    }
}

/// `bsb library search`.
struct LibrarySearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Rank the meshes of a library by whether they have the part that a click in a photo means.",
        discussion: """
            Writes overview.png (the part lit on each mesh), result.json, and for each mesh its part as arrays. Ends with exit code 2 if no \
            mesh has the part.
            """)

    @OptionGroup var place: LibraryPlace

    @Option(help: ArgumentHelp("The photo: PNG, JPEG, WebP, HEIC, AVIF, TIFF, BMP or GIF.", valueName: "file"))
    var image: String

    @Option(help: ArgumentHelp("The clicked pixel, counted from the upper left.", valueName: "x,y"))
    var click: Pixel

    @Option(help: ArgumentHelp("A pixel of the object, if the click is not to say it.", valueName: "x,y"))
    var objectClick: Pixel?

    @Option(help: ArgumentHelp("The meshes that are told, at most.", valueName: "count"))
    var top = LibrarySearch.Options().top

    @Option(help: ArgumentHelp("The meshes that are compared vertex by vertex, the best by their regions.", valueName: "count"))
    var candidates = LibrarySearch.Options().candidates

    @Option(help: ArgumentHelp("The least probability of the part being there for a mesh to have it.", valueName: "0...1"))
    var minExistence = LibrarySearch.Options().minimumExistence

    @Option(help: ArgumentHelp("Where to write the contact sheet, the parts and result.json.", valueName: "folder"))
    var output: String?

    @OptionGroup(title: "Parts") var parts: PartOptions
    @OptionGroup var options: LibraryOptions

    func validate() throws {
        for (name, value) in [("top", top), ("candidates", candidates)] {
            guard value >= 1 else { throw ValidationError("--\(name) must be at least 1.") }
        }
        guard (0...1).contains(minExistence) else { throw ValidationError("--min-existence must be between 0 and 1.") }
    }

    func run() throws {
        try checkOutput(output, inputs: [image, options.models.calibration])
        var search = LibrarySearch.Options()
        (search.top, search.candidates, search.minimumExistence) = (top, max(top, candidates), minExistence)
        let library = try place.open()
        let bench = try options.workbench(parts)
        let searcher = try LibrarySearch(in: library, options: search, at: bench)
        let outcome = try searcher.run(Click(click, objectPixel: objectClick), in: OpenPhoto(contentsOf: image))
        let document = try SearchOutputs(outcome, of: searcher, library: place.library, top: top, at: bench).write(to: output)
        try options.running.finish(document, found: document.results.contains { $0.grade != .none }) { document in
            let lines = document.results.map { result in
                let likely =
                    result.existence.map { String(format: "%3.0f %%", min(100 * $0, 99)) } ?? String(format: "%.3f", result.similarity)
                return "\(result.rank). \(likely)  \(result.path)"
            }
            return (lines + ["\(document.found) of the \(document.compared) meshes compared have the part."]).joined(separator: "\n")
                + (output.map { " See \($0)/overview.png." } ?? "")
        }
    }
}

/// `bsb library label`.
struct LibraryLabelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "label", abstract: "Carry named clicks in photos and on meshes over to all meshes of a library.",
        discussion: """
            Example: bsb library label shelf --spec labels.json --output labels
            The specification is an array of {"name": "handle", "photo": "mug.jpg", "click": [310, 220]} and
            {"name": "leg", "mesh": "chair.off", "vertex": 120}. Writes labels.jsonl, a line for each mesh; doubtful.jsonl, what a person \
            should look at, the most doubtful first; and labels of faces and vertices with their confidence.
            """)

    @OptionGroup var place: LibraryPlace

    @Option(help: ArgumentHelp("The named clicks.", valueName: "file"))
    var spec: String

    @Option(help: ArgumentHelp("The least probability of a part being there for a mesh to get its label.", valueName: "0...1"))
    var minExistence = LibraryLabeller.Options().minimumExistence

    @Option(help: ArgumentHelp("Where to write the labels.", valueName: "folder"))
    var output: String

    @OptionGroup(title: "Parts") var parts: PartOptions
    @OptionGroup var options: LibraryOptions

    /// What was done.
    private struct Document: Encodable {
        var meshes: Int
        var labelled: [String: Int]
        var doubtful: Int
        var errors: Int
        var outputs = ["labels.jsonl", "doubtful.jsonl"]
    }

    func validate() throws {
        guard (0...1).contains(minExistence) else { throw ValidationError("--min-existence must be between 0 and 1.") }
    }

    func run() throws {
        try checkOutput(output, inputs: [spec, options.models.calibration])
        let clicks = try LabelSpec(contentsOf: spec)
        var labelling = LibraryLabeller.Options()
        labelling.minimumExistence = minExistence
        var labeller = try LibraryLabeller(
            place.open(), clicks, options: labelling, at: options.workbench(parts))
        labeller.progress = RateReporter("library", of: "meshes").tell
        let lines = try labeller.run(output: output)
        let document = Document(
            meshes: lines.count,
            labelled: Dictionary(
                uniqueKeysWithValues: clicks.names.map { name in
                    (name, lines.count { $0.labels.contains { $0.name == name && $0.share > 0 } })
                }),
            doubtful: lines.count { $0.labels.contains(where: \.isDoubtful) }, errors: lines.count { $0.error != nil })
        try options.running.finish(document) { document in
            let counts = clicks.names.map { "\($0) on \(document.labelled[$0] ?? 0)" }.joined(separator: ", ")
            return "Of \(document.meshes) meshes: \(counts); \(document.doubtful) are doubtful. "
                + "See \(output)/labels.jsonl and doubtful.jsonl."
        }
    }
}

/// `bsb library export`.
struct LibraryExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a library's list of meshes and its descriptors for other programs.",
        discussion: "Writes meshes.jsonl, a line for each mesh, and descriptors.npy, an array of halves: meshes x 17 x length.")

    @OptionGroup var place: LibraryPlace

    @Option(help: ArgumentHelp("Where to write the files.", valueName: "folder"))
    var output: String

    @Flag(help: "Print the result as JSON on standard output.")
    var json = false

    func run() throws {
        try checkOutput(output)
        let summary = try LibraryExport(of: place.open()).write(to: output)
        if json { return try Terminal.result(json: summary) }
        Terminal.result("\(summary.meshes) meshes and \(summary.descriptors) descriptors of \(summary.dimension) numbers in \(output).")
    }
}
