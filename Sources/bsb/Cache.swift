import ArgumentParser
import BSBBasics
import BSBWorkbench
import Foundation

/// `bsb cache`: what is kept for the next run.
struct Cache: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what the cache holds, or empty it.",
        discussion: """
            The cache keeps what models see of photos and meshes, and trained decoders. Everything in it can be made again; what has not \
            been used for the longest time goes when it grows beyond its limit.
            """,
        subcommands: [Size.self, List.self, Clear.self])

    /// Options of all of them.
    struct Place: ParsableArguments {
        @Flag(help: "Print the result as JSON on standard output.")
        var json = false

        @Option(help: ArgumentHelp("The cache's folder, by default the user's.", valueName: "folder"))
        var cache: String?

        var path: String { cache ?? CacheDirectory.defaultPath }
    }

    /// `bsb cache size`.
    struct Size: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Tell how large the cache is, by kind of result.")
        @OptionGroup var place: Place

        struct Document: Encodable {
            var path: String
            var bytes: Int
            var limit: Int
            var kinds: [String: Int]
        }

        func run() throws {
            let contents = CacheContents(of: place.path)
            let kinds = contents.folders.reduce(into: [String: Int]()) { $0[$1.kind, default: 0] += $1.bytes }
            let document = Document(path: place.path, bytes: contents.bytes, limit: CacheDirectory.usualLimit, kinds: kinds)
            if place.json { return try Terminal.result(json: document) }
            Terminal.result("\(document.path): \(byteText(Int64(document.bytes))) of at most \(byteText(Int64(document.limit)))")
            for (kind, bytes) in kinds.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                Terminal.result("  \(kind): \(byteText(Int64(bytes)))")
            }
        }
    }

    /// `bsb cache list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what the cache holds, what was used least recently first.")
        @OptionGroup var place: Place

        func run() throws {
            let folders = CacheContents(of: place.path).folders
            if place.json { return try Terminal.result(json: folders) }
            let style = Date.ISO8601FormatStyle()
            for folder in folders {
                Terminal.result("\(style.format(folder.lastUse))  \(byteText(Int64(folder.bytes)))  \(folder.files) files  \(folder.name)")
            }
        }
    }

    /// `bsb cache clear`.
    struct Clear: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove everything from the cache, or all results of one kind.")
        @OptionGroup var place: Place

        @Option(help: ArgumentHelp("What to remove, as 'bsb cache size' names it.", valueName: "kind"))
        var kind: String?

        struct Document: Encodable {
            var path: String
            var freedBytes: Int
        }

        func run() throws {
            let freed = CacheDirectory(path: place.path).clear(kind: kind)
            if place.json { return try Terminal.result(json: Document(path: place.path, freedBytes: freed)) }
            Terminal.result("\(byteText(Int64(freed))) freed")
        }
    }
}
