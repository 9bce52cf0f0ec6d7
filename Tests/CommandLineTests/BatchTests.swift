import BSBBasics
import BSBImages
import Foundation
import Testing

/// Many questions from a list: every id gets one line, the same whether it was done at once, in shares, after a kill or through a pipe.
@Suite(.serialized) struct BatchTests {
    /// Two photos and three meshes, one of which cannot be read, with every kind of row.
    private struct List {
        let folder: Folder
        let manifest: String
        var cache: [String] { ["--cache", folder.path + "/cache", "--views", "12", "--lift-views", "6"] }

        init() throws {
            folder = try Folder()
            for (name, seed) in [("mug", "0"), ("guitar", "1")] {
                let made = try Program.run(["example", name, "--seed", seed, "--output", "\(folder.path)/\(name)", "--width", "256"])
                #expect(made.exitCode == 0, "\(made.errors)")
            }
            _ = try folder.write("broken.obj", "v 0 0 0\n")
            manifest = try folder.write(
                "rows.jsonl",
                """
                {"id": "body", "photo": "mug/photo.png", "mesh": "mug/mesh.obj", "click": \(try Self.click(folder, "mug"))}
                {"id": 7, "photo": "guitar/photo.png", "mesh": "guitar/mesh.obj", "click": \(try Self.click(folder, "guitar"))}

                {"id": "other", "photo": "guitar/photo.png", "mesh": "mug/mesh.obj", "click": \(try Self.click(folder, "guitar"))}
                {"id": "sure", "photo": "mug/photo.png", "mesh": "guitar/mesh.obj", "click": \(try Self.click(folder, "mug")), "options": {"minExistence": 1}}
                {"id": "broken", "photo": "mug/photo.png", "mesh": "broken.obj", "click": [3, 3]}
                {"id": "outside", "photo": "mug/photo.png", "mesh": "mug/mesh.obj", "click": [3000, 3]}
                {"id": "absent", "photo": "none.png", "mesh": "mug/mesh.obj", "click": [3, 3]}
                {"id": "body", "photo": "mug/photo.png", "mesh": "mug/mesh.obj", "click": [4, 4]}
                {"id": "option", "photo": "mug/photo.png", "mesh": "mug/mesh.obj", "click": [4, 4], "options": {"speed": 3}}
                {"id": "no click", "photo": "mug/photo.png", "mesh": "mug/mesh.obj"}
                {"id": "../up", "photo": "mug/photo.png", "mesh": "mug/mesh.obj", "click": [4, 4]}
                {"photo": "mug/photo.png"}
                not json
                """)
        }

        private static func click(_ folder: Folder, _ name: String) throws -> String {
            let text = try String(contentsOfFile: "\(folder.path)/\(name)/click.txt", encoding: .utf8)
            return "[\(text.trimmingCharacters(in: .newlines))]"
        }

        func run(_ output: String, _ more: [String] = ["--keep-going"]) throws -> Program.Run {
            try Program.run(["batch", manifest, "--output", "\(folder.path)/\(output)"] + cache + more)
        }

        func results(_ output: String) throws -> String {
            try String(contentsOfFile: "\(folder.path)/\(output)/results.jsonl", encoding: .utf8)
        }
    }

    private static func lines(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test func everyRowGetsOneLineHoweverTheWorkIsShared() throws {
        let list = try List()
        let whole = try list.run("whole")
        #expect(whole.exitCode == 65, "rows that failed are told in the end: \(whole.errors)")
        let lines = try Self.lines(list.results("whole"))
        let codes = Dictionary(grouping: lines.filter { $0["id"] != nil }) { $0["id"] as? String ?? "" }
            .mapValues { $0.map { $0["code"] as? Int } }
        #expect(
            codes == [
                "body": [0], "7": [0], "other": codes["other"] ?? [], "sure": [2], "broken": [65], "outside": [65], "absent": [66],
                "option": [65], "no click": [65],
            ])
        #expect([[0], [2]].contains(codes["other"]))
        let nameless = lines.filter { $0["id"] == nil }
        #expect(nameless.compactMap { $0["line"] as? Int }.sorted() == [9, 12, 13, 14], "as an editor counts lines")
        #expect(nameless.contains { ($0["error"] as? String)?.contains("that of line 1") == true })

        // In shares, the last of which joins the results.
        let first = try list.run("shares", ["--keep-going", "--shard", "0/2"])
        #expect(!FileManager.default.fileExists(atPath: list.folder.path + "/shares/results.jsonl"))
        #expect(first.output.contains("Other shares are not done yet."))
        _ = try list.run("shares", ["--keep-going", "--shard", "1/2"])
        #expect(try list.results("shares") == list.results("whole"))

        // Through a pipe, as the rows come; what differs is where files are.
        let pipe = try Program.run(
            ["batch", "-", "--files", "none"] + list.cache, in: list.folder.path,
            input: String(contentsOfFile: list.manifest, encoding: .utf8))
        #expect(pipe.exitCode == 0, "\(pipe.errors)")
        let answers = try Self.lines(pipe.output)
        #expect(answers.count == lines.count)
        for answer in answers where answer["code"] as? Int == 0 {
            let same = try #require(lines.first { $0["id"] as? String == answer["id"] as? String })
            let (a, b) = (answer["answer"] as? [String: Any], same["answer"] as? [String: Any])
            #expect(a?["vertex"] as? Int == b?["vertex"] as? Int)
            #expect(a?["segment"] as? NSDictionary == b?["segment"] as? NSDictionary)
        }
    }

    @Test func aRowSaysWhatMatchSays() throws {
        let list = try List()
        let click = try String(contentsOfFile: "\(list.folder.path)/mug/click.txt", encoding: .utf8).trimmingCharacters(in: .newlines)
        let match = try Program.run(
            [
                "match", "--image", list.folder.path + "/mug/photo.png", "--click", click, "--mesh", list.folder.path + "/mug/mesh.obj",
                "--output", list.folder.path + "/match", "--json",
            ] + list.cache)
        let wanted = try match.json()
        _ = try list.run("out", ["--keep-going", "--selection", "faces"])
        let line = try #require(try Self.lines(list.results("out")).first { $0["id"] as? String == "body" })
        let answer = try #require(line["answer"] as? [String: Any])
        for field in ["vertex", "similarity", "iou", "existence", "grade", "position", "pixel", "segment", "decidedBy"] {
            #expect((answer[field] as? NSObject) == (wanted[field] as? NSObject), "\(field)")
        }
        for name in ["labels.npy", "face_labels.npy", "probability.npy"] {
            let (a, b) = ("out/answers/body/\(name)", "match/\(name)")
            #expect(
                FileManager.default.contentsEqual(atPath: "\(list.folder.path)/\(a)", andPath: "\(list.folder.path)/\(b)"), "\(name)")
        }
        let labels = try NumPyArray(contentsOf: list.folder.path + "/match/face_labels.npy")
        let faces = try #require(answer["selection"] as? [Int])
        let inside = labels.floats()
        #expect(faces == inside.indices.filter { inside[$0] != 0 })
    }

    @Test func aRunGoesOnWhereItWasKilledAndSeesChangedFiles() throws {
        let list = try List()
        // Ends at the first row that fails, with what was done before kept.
        let stopped = try list.run("out", ["--threads", "1"])
        #expect(stopped.exitCode == 65)
        #expect(stopped.errors.contains("line 9 of the manifest"), "unusable lines are told before any work: \(stopped.errors)")
        _ = try list.run("out")
        let before = try list.results("out")
        let again = try list.run("out", ["--keep-going", "--json"])
        let summary = try again.json()
        #expect(summary["answered"] as? Int == 0)
        #expect(summary["known"] as? Int == 8)
        #expect(try list.results("out") == before)

        // A mesh that can be read now: only its rows are done, with or without being asked to try again.
        let mesh = try String(contentsOfFile: list.folder.path + "/mug/mesh.obj", encoding: .utf8)
        _ = try list.folder.write("broken.obj", mesh)
        let mended = try list.run("out", ["--keep-going", "--json"]).json()
        #expect(mended["known"] as? Int == 7)
        // Errors of rows whose files are the same are tried again when asked.
        let retried = try list.run("out", ["--keep-going", "--retry", "--json"]).json()
        #expect(try #require(retried["known"] as? Int) < 8)
    }

    @Test func aChangedMaskIsNoticed() throws {
        let list = try List()
        func mask(_ side: Int) throws {
            try Mask(width: 256, height: 192) { x, y in abs(x - 128) < side && abs(y - 96) < side }
                .writePNG(to: list.folder.path + "/mask.png")
        }
        try mask(20)
        _ = try list.folder.write(
            "rows.jsonl", #"{"id": "a", "photo": "mug/photo.png", "mesh": "mug/mesh.obj", "mask": "mask.png"}"#)
        #expect(try list.run("out", ["--json"]).json()["answered"] as? Int == 1)
        #expect(try list.run("out", ["--json"]).json()["known"] as? Int == 1)
        try mask(30)
        #expect(try list.run("out", ["--json"]).json()["answered"] as? Int == 1)
    }

    @Test func aRowThatTakesTooLongEndsAlone() throws {
        let list = try List()
        _ = try list.run("out", ["--keep-going", "--row-limit", "0.000001"])
        let lines = try Self.lines(list.results("out"))
        let body = try #require(lines.first { $0["id"] as? String == "body" })
        #expect((body["error"] as? String)?.contains("it took longer than") == true)
        #expect(lines.count == 13)
    }
}
