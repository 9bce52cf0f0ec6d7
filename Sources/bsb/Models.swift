import ArgumentParser
import BSBBasics
import BSBModelStore
import BSBWorkbench
import Foundation

/// `bsb models`: published models on this machine.
struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, fetch, check and remove published models.",
        discussion: """
            The models that come with the program need none of this. Files from the hub are kept where its own tools keep them (HF_HOME,
            HF_HUB_CACHE); HF_HUB_OFFLINE=1 forbids the network, HF_TOKEN proves who you are. docs/models-published.md tells the rest.
            """,
        subcommands: [
            ListModels.self, PullModels.self, AddModel.self, VerifyModels.self, RemoveModels.self, ModelPaths.self,
        ])
}

/// `bsb models list`.
struct ListModels: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the models that are known, and which are here.")

    @Flag(help: "Print the result as JSON on standard output.")
    var json = false

    func run() throws {
        let listings = try ModelStore().listings()
        if json { return try Terminal.result(json: listings) }
        let rows = listings.map { listing in
            let size = listing.bytes.map { byteText($0) } ?? (listing.state == .unpublished ? "-" : "size unknown")
            let mark = listing.model.source?.unverified == true ? " (not checked that it is there)" : ""
            return [listing.model.name, listing.model.kind.rawValue, listing.state.rawValue, size, listing.model.title + mark]
        }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) } + row[4...]
            Terminal.result(cells.joined(separator: "  "))
        }
    }
}

/// What `pull`, `verify` and `path` report of a model.
private struct ModelDocument: Codable {
    var name: String
    var files: [FileDocument]

    struct FileDocument: Codable {
        var role: String
        var path: String
        var sha256: String
    }

    init(_ located: ModelStore.Located) {
        name = located.entry.name
        files = zip(located.entry.files, zip(located.paths, located.hashes)).map {
            FileDocument(role: $0.role.rawValue, path: $1.0, sha256: $1.1)
        }
    }
}

/// Prints models as JSON, or each by `line`.
private func report(_ models: [ModelStore.Located], json: Bool, _ line: (ModelStore.Located) -> String) throws {
    if json { return try Terminal.result(json: models.map(ModelDocument.init)) }
    for model in models { Terminal.result(line(model)) }
}

/// `bsb models pull`.
struct PullModels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Fetch models, or take their files from this machine.",
        discussion: """
            Examples: bsb models pull dinov2-small slimsam-77
                      bsb models pull mobilesam --from-file mobile_sam_image_encoder.onnx --from-file sam_mask_decoder_multi.onnx
            A download that was cut short goes on where it was. A file whose SHA-256 was not known is pinned: from then on it must stay the same.
            """)

    @Argument(help: ArgumentHelp("Models, by the names that 'bsb models list' gives.", valueName: "name"))
    var names: [String]

    @Option(help: ArgumentHelp("A file of the model, at hand here; may be given several times.", valueName: "file"))
    var fromFile: [String] = []

    @Flag(help: "Take over files whose content has changed since they were pinned.")
    var repin = false

    @Flag(help: "Print the result as JSON on standard output.")
    var json = false

    func validate() throws {
        guard fromFile.isEmpty || names.count == 1 else { throw ValidationError("--from-file goes with one model.") }
    }

    func run() throws {
        let store = try ModelStore()
        let show = Terminal.progressReporter()
        let reporter = PullReporter(
            progress: { progress in
                // Where the end is not known it is always a little further on.
                let (done, total) = (progress.done / 1000, progress.total.map { $0 / 1000 } ?? progress.done / 1000 + 1)
                show(ProgressUpdate(stage: "Fetching \(progress.file), kB", done: Int(done), total: Int(total)))
            }, message: { Terminal.message("bsb: \($0)") })
        if !fromFile.isEmpty { try store.take(fromFile, for: names[0], reporter: reporter) }
        let models = try names.map { try store.pull($0, repin: repin, reporter: reporter) }
        try report(models, json: json) { "\($0.entry.name): ready, \($0.paths.count) file\($0.paths.count == 1 ? "" : "s")" }
    }
}

/// `bsb models add`.
struct AddModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Give files of your own a name.",
        discussion: """
            Examples: bsb models add my-dino --graph dinov2_vitl14_reg.onnx --side 224
                      bsb models add my-sam --encoder encoder.onnx --decoder decoder.onnx
            The files stay where they are; their SHA-256 is written down, so that a change is noticed.
            Files beside them in which graphs keep weights are found and watched too.
            """)

    @Argument(help: ArgumentHelp("The name: letters, digits, '-', '_' and '.'.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("The graph of a feature extractor.", valueName: "file"))
    var graph: String?

    @Option(help: ArgumentHelp("The graph of a segmenter that sees the picture.", valueName: "file"))
    var encoder: String?

    @Option(help: ArgumentHelp("The graph of a segmenter that answers prompts.", valueName: "file"))
    var decoder: String?

    @Option(
        help: ArgumentHelp(
            "The longest side of the picture that a feature extractor is shown, where its graph leaves it open.", valueName: "pixels"))
    var side: Int?

    @Option(help: ArgumentHelp("The side of a patch of a feature extractor.", valueName: "pixels"))
    var patch: Int?

    func validate() throws {
        guard graph != nil && encoder == nil && decoder == nil || graph == nil && encoder != nil && decoder != nil else {
            throw ValidationError("Give --graph, or --encoder and --decoder.")
        }
        guard (1...8192).contains(side ?? 224), (1...8192).contains(patch ?? 14) else {
            throw ValidationError("--side and --patch must be between 1 and 8192.")
        }
        guard graph != nil || side == nil && patch == nil else { throw ValidationError("--side and --patch go with --graph.") }
    }

    func run() throws {
        let files: [CatalogueEntry.File] =
            graph.map { [.init(role: .graph, path: $0)] } ?? [.init(role: .encoder, path: encoder!), .init(role: .decoder, path: decoder!)]
        try ModelStore().add(
            CatalogueEntry(
                name: name, title: "added by the user", kind: graph == nil ? .segmenter : .features, family: "user", files: files,
                side: side, patch: patch))
        Terminal.result("\(name): added")
    }
}

/// `bsb models verify`.
struct VerifyModels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read the files of models and compare them with what is known of them.")

    @Argument(help: ArgumentHelp("Models; all that are here by default.", valueName: "name"))
    var names: [String] = []

    @Flag(help: "Print the result as JSON on standard output.")
    var json = false

    func run() throws {
        let store = try ModelStore()
        let all = try names.isEmpty ? store.listings().filter { $0.state == .ready }.map(\.model.name) : names
        try report(try all.map { try store.locate($0) }, json: json) { "\($0.entry.name): as it should be" }
    }
}

/// `bsb models remove`.
struct RemoveModels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove models from this machine; of those that were added, only the name.")

    @Argument(help: ArgumentHelp("Models.", valueName: "name"))
    var names: [String]

    func run() throws {
        let store = try ModelStore()
        for name in names {
            let removed = try store.remove(name)
            Terminal.result("\(name): removed, \(removed) file\(removed == 1 ? "" : "s")")
        }
    }
}

/// `bsb models path`.
struct ModelPaths: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "path", abstract: "Print where the files of a model are, one a line.")

    @Argument(help: ArgumentHelp("The model.", valueName: "name"))
    var name: String

    @Flag(help: "Print the result as JSON on standard output.")
    var json = false

    func run() throws {
        try report([try ModelStore().locate(name)], json: json) { $0.paths.joined(separator: "\n") }
    }
}
