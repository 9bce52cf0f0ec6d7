import Foundation
import Testing

@testable import bsb

/// The Python of this machine.
private enum Python {
    static let hasNumPy = (try? run(["-c", "import numpy"], in: NSTemporaryDirectory())) == 0

    /// The exit code of a script.
    static func run(_ arguments: [String], in folder: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

/// What docs/your-own-method.md says is what happens: its very lines of Python are asked and scored.
@Suite(.enabled(if: Python.hasNumPy, "needs python3 with NumPy")) struct OwnMethodTests {
    /// A tube of rings: the lower half is the base, the upper the top.
    static func writeTube(_ id: String, sides: Int, in folder: Folder) throws {
        let rings = 12
        var (lines, parts): ([String], [Int]) = ([], [])
        for ring in 0...rings {
            for side in 0..<sides {
                let angle = 2 * Double.pi * Double(side) / Double(sides)
                lines.append("v \(0.5 * cos(angle)) \(2 * Double(ring) / Double(rings) - 1) \(0.5 * sin(angle))")
            }
        }
        for ring in 0..<rings {
            for side in 0..<sides {
                let (a, b) = (ring * sides + side + 1, ring * sides + (side + 1) % sides + 1)
                lines += ["f \(a) \(a + sides) \(b)", "f \(b) \(a + sides) \(b + sides)"]
                parts += [Int](repeating: ring < rings / 2 ? 0 : 1, count: 2)
            }
        }
        try FileManager.default.createDirectory(atPath: "\(folder.path)/data/Tube", withIntermediateDirectories: true)
        _ = try folder.write("data/Tube/\(id).obj", lines.joined(separator: "\n") + "\n")
        _ = try folder.write("data/Tube/\(id).labels.json", #"{"names": ["base", "top"], "perFace": \#(parts)}"#)
    }

    private static func lines(_ path: String) throws -> [[String: Any]] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    /// The y of each vertex of the tube that a target is.
    private static func heights(_ target: Any?, in folder: String) throws -> [Double] {
        let name = try #require(target as? String)
        return try String(contentsOfFile: "\(folder)/data/\(name).obj", encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("v ") }.map { try #require(Double($0.split(separator: " ")[2])) }
    }

    private static func methods(_ json: [String: Any]) throws -> [String: [String: Any]] {
        let rows = try #require(json["methods"] as? [[String: Any]])
        return Dictionary(uniqueKeysWithValues: rows.compactMap { row in (row["method"] as? String).map { ($0, row) } })
    }

    @Test func theExamplesOfThePageAreScored() throws {
        let folder = try Folder()
        for (id, sides) in [("1", 24), ("2", 20)] { try Self.writeTube(id, sides: sides, in: folder) }
        let page = try String(contentsOf: DocumentationTests.root.appendingPathComponent("docs/your-own-method.md"), encoding: .utf8)
        let blocks = page.matches(of: /```python\n([\s\S]*?)```/).map { String($0.output.1) }
        try #require(blocks.count == 2)
        _ = try folder.write("mine.py", blocks[0])
        _ = try folder.write("features.py", blocks[1])
        let data = ["--data", "data", "--format", "simple"]
        let asked = ["--samples", "6", "--clicks-per-photo", "2", "--photo-size", "64"]
        let questions = try Program.run(["evaluate", "questions"] + data + asked + ["--output", "questions"], in: folder.path)
        try #require(questions.exitCode == 0, "\(questions.errors)")
        #expect(questions.output.hasPrefix("6 clicks in 3 photos, to be answered on 2 meshes"))

        // By answers: scored as the labels say, worked out here once more.
        try #require(try Python.run(["mine.py", "questions"], in: folder.path) == 0)
        let samples = try Self.lines("\(folder.path)/questions/samples.jsonl")
        let answers = try Self.lines("\(folder.path)/mine.jsonl")
        try #require(samples.count == 6 && answers.count == 6)
        let right = try zip(samples, answers).count { sample, answer in
            let height = try Self.heights(sample["target"], in: folder.path)[try #require(answer["vertex"] as? Int)]
            let part = try #require((sample["click"] as? [String: Any])?["part"] as? String)
            // Vertices between the parts are of either.
            return abs(height) < 0.01 || (height < 0) == (part == "base")
        }
        let score = ["evaluate", "score", "mine.jsonl", "--json"] + data
        let scored = try Program.run(score + ["--run", "questions"], in: folder.path)
        try #require(scored.exitCode == 0, "\(scored.errors)")
        let mine = try #require(try Self.methods(scored.json())["mine"])
        let mean = try #require((mine["success"] as? [String: Any])?["mean"] as? Double)
        #expect(abs(mean - Double(right) / 6) <= 1.0 / 6, "\(mean), by this count \(right) of 6")
        #expect(right >= 4, "the click's height tells something")

        // By features: the most similar vertex is as high as the click.
        try #require(try Python.run(["features.py", "questions", "features"], in: folder.path) == 0)
        let run = try Program.run(
            ["evaluate"] + data + asked
                + ["--features", "features", "--no-render-baselines", "--no-segments", "--gallery", "0", "--no-cache", "--output", "run"],
            in: folder.path)
        try #require(run.exitCode == 0, "\(run.errors)")
        let records = try Self.lines("\(folder.path)/run/samples.jsonl")
        #expect(records.map { $0["sample"] as? Int } == samples.map { $0["sample"] as? Int })
        for record in records {
            let nearest = try #require((record["answers"] as? [String: [String: Any]])?["nearest-vertex"]?["vertex"] as? Int)
            let height = try Self.heights(record["target"], in: folder.path)[nearest]
            let y = try #require((record["click"] as? [String: Any])?["y"] as? Int)
            #expect(abs(height - (1 - 2 * (Double(y) + 0.5) / 64)) < 0.12, "rings are 0.17 apart")
        }

        // Both in one table.
        let both = try Program.run(score + ["--run", "run", "--output", "score"], in: folder.path)
        try #require(both.exitCode == 0, "\(both.errors)")
        let rows = try Self.methods(both.json())
        #expect(Set(rows.keys).isSuperset(of: ["default", "nearest-vertex", "mine", "chance"]))
        #expect((rows["mine"]?["success"] as? [String: Any])?["mean"] as? Double == mean)
        #expect(rows["mine"]?["lead"] != nil)
        #expect(try folder.files("score") == ["summary.json", "summary.md"])
    }

    @Test func aDamagedShapeIsARowAndNothingButDamagedShapesIs65() throws {
        let folder = try Folder()
        try Self.writeTube("1", sides: 12, in: folder)
        _ = try folder.write("data/Tube/2.obj", "v 0 0 0\nf 1 2 3\n")
        _ = try folder.write("data/Tube/2.labels.json", #"{"names": ["base"], "perFace": [0]}"#)
        let words = ["evaluate", "questions", "--data", "data", "--format", "simple", "--samples", "4", "--photo-size", "48"]
        let run = try Program.run(words + ["--output", "a"], in: folder.path)
        #expect(
            run.exitCode == 0 && run.output.contains("| skipped shape | what is wrong with it |\n| --- | --- |\n| Tube/2 |"),
            "\(run.errors)")
        let json = try Program.run(words + ["--output", "a", "--json"], in: folder.path).json()
        #expect((json["skipped"] as? [[String: String]])?.map { $0["shape"] } == ["Tube/2"] && json["samples"] as? Int == 2)
        try FileManager.default.removeItem(atPath: "\(folder.path)/data/Tube/1.labels.json")
        let none = try Program.run(words + ["--output", "b"], in: folder.path)
        #expect(none.exitCode == 65 && none.output.isEmpty && none.errors.contains("none of 1 shapes can be used"), "\(none.errors)")
    }

    @Test func answersThatCannotBeJudgedAre65() throws {
        let folder = try Folder()
        try Self.writeTube("1", sides: 12, in: folder)
        let data = ["--data", "data", "--format", "simple"]
        let questions = try Program.run(
            ["evaluate", "questions"] + data + ["--samples", "2", "--photo-size", "48", "--output", "questions"], in: folder.path)
        try #require(questions.exitCode == 0, "\(questions.errors)")
        let cases = [
            ("", "there are no answers"), ("{", "line 1 is no answer"), (#"{"sample": 0, "vertex": 1}"#, "no line of 'mine' for sample 1"),
            ("{\"sample\": 0}\n{\"sample\": 1, \"vertex\": 156}\n", "line 2 has vertex 156, and Tube/1 has 156, from 0"),
            ("{\"sample\": 0, \"face\": -1}\n{\"sample\": 1}\n", "line 1 has face -1"),
            ("{\"sample\": 0}\n\n{\"sample\": 0}\n", "line 3 answers sample 0 of 'mine' once more"),
            (#"{"sample": 0, "vertex": 1, "face": 2}"#, "line 1 has a vertex and a face"),
            (#"{"sample": 0, "method": "bsb"}"#, "the name of a method of bsb"),
        ]
        for (text, reason) in cases {
            _ = try folder.write("mine.jsonl", text)
            let run = try Program.run(["evaluate", "score", "mine.jsonl", "--run", "questions"] + data, in: folder.path)
            #expect(run.exitCode == 65 && run.output.isEmpty, "\(text)")
            #expect(run.errors.contains(reason), "\(run.errors)")
        }
        let absent = try Program.run(["evaluate", "score", "none.jsonl", "--run", "questions"] + data, in: folder.path)
        #expect(absent.exitCode == 66)
        _ = try folder.write("mine.jsonl", "{\"sample\": 0}\n{\"sample\": 1, \"face\": 287}\n")
        let fine = try Program.run(["evaluate", "score", "mine.jsonl", "--run", "questions"] + data, in: folder.path)
        #expect(fine.exitCode == 0 && fine.output.contains("mine"))
    }
}
