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
            A run that is cut short goes on where it was, and what is there already of this version stays. A day on two cores; with --quick a \
            quarter of an hour, on so few clicks that numbers say little. Tables whose data are not given are left out. \
            Writes all.json and a folder for each table, with its summary.
            """)

    @OptionGroup(title: "Meshes") var dataSet: DataSetOptions

    @Option(help: ArgumentHelp("Labelled meshes of other groups, in the layout 'simple', which no model has seen.", valueName: "folder"))
    var unseen: String?

    @Option(help: ArgumentHelp("The table of category, id and subset of those.", valueName: "file"))
    var unseenSplit: String?

    @Option(help: ArgumentHelp("Real photos with clicks, and masks of their parts.", valueName: "json"))
    var clicks: String?

    @Option(help: ArgumentHelp("Photos with keypoints, in the layout of PF-WILLOW.", valueName: "folder"))
    var keypoints: String?

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
        let names = tables.split(separator: ",").map(String.init)
        if let unknown = names.first(where: { name in !all.contains { $0.name == name } }) {
            throw Failure(
                .usage, "choosing tables", reason: "there is no table '\(unknown)', or its data are not given",
                hint: "there are \(all.map(\.name).joined(separator: ", "))")
        }
        return all.filter { names.contains($0.name) }
    }

    /// Every table, in the order of the page.
    func plan() throws -> [Table] {
        let (meshes, few) = (try labelled(), try fewCategories())
        let labels = meshes + few
        func clicks(_ full: Int, _ words: String...) -> [String] { labels + ["--samples", "\(quick ? 16 : full)"] + words }
        let bare = ["--no-segments", "--no-render-baselines", "--gallery", "0"]
        let four = ["--clicks-per-photo", "4"]
        let photos = labels + ["--photos", "\(quick ? 4 : 60)"]
        var tables: [Table] = [
            Table(name: "same", title: "A photo of the mesh itself", command: EvaluateSuccess.self, words: clicks(1000) + four),
            Table(
                name: "cross", title: "A photo of another shape of the category", command: EvaluateSuccess.self,
                words: clicks(1000, "--protocol", "cross") + four),
            Table(
                name: "parts", title: "The mesh itself, each visible part as likely as any other", command: EvaluateSuccess.self,
                words: clicks(400, "--sampling", "part") + four + bare),
            Table(
                name: "vertices", title: "The mesh itself, each vertex as likely as any other, as the paper draws them",
                command: EvaluateSuccess.self, words: clicks(400, "--sampling", "vertex") + four + bare),
        ]
        if let unseen {
            let split = unseenSplit.map { ["--split", $0] } ?? []
            let words = ["--data", unseen, "--format", "simple"] + split + ["--samples", quick ? "16" : "400"] + four
            tables += [
                Table(name: "unseen", title: "Shapes of groups never seen, themselves", command: EvaluateSuccess.self, words: words),
                Table(
                    name: "unseen-cross", title: "Shapes of groups never seen, another of the group", command: EvaluateSuccess.self,
                    words: words + ["--protocol", "cross"]),
            ]
        }
        if let clicks = self.clicks {
            let words = meshes + ["--categories", try photographed(clicks).joined(separator: ","), "--clicks", clicks]
            tables += [
                Table(name: "photos", title: "Real photos", command: EvaluatePhotos.self, words: words),
                Table(
                    name: "relate", title: "From photo to photo, through meshes", command: EvaluateRelate.self,
                    words: words + ["--samples", quick ? "16" : "200"]),
            ]
        }
        tables += [
            Table(name: "existence", title: "Parts that the mesh lacks", command: EvaluateExistence.self, words: clicks(204)),
            Table(name: "reverse", title: "From the mesh to a photo of it, and back", command: EvaluateReverse.self, words: clicks(102)),
            Table(
                name: "reverse-cross", title: "From the mesh to a photo of another shape, and back", command: EvaluateReverse.self,
                words: clicks(102, "--protocol", "cross")),
            Table(
                name: "dense", title: "Each pixel's point on the mesh itself", command: EvaluateDense.self,
                words: photos + ["--subject", "same"]),
            Table(
                name: "dense-deformed", title: "Each pixel's point on the mesh, photographed bent", command: EvaluateDense.self,
                words: photos + ["--subject", "deformed"]),
            Table(
                name: "dense-cross", title: "Each pixel's part on another shape", command: EvaluateDense.self,
                words: photos + ["--subject", "cross"]),
            Table(
                name: "transfer", title: "Labels from mesh to mesh", command: EvaluateTransfer.self,
                words: labels + ["--pairs", quick ? "8" : "60"]),
            Table(
                name: "segments", title: "Clicks on the mesh to its parts", command: EvaluateSegments.self,
                words: labels + ["--meshes-per-category", quick ? "1" : "3", "--methods", "lift,lift-clean,ball,diameter"]),
            Table(name: "invariance", title: "The mesh moved, turned and remeshed", command: EvaluateInvariance.self, words: clicks(68)),
            Table(
                name: "ablations", title: "Variants of the method", command: EvaluateAblations.self,
                words: clicks(204, "--variants", Self.variants)),
        ]
        if let keypoints {
            tables.append(
                Table(
                    name: "keypoints", title: "Keypoints of photos in other photos, by features alone", command: EvaluateKeypoints.self,
                    words: ["--data", keypoints]))
        }
        return tables
    }

    private static let variants =
        "published,k-10,k-300,whole-photo,part-mean-0.5,mirrored,last-resort,means,whitening,views-120,reference-views,max"

    /// The options that name the meshes, without their categories.
    private func labelled() throws -> [String] {
        var words = ["--data", dataSet.data, "--format", dataSet.format.rawValue]
        if dataSet.level != 1 { words += ["--level", "\(dataSet.level)"] }
        if let split = dataSet.split { words += ["--split", split, "--subset", dataSet.subset] }
        return words
    }

    /// The categories that are asked for; of a quick run the first four with several shapes.
    private func fewCategories() throws -> [String] {
        if let categories = dataSet.categories { return ["--categories", categories] }
        guard quick else { return [] }
        let shapes = Dictionary(grouping: try dataSet.shapes().entries, by: \.category).filter { $0.value.count > 1 }
        return ["--categories", shapes.keys.sorted().prefix(4).joined(separator: ",")]
    }

    /// The categories of photos that have meshes.
    private func photographed(_ clicks: String) throws -> [String] {
        let known = Set(try dataSet.shapes().entries.map(\.category))
        return Set(try PhotoClicks(contentsOf: clicks).photos.map(\.category)).intersection(known).sorted()
    }
}
