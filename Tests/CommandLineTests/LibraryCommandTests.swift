import BSBBasics
import Foundation
import TestSupport
import Testing

/// A library of meshes: added once, searched and labelled at once.
@Suite(.serialized) struct LibraryCommandTests {
    /// Example meshes, one that cannot be read, and a library of all of them.
    private struct Shelf {
        static let kinds = ["mug", "guitar", "chair"]
        /// One with all meshes in its library, for tests that change nothing.
        static let full = Result {
            let shelf = try Shelf()
            _ = try shelf.add()
            return shelf
        }
        let folder: Folder
        var library: String { folder.path + "/shelf" }
        var meshes: String { folder.path + "/meshes" }

        init() throws {
            folder = try Folder()
            for kind in Self.kinds {
                let made = try Program.run(["example", kind, "--seed", "0", "--output", "\(folder.path)/\(kind)", "--width", "256"])
                #expect(made.exitCode == 0, "\(made.errors)")
                let place = "\(meshes)/\(kind)"
                try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
                try FileManager.default.copyItem(atPath: "\(folder.path)/\(kind)/mesh.obj", toPath: "\(place)/\(kind).obj")
            }
            _ = try folder.write("meshes/broken.obj", "v 0 0 0\n")
        }

        func add(_ more: [String] = [], _ places: [String]? = nil, to other: String? = nil) throws -> [String: Any] {
            let run = try Program.run(["library", "add", other ?? library] + (places ?? [meshes]) + ["--views", "8", "--json"] + more)
            #expect(run.exitCode == 0, "\(run.errors)")
            return try run.json()
        }

        func click(_ kind: String) throws -> String {
            try String(contentsOfFile: "\(folder.path)/\(kind)/click.txt", encoding: .utf8).trimmingCharacters(in: .newlines)
        }

        func search(_ kind: String, _ more: [String] = [], in other: String? = nil) throws -> Program.Run {
            try Program.run(
                [
                    "library", "search", other ?? library, "--image", "\(folder.path)/\(kind)/photo.png", "--click", click(kind), "--cache",
                    folder.path + "/cache", "--lift-views", "6",
                ] + more)
        }
    }

    private func names(_ document: [String: Any]) throws -> [String] {
        try #require(document["results"] as? [[String: Any]]).map { (($0["path"] as? String ?? "") as NSString).lastPathComponent }
    }

    @Test func meshesAreAddedOnceAndBadOnesAreNoted() throws {
        let shelf = try Shelf()
        let before = try String(contentsOfFile: shelf.meshes + "/mug/mug.obj", encoding: .utf8)
        // As after a kill: some are there already.
        let some = try shelf.add([], ["\(shelf.meshes)/mug"])
        #expect(some["added"] as? Int == 1 && some["failed"] as? Int == 0)
        let rest = try shelf.add()
        #expect(rest["added"] as? Int == 2 && rest["known"] as? Int == 1 && rest["failed"] as? Int == 1)
        #expect(try #require(rest["bytes"] as? Int) < 2 * 400_000, "a few hundred kilobytes a mesh")
        let again = try shelf.add()
        #expect(again["added"] as? Int == 0 && again["known"] as? Int == 3 && again["failed"] as? Int == 1)
        #expect(try String(contentsOfFile: shelf.meshes + "/mug/mug.obj", encoding: .utf8) == before)

        let failed = try Program.run(["library", "list", shelf.library, "--failed"])
        #expect(failed.output.contains("broken.obj") && failed.output.contains("1 meshes"), "\(failed.output)")
        let list = try Program.run(["library", "list", shelf.library, "--json"])
        let entries = try #require(try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]])
        #expect(entries.count == 4)
        for entry in entries where entry["state"] as? String == "ready" {
            #expect(try #require(entry["leastCosine"] as? Double) > 0.999)
            #expect(try #require(entry["rows"] as? Int) <= 2048)
        }

        // A copy costs nothing, a changed file is looked at again, a mended one too, and what is gone is forgotten when asked.
        try FileManager.default.copyItem(atPath: shelf.meshes + "/mug/mug.obj", toPath: shelf.meshes + "/mug/copy.obj")
        try (before + "# changed\n").write(toFile: shelf.meshes + "/mug/mug.obj", atomically: true, encoding: .utf8)
        try FileManager.default.removeItem(atPath: shelf.meshes + "/chair/chair.obj")
        let changed = try shelf.add(["--forget"])
        #expect(changed["copies"] as? Int == 1 || changed["added"] as? Int == 2, "\(changed)")
        #expect(changed["removed"] as? Int == 1)

        // Other features cannot be compared with those that are there.
        let other = try Program.run(["library", "add", shelf.library, shelf.meshes, "--views", "14"])
        #expect(other.exitCode == 64 && other.errors.contains("8 views"), "\(other.errors)")
        #expect(try Program.run(["library", "add", shelf.library, shelf.folder.path + "/none", "--views", "8"]).exitCode == 66)
    }

    @Test func aSearchRanksAndLightsTheParts() throws {
        let shelf = try Shelf.full.get()
        let output = shelf.folder.path + "/out"
        for kind in ["mug", "guitar"] {
            let run = try shelf.search(kind, ["--json"])
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(try names(run.json()).first == "\(kind).obj", "the mesh of the photo is the first: \(run.output)")
            // The same search gives the same bytes, but for the time it took.
            let again = try shelf.search(kind, ["--json"])
            var (a, b) = (try run.json(), try again.json())
            (a["timings"], b["timings"]) = (nil, nil)
            #expect(a as NSDictionary == b as NSDictionary)
        }
        let run = try shelf.search("mug", ["--output", output, "--top", "2", "--json"])
        let document = try run.json()
        #expect(try names(document).count == 2)
        let first = try #require((document["results"] as? [[String: Any]])?.first)
        let folder = try #require(first["folder"] as? String)
        let labels = try NumPyArray(contentsOf: "\(output)/\(folder)/labels.npy")
        let part = try #require(first["part"] as? [String: Any])
        #expect(labels.floats().count { $0 != 0 } == part["vertices"] as? Int)
        for name in ["overview.png", "result.json"] { #expect(FileManager.default.fileExists(atPath: "\(output)/\(name)")) }

        // Scores fall along the list, and the refused stand apart.
        let scores = try #require(try shelf.search("mug", ["--json"]).json()["results"] as? [[String: Any]]).compactMap {
            $0["existence"] as? Double ?? $0["similarity"] as? Double
        }
        #expect(scores.count == 3 && scores == scores.sorted(by: >))
        let features = shelf.library + "/features"
        let file = try #require(FileManager.default.subpaths(atPath: features)?.first { $0.hasSuffix(".rows") })
        let place = URL(fileURLWithPath: "\(features)/\(file)")
        let whole = try Data(contentsOf: place)
        try Data("nothing".utf8).write(to: place)
        let damaged = try shelf.search("mug", ["--json"]).json()
        #expect((damaged["refused"] as? [Any])?.count == 1 && (damaged["results"] as? [Any])?.count == 2)
        try whole.write(to: place)
    }

    @Test(.enabled(if: PostgresServer.programs != nil, "needs PostgreSQL: apt-get install postgresql"))
    func aDatabaseGivesTheAnswersOfTheFile() throws {
        let shelf = try Shelf.full.get()
        let server = try PostgresServer()
        let (other, database) = (shelf.folder.path + "/other", ["--database", server.url])
        _ = try server.retried { _ in
            let list = try Program.run(["library", "list", shelf.folder.path] + database)
            guard list.exitCode == 0 else { throw CocoaError(.fileNoSuchFile) }
        }
        let added = try shelf.add(database, to: other)
        #expect(added["added"] as? Int == 3 && added["failed"] as? Int == 1)
        #expect(try shelf.add(database, to: other)["known"] as? Int == 3)
        #expect(!FileManager.default.fileExists(atPath: other + "/library.sqlite"))
        for kind in Shelf.kinds {
            let results = try [shelf.search(kind, ["--json"]), shelf.search(kind, ["--json"] + database, in: other)].map { run in
                try #require(run.json()["results"] as? NSArray)
            }
            #expect(results[0] == results[1], "\(kind)")
        }
        #expect(try Program.run(["library", "list", other, "--database", "mysql://a"]).exitCode == 64)
    }

    @Test func searchesThatCannotBeAreRefused() throws {
        let shelf = try Shelf()
        let none = try shelf.search("mug")
        #expect(none.exitCode == 66 && none.errors.contains("bsb library add"), "\(none.errors)")
        try FileManager.default.createDirectory(atPath: shelf.library, withIntermediateDirectories: true)
        let database = URL(fileURLWithPath: shelf.library + "/library.sqlite")
        try Data("no database, but long enough to be looked at as one".utf8).write(to: database)
        let broken = try shelf.search("mug")
        #expect(broken.exitCode == 65 && broken.errors.contains("no library, or it is damaged"), "\(broken.errors)")
    }

    @Test func clicksBecomeLabelsOnAllMeshes() throws {
        let shelf = try Shelf.full.get()
        let spec = try shelf.folder.write(
            "spec.json",
            """
            [{"name": "handle", "photo": "mug/photo.png", "click": [\(shelf.click("mug"))]},
             {"name": "seat", "mesh": "meshes/chair/chair.obj", "vertex": 10}]
            """)
        let output = shelf.folder.path + "/labels"
        let arguments = ["library", "label", shelf.library, "--spec", spec, "--output", output, "--cache", shelf.folder.path + "/cache"]
        let run = try Program.run(arguments + ["--lift-views", "6", "--json"])
        #expect(run.exitCode == 0, "\(run.errors)")
        let document = try run.json()
        #expect(document["meshes"] as? Int == 3 && document["errors"] as? Int == 0)
        let lines = try String(contentsOfFile: output + "/labels.jsonl", encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 3)
        for line in lines {
            let line = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let labels = try #require(line["labels"] as? [[String: Any]])
            #expect(labels.map { $0["name"] as? String } == ["handle", "seat"])
            guard labels.contains(where: { $0["share"] as? Double ?? 0 > 0 }) else { continue }
            let folder = "\(output)/meshes/\(line["id"] as? String ?? "")"
            let perVertex = try #require(try NumPyArray(contentsOf: folder + "/vertex_labels.npy").integers())
            let confidence = try NumPyArray(contentsOf: folder + "/confidence.npy").floats()
            #expect(perVertex.count == confidence.count && perVertex.allSatisfy { (-1..<2).contains($0) })
            #expect(zip(perVertex, confidence).allSatisfy { $0 < 0 ? $1 == 0 : $1 > 0 })
        }
        // The clicked mug has what was clicked.
        let list = try Program.run(["library", "list", shelf.library, "--label", "handle"])
        #expect(list.output.contains("mug.obj"), "\(list.output)")

        let wrong = try shelf.folder.write("wrong.json", #"[{"name": "handle", "photo": "a.png", "mesh": "b.obj", "click": [1, 2]}]"#)
        let refused = try Program.run(["library", "label", shelf.library, "--spec", wrong, "--output", output])
        #expect(refused.exitCode == 65 && refused.errors.contains("click 0 must have a photo or a mesh"), "\(refused.errors)")
    }

    @Test func anExportHasARowForEachMesh() throws {
        let shelf = try Shelf.full.get()
        let output = shelf.folder.path + "/export"
        let run = try Program.run(["library", "export", shelf.library, "--output", output, "--json"])
        let document = try run.json()
        #expect(document["meshes"] as? Int == 4 && document["descriptors"] as? Int == 3)
        let descriptors = try NumPyArray(contentsOf: output + "/descriptors.npy")
        #expect(descriptors.shape == [3, 17, try #require(document["dimension"] as? Int)])
        let lines = try String(contentsOfFile: output + "/meshes.jsonl", encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 4)
    }
}

/// The meshes of a list of questions, prepared alone.
@Suite struct DistillManifestTests {
    @Test func meshesOfAListArePreparedAndBadOnesAreTold() throws {
        let folder = try Folder()
        for kind in ["mug", "chair"] {
            _ = try Program.run(["example", kind, "--seed", "0", "--output", "\(folder.path)/\(kind)", "--width", "256"])
        }
        _ = try folder.write("broken.obj", "v 0 0 0\n")
        let manifest = try folder.write(
            "rows.jsonl",
            """
            {"id": 1, "photo": "mug/photo.png", "mesh": "mug/mesh.obj", "click": [9, 9]}
            {"id": 2, "photo": "mug/photo.png", "mesh": "chair/mesh.obj", "click": [9, 9]}
            {"id": 3, "photo": "mug/photo.png", "mesh": "broken.obj", "click": [9, 9]}
            {"id": 4, "photo": "mug/photo.png", "mesh": "mug/mesh.obj", "click": [8, 9]}
            """)
        let options = ["--cache", folder.path + "/cache", "--views", "8", "--segment-views", "8", "--json"]
        let first = try Program.run(["distill", "--manifest", manifest] + options)
        #expect(first.exitCode == 65, "\(first.errors)")
        let document = try first.json()
        #expect(document["meshes"] as? Int == 3 && document["prepared"] as? Int == 2 && document["views"] as? Int == 32)
        #expect(first.errors.contains("broken.obj"))
        // What is prepared is not made again, by a share neither.
        let again = try Program.run(["distill", "--manifest", manifest, "--shard", "0/3"] + options)
        #expect(try again.exitCode == 0 && again.json()["prepared"] as? Int == 0, "\(again.errors)")
        #expect(try Program.run(["distill", "--manifest", manifest, "a.obj"] + options).exitCode == 64)
        #expect(try Program.run(["distill"] + options).exitCode == 64)
        #expect(try Program.run(["distill", "a.obj", "--shard", "0/2"] + options).exitCode == 64)
    }
}
