import Foundation
import Testing

@testable import bsb

/// `bsb evaluate all` and `scripts/results`: pages are made from summaries, and from nothing else.
@Suite struct ResultsPageTests {
    private static let script = DocumentationTests.root.appendingPathComponent("scripts/results").path

    private func results(_ arguments: [String], in folder: Folder) throws -> Program.Run {
        try Program.run(["python3", Self.script, "--root", "pages"] + arguments, in: folder.path, program: "/usr/bin/env")
    }

    private func page(_ name: String, in folder: Folder) throws -> String {
        try String(contentsOfFile: "\(folder.path)/pages/\(name)", encoding: .utf8)
    }

    @Test func pagesAreMadeFromSummaries() throws {
        let folder = try Folder()
        for (id, sides) in [("1", 16), ("2", 14)] { try OwnMethodTests.writeTube(id, sides: sides, in: folder) }
        let words = ["evaluate", "all", "--data", "data", "--format", "simple", "--quick", "--tables", "transfer", "--output", "results"]
        let environment = ["XDG_CACHE_HOME": "\(folder.path)/cache"]
        let first = try Program.run(words, in: folder.path, environment: environment)
        try #require(first.exitCode == 0, "\(first.errors)")
        #expect(first.output == "transfer: results/transfer/transfer.json\n")
        let summary = try String(contentsOfFile: "\(folder.path)/results/transfer/transfer.json", encoding: .utf8)
        let again = try Program.run(words, in: folder.path, environment: environment)
        #expect(again.exitCode == 0 && again.errors.contains("transfer: there already"))
        #expect(try String(contentsOfFile: "\(folder.path)/results/transfer/transfer.json", encoding: .utf8) == summary)

        try FileManager.default.createDirectory(atPath: "\(folder.path)/pages/docs", withIntermediateDirectories: true)
        let readme = "# A\n\n<!-- scripts/results writes this table -->\n\nold\n\n<!-- up to here -->\n\nB\n"
        _ = try folder.write("pages/README.md", readme)
        let made = try results(["results", "--machine", "on 1 core of a loom"], in: folder)
        try #require(made.exitCode == 0, "\(made.errors)")
        let text = try page("docs/results.md", in: folder)
        let table = try String(contentsOfFile: "\(folder.path)/results/transfer/transfer.md", encoding: .utf8)
        #expect(text.contains(table) && text.contains("Version \(BSB.version), a quick run"))
        #expect(text.contains("`bsb evaluate transfer --data data --format simple --categories Tube --pairs 8`"))
        #expect(try page("README.md", in: folder) == readme, "a quick run says too little for the first page")
        #expect(text.contains("in a folder of its own; on 1 core of a loom. "))
        #expect(try results(["--check"], in: folder).exitCode == 0)

        // A number that is in no summary is told, wherever it came from.
        let json = try page("docs/results.json", in: folder)
        let mean = try #require(table.firstMatch(of: /\| (\d\.\d{3}) \[/)).output.1
        _ = try folder.write("pages/docs/results.json", json.replacing("| \(mean) [", with: "| 0.123 ["))
        let strange = try results(["--check"], in: folder)
        #expect(strange.exitCode == 1 && strange.errors.contains("transfer: 0.123"), "\(strange.errors)")
        _ = try folder.write("pages/docs/results.json", json)
        _ = try folder.write("pages/docs/results.md", text.replacing(mean, with: "0.999"))
        #expect(try results(["--check"], in: folder).exitCode == 1)
    }

    /// Made from nothing once more, on another number of threads, a table is the same to the byte but for the time it took.
    @Test func tablesMadeTwiceAreTheSame() throws {
        let folder = try Folder()
        for (id, sides) in [("1", 16), ("2", 14)] { try OwnMethodTests.writeTube(id, sides: sides, in: folder) }
        func files(threads: Int) throws -> [String: String] {
            let output = "results-\(threads)"
            let run = try Program.run(
                [
                    "evaluate", "all", "--data", "data", "--format", "simple", "--quick", "--tables", "vertices,dense,transfer",
                    "--threads",
                    "\(threads)", "--output", output,
                ], in: folder.path, environment: ["XDG_CACHE_HOME": "\(folder.path)/cache-\(threads)"])
            try #require(run.exitCode == 0, "\(run.errors)")
            let names = try FileManager.default.subpathsOfDirectory(atPath: "\(folder.path)/\(output)")
            let times = try Regex(#""(mapSeconds|seconds)" ?: ?[0-9.e-]+|in [0-9]+ seconds"#)
            return try Dictionary(
                uniqueKeysWithValues: names.filter { $0.contains(".") }.map { name in
                    (name, try String(contentsOfFile: "\(folder.path)/\(output)/\(name)", encoding: .utf8).replacing(times, with: "T"))
                })
        }
        let (first, second) = (try files(threads: 1), try files(threads: 2))
        #expect(first.keys.sorted() == second.keys.sorted() && first.keys.contains("vertices/report.html") && first.count >= 14)
        for (name, text) in first { #expect(second[name] == text, "\(name) is not the same") }
    }

    @Test func theFirstPageIsWrittenFromAFullRun() throws {
        let folder = try Folder()
        try FileManager.default.createDirectory(atPath: "\(folder.path)/pages/docs", withIntermediateDirectories: true)
        _ = try folder.write("pages/README.md", "# A\n<!-- scripts/results writes this table -->\nold\n<!-- up to here -->\nB\n")
        let score = { (method: String, mean: Double) in
            #"{"method": "\#(method)", "success": {"mean": \#(mean), "low": 0.25, "high": 0.75, "n": 9}}"#
        }
        let methods = [score("default", 0.5), score("bsb", 0.4375), score("nearest-vertex", 0.625), score("chance", 0.1)]
        let summary = """
            {"samples": 9, "models": [], "command": "bsb evaluate success", "seconds": 61, "methods": [\(methods.joined(separator: ", "))]}
            """
        let tables = #"{"name": "same", "title": "T", "table": "| a | b |\n| --- | --- |\n| x | 0.438 |", "summary": \#(summary)}"#
        _ = try folder.write("pages/docs/results.json", #"{"version": "9", "quick": false, "machine": "", "tables": [\#(tables)]}"#)
        let made = try results([], in: folder)
        try #require(made.exitCode == 0, "\(made.errors)")
        let readme = try page("README.md", in: folder)
        #expect(readme.hasPrefix("# A\n") && readme.hasSuffix("<!-- up to here -->\nB\n") && !readme.contains("old"))
        #expect(readme.contains("|  | the mesh itself (9 clicks) |") && readme.contains("| `bsb match` | 50.0 [25.0, 75.0] |"))
        #expect(readme.contains("on the same features | 43.8 |"))
    }

    /// The pages of this checkout, where a run was taken over into them.
    @Test func thePagesAreAsTheScriptMakesThem() throws {
        let root = DocumentationTests.root.path
        guard FileManager.default.fileExists(atPath: root + "/docs/results.json") else {
            #expect(!FileManager.default.fileExists(atPath: root + "/docs/results.md"), "a page of results without its summaries")
            return
        }
        let run = try Program.run(["python3", Self.script, "--check"], program: "/usr/bin/env")
        #expect(run.exitCode == 0, "\(run.errors)")
    }

    /// Every command of the plan is understood, in full and quick.
    @Test(arguments: [[], ["--quick"]]) func theWholePlanIsUnderstood(quick: [String]) throws {
        let folder = try Folder()
        for id in ["1", "2"] { try OwnMethodTests.writeTube(id, sides: 8, in: folder) }
        let clicks = #"{"photos": [{"image": "a.jpg", "category": "Tube", "clicks": [{"x": 1, "y": 2, "part": "top"}]}]}"#
        let words = [
            "--data", "\(folder.path)/data", "--format", "simple", "--unseen", "u", "--unseen-split", "s", "--keypoints", "k", "--beside",
            "imagenet", "--clicks",
            try folder.write("clicks.json", clicks), "--output", "out",
        ]
        let tables = try EvaluateAll.parse(words + quick).plan()
        #expect(tables.count == 24 && Set(tables.map(\.name)).count == 24)
        for table in tables {
            #expect(throws: Never.self, "\(table.text)") { _ = try table.command.parse(table.words + ["--output", "out"]) }
            #expect(!table.text.contains("/16") && !table.words.contains { $0.allSatisfy(\.isUppercase) })
        }
        #expect(tables[0].words.contains(quick.isEmpty ? "408" : "16"))
        #expect(try EvaluateAll.parse(Array(words.prefix(4)) + ["--output", "out"]).plan().count == 17)
    }

    @Test func tablesThatDoNotExistAre64() throws {
        let folder = try Folder()
        try OwnMethodTests.writeTube("1", sides: 12, in: folder)
        let words = ["evaluate", "all", "--data", "data", "--format", "simple", "--output", "out", "--tables"]
        let unknown = try Program.run(words + ["keypoints"], in: folder.path)
        #expect(unknown.exitCode == 64 && unknown.errors.contains("or its data are not given"))
        // One shape has no other of its category: that table is told to have failed, and is the command's exit code.
        let failed = try Program.run(words + ["transfer", "--json"], in: folder.path)
        #expect(failed.exitCode == 64)
        let rows = try #require(try failed.json()["tables"] as? [[String: Any]])
        #expect((rows.first?["failure"] as? String)?.contains("no category has two shapes") == true)
    }
}
