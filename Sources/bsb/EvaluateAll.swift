import ArgumentParser
import BSBBasics
import BSBEvaluation
import BSBWorkbench
import Foundation

/// `bsb evaluate all`: every table of docs/results.md.
struct EvaluateAll: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all", abstract: "Make every table of docs/results.md, each in a folder of its own.",
        discussion: """
            Example: bsb evaluate all --data labeled-meshes --split Training/split.csv --keypoints pf-willow --output results
                     scripts/results results
            A run that is cut short goes on where it was, and what is there already of this version stays. Two hours on two cores; with --quick a \
            quarter of an hour, on so few clicks that numbers say little. Tables whose data are not given are left out. \
            Writes all.json and a folder for each table, with its summary.
            """)

    @OptionGroup(title: "Meshes") var dataSet: DataSetOptions

    @Option(help: ArgumentHelp("Other labelled meshes that no model has seen, in the layout 'simple'.", valueName: "folder"))
    var unseen: String?

    @Option(help: ArgumentHelp("The table of category, id and subset of those.", valueName: "file"))
    var unseenSplit: String?

    @Option(help: ArgumentHelp("Real photos with clicks, and masks of their parts.", valueName: "json"))
    var clicks: String?

    @Option(help: ArgumentHelp("Photos with keypoints, in the layout of PF-WILLOW.", valueName: "folder"))
    var keypoints: String?

    @Option(
        help: ArgumentHelp("A feature extractor that the tables of clicks are made with once more, such as imagenet.", valueName: "model"))
    var beside: String?

    @Option(help: ArgumentHelp("Only these tables, separated by commas.", valueName: "names"))
    var tables: String?

    @Flag(help: "Few clicks on few meshes, to see that all works.")
    var quick = false

    @Option(help: ArgumentHelp("Where to write.", valueName: "folder"))
    var output: String

    @OptionGroup(title: "Running") var running: RunOptions

    /// A table, and how it is made.
    struct Table {
        var name: String
        var title: String
        var command: any TableCommand.Type
        var words: [String]

        /// The command without the folder of its output.
        var text: String { (["bsb", "evaluate", command._commandName] + words).joined(separator: " ") }
    }

    /// `all.json`: the tables in order, and what kept others from being made.
    struct Contents: Encodable {
        struct Row: Encodable {
            var name: String
            var title: String
            var command: String
            var file: String
            var failure: String?
        }

        var schema = 1
        var version = BSB.version
        var quick: Bool
        var tables: [Row] = []
    }

    func run() throws {
        try checkOutput(output)
        var contents = Contents(quick: quick)
        var failures: [any Error] = []
        for table in try chosen() {
            let folder = "\(output)/\(table.name)"
            var row = Contents.Row(
                name: table.name, title: table.title, command: table.text, file: "\(table.name)/\(table.command.file).json")
            do {
                if try Self.isDone("\(output)/\(row.file)", table) {
                    Terminal.message("\(table.name): there already")
                } else {
                    Terminal.message("\(table.name): \(table.text)")
                    let command = try table.command.parse(table.words + ["--output", folder] + threads)
                    _ = try command.publication(command: table.text)
                }
            } catch {
                // One table that cannot be made is not the end of a day's work.
                row.failure = "\(error)"
                failures.append(error)
                Terminal.message("\(table.name): \(error)")
            }
            contents.tables.append(row)
            try AtomicFile.write(try JSONText.data(contents), to: "\(output)/all.json", operation: "writing the list of tables")
        }
        try running.finish(contents) { contents in
            contents.tables.map { "\($0.name): \($0.failure ?? "\(output)/\($0.file)")" }.joined(separator: "\n")
        }
        if let first = failures.first { throw first }
    }

    private var threads: [String] { running.threads.map { ["--threads", "\($0)"] } ?? [] }

    /// Whether a summary is of this version and command.
    private static func isDone(_ path: String, _ table: Table) throws -> Bool {
        guard Folder.exists(path) else { return false }
        let head = try? JSONDecoder().decode(SummaryHead.self, from: AtomicFile.readFile(path, operation: "reading the summary"))
        return head?.version == BSB.version && head?.command == table.text
    }

    /// The tables that are wanted and whose data are given.
    private func chosen() throws -> [Table] {
        let all = try plan()
        guard let tables else { return all }
        let names = try chosenNames(tables, among: all.map(\.name), "choosing tables") {
            "there is no table '\($0)', or its data are not given"
        }
        return all.filter { names.contains($0.name) }
    }

    /// The tables in the order of the page: name, title, command.
    ///
    /// Of two numbers the second is that of a quick run; words in capitals are
    /// what is given, and without it the table is left out.
    private static let lines = """
        same|A photo of the mesh itself|success MESHES --samples 408/16 --clicks-per-photo 4
        cross|A photo of another shape of the category|success MESHES --protocol cross --samples 408/16 --clicks-per-photo 4
        parts|The mesh itself, each visible part as likely as any other|success MESHES --sampling part --samples 204/16 \
        --clicks-per-photo 4 --no-segments --no-render-baselines --gallery 0
        parts-cross|Another shape of the category, each visible part as likely as any other|success MESHES --protocol cross --sampling part \
        --samples 204/16 --clicks-per-photo 4 --no-segments --no-render-baselines --gallery 0
        vertices|The mesh itself, each vertex as likely as any other, as the paper draws them|success MESHES --sampling vertex \
        --samples 204/16 --clicks-per-photo 4 --no-segments --no-render-baselines --gallery 0
        unseen|Other shapes never seen, themselves|success UNSEEN --samples 204/16 --clicks-per-photo 4
        unseen-cross|Other shapes never seen, another of the group|success UNSEEN --protocol cross --samples 204/16 --clicks-per-photo 4
        beside|A photo of the mesh itself, on other features|success MESHES BESIDE --samples 204/16 --clicks-per-photo 4 --no-segments --gallery 0
        beside-cross|A photo of another shape, on other features|success MESHES BESIDE --protocol cross --samples 204/16 --clicks-per-photo 4 \
        --no-segments --gallery 0
        photos|Real photos|photos PHOTOS
        relate|From photo to photo, through meshes|relate PHOTOS --samples 200/16
        existence|Parts that the mesh lacks|existence MESHES --samples 204/16
        reverse|From the mesh to a photo of it, and back|reverse MESHES --samples 102/16
        reverse-cross|From the mesh to a photo of another shape, and back|reverse MESHES --protocol cross --samples 102/16
        dense|Each pixel's point on the mesh itself|dense MESHES --photos 34/4 --regions
        dense-deformed|Each pixel's point on the mesh, photographed bent|dense MESHES --photos 34/4 --subject deformed
        dense-cross|Each pixel's part on another shape|dense MESHES --photos 34/4 --subject cross --regions
        video|A part followed through frames of the mesh itself|video MESHES --films 24/4
        video-cross|A part followed through frames of another shape|video MESHES --protocol cross --films 24/4
        transfer|Labels from mesh to mesh|transfer MESHES --pairs 60/8
        segments|Clicks on the mesh to its parts|segments MESHES --meshes-per-category 2/1 --methods lift,lift-clean,ball,diameter
        invariance|The mesh moved, turned and remeshed|invariance MESHES --samples 68/16
        ablations|Variants of the method|ablations MESHES --samples 102/16 --variants \
        published,k-10,k-300,whole-photo,part-mean-0.5,mirrored,last-resort,means,whitening,views-120,reference-views,max
        keypoints|Keypoints of photos in other photos, by features alone|keypoints KEYPOINTS
        """

    /// The tables whose data are given.
    func plan() throws -> [Table] {
        let given = try given()
        return try Self.lines.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map(String.init)
            let words = cells[2].split(separator: " ").map(String.init)
            let commands = Evaluate.configuration.subcommands.compactMap { $0 as? any TableCommand.Type }
            guard let command = commands.first(where: { $0._commandName == words[0] }) else {
                throw Failure(.internal, "choosing tables", reason: "there is no 'bsb evaluate \(words[0])'")
            }
            let options = words.dropFirst().map { word -> [String]? in
                if word.allSatisfy(\.isUppercase) { return given[word] }
                let numbers = word.split(separator: "/")
                return [numbers.count == 2 ? String(numbers[quick ? 1 : 0]) : word]
            }
            guard options.allSatisfy({ $0 != nil }) else { return nil }
            return Table(name: cells[0], title: cells[1], command: command, words: options.flatMap { $0 ?? [] })
        }
    }

    /// What the capitals stand for.
    ///
    /// A quick run has the first four categories with several shapes, unless some are named.
    private func given() throws -> [String: [String]] {
        let shapes = Dictionary(grouping: try dataSet.shapes().entries, by: \.category)
        let several = shapes.filter { $0.value.count > 1 }.keys.sorted().prefix(4).joined(separator: ",")
        var meshes = ["--data", dataSet.data, "--format", dataSet.format.rawValue]
        if dataSet.level != 1 { meshes += ["--level", "\(dataSet.level)"] }
        if let split = dataSet.split { meshes += ["--split", split, "--subset", dataSet.subset] }
        let chosen = (dataSet.categories ?? (quick ? several : nil)).map { ["--categories", $0] } ?? []
        var given = ["MESHES": meshes + chosen]
        if let unseen { given["UNSEEN"] = ["--data", unseen, "--format", "simple"] + (unseenSplit.map { ["--split", $0] } ?? []) }
        if let keypoints { given["KEYPOINTS"] = ["--data", keypoints] }
        if let beside { given["BESIDE"] = ["--feature-model", beside] }
        if let clicks {
            let photographed = Set(try PhotoClicks(contentsOf: clicks).photos.map(\.category)).intersection(shapes.keys).sorted()
            given["PHOTOS"] = meshes + ["--categories", photographed.joined(separator: ","), "--clicks", clicks]
        }
        return given
    }
}
