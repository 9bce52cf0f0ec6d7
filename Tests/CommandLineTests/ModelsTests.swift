import BSBBasics
import Foundation
import TestSupport
import Testing

/// Published models on the command line, with the tiny ones of the parity tests.
@Suite struct ModelsTests {
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("BackbonesTests/Fixtures").path
    static let parity = fixtures + "/parity"

    /// Runs `bsb` with models and pins in a folder of its own.
    private func run(_ arguments: [String], in folder: Folder, _ more: [String: String] = [:]) throws -> Program.Run {
        let own = [
            "HF_HOME": folder.path + "/hf", "BSB_CONFIG": folder.path + "/config", "BSB_MODELS": folder.path + "/own",
            "HF_HUB_OFFLINE": "1",
        ]
        return try Program.run(arguments, in: folder.path, environment: own.merging(more) { $1 })
    }

    @Test func thePapersPresetNamesTheCommandThatFetchesIt() throws {
        let run = try run(
            ["match", "--preset", "paper", "--image", "a.png", "--click", "1,1", "--mesh", "b.obj", "--no-cache"], in: Folder())
        #expect(run.exitCode == 69)
        #expect(run.errors.contains("run 'bsb models pull dinov2-large-registers sam-vit-huge'"), "\(run.errors)")
    }

    @Test func aMissingModelIs69AndNamesFilePlaceAndCommand() throws {
        let folder = try Folder()
        let run = try run(["models", "path", "sam2.1-tiny"], in: folder)
        #expect(run.exitCode == 69 && run.output.isEmpty)
        for words in ["onnx/vision_encoder.onnx", "354 kB", folder.path + "/hf/hub", "bsb models pull sam2.1-tiny", "HF_HUB_OFFLINE"] {
            #expect(run.errors.contains(words), "\(run.errors)")
        }
        #expect(try self.run(["models", "path", "nothing"], in: folder).exitCode == 64)
    }

    @Test func filesOfTheUsersOwnAreAddedUsedAndWatched() throws {
        let folder = try Folder()
        for name in ["encoder.onnx", "decoder.onnx"] {
            try FileManager.default.copyItem(atPath: Self.parity + "/sam-own-layout/" + name, toPath: "\(folder.path)/\(name)")
        }
        let added = try run(["models", "add", "mine", "--encoder", "encoder.onnx", "--decoder", "decoder.onnx"], in: folder)
        #expect(added.exitCode == 0, "\(added.errors)")
        let picture = Self.parity + "/sam-own-layout/picture.png"
        let arguments = ["segment-image", picture, "--click", "30,20", "--no-cache", "--json", "--segmenter-model"]
        let byName = try run(arguments + ["mine"], in: folder)
        #expect(byName.exitCode == 0, "\(byName.errors)")
        let model = try #require(try byName.json()["model"] as? [String: String])
        #expect(model["name"] == "mine" && model["hash"]?.count == 64)
        #expect((try byName.json()["masks"] as? [Any])?.count == 3)
        #expect(try run(arguments + [folder.path], in: folder).exitCode == 0)

        // Cut short, the file is noticed by its entry and, given as a file, refused by what reads it.
        let whole = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/encoder.onnx"))
        try whole.prefix(2000).write(to: URL(fileURLWithPath: folder.path + "/encoder.onnx"))
        let watched = try run(arguments + ["mine"], in: folder)
        #expect(watched.exitCode == 65 && watched.errors.contains("cut short: 2000 of"), "\(watched.errors)")
        #expect(try run(arguments + ["encoder.onnx,decoder.onnx"], in: folder).exitCode == 65)
    }

    /// Runs `bsb match` on a cube with the tiny DINOv3 or one that takes its place, and gives the hash of the model and what is cached.
    private func match(_ model: String, in folder: Folder, _ more: [String: String] = [:]) throws -> (hash: String, cached: Set<String>) {
        _ = try folder.write("cube.obj", FailureTests.cube)
        let segmenter = ["encoder", "decoder"].map { Self.fixtures + "/published/mobilesam-\($0).onnx" }.joined(separator: ",")
        let run = try run(
            [
                "match", "--image", Self.parity + "/dinov3/picture.png", "--click", "30,20", "--mesh", "cube.obj", "--views", "4",
                "--cache",
                "cache", "--json", "--feature-model", model, "--segmenter-model", segmenter,
            ], in: folder, more)
        // Features by random weights find anything or nothing.
        try #require([0, 2].contains(run.exitCode), "\(run.errors)")
        let models = try #require(try run.json()["models"] as? [[String: String]])
        let all = FileManager.default.enumerator(atPath: folder.path + "/cache")?.compactMap { $0 as? String } ?? []
        return (try #require(models[0]["hash"]), Set(all))
    }

    @Test func weightsBesideAGraphArePartOfTheModel() throws {
        let folder = try Folder()
        for name in ["graph.onnx", "graph.onnx_data"] {
            try FileManager.default.copyItem(atPath: Self.parity + "/dinov3/" + name, toPath: "\(folder.path)/\(name)")
        }
        let weights = URL(fileURLWithPath: folder.path + "/graph.onnx_data")
        let add = ["models", "add", "mine", "--graph", "graph.onnx", "--side", "64", "--patch", "16"]
        let added = try run(add, in: folder)
        #expect(added.exitCode == 0, "\(added.errors)")
        let (byName, byPath) = (try match("mine", in: folder), try match("graph.onnx", in: folder))
        // Of the length as before, with another number in the patches' matrix.
        var changed = try Data(contentsOf: weights)
        changed[changed.count / 2 + 3] ^= 1
        try changed.write(to: weights)
        for arguments in [["models", "verify", "mine"], ["models", "path", "mine"]] {
            let noticed = try run(arguments, in: folder)
            #expect(noticed.exitCode == 65 && noticed.errors.contains("graph.onnx_data': it is not the file"), "\(noticed.errors)")
        }
        let otherByPath = try match("graph.onnx", in: folder)
        #expect(otherByPath.hash != byPath.hash && otherByPath.cached.isStrictSuperset(of: byPath.cached))
        #expect(try run(add, in: folder).exitCode == 0)
        let otherByName = try match("mine", in: folder)
        #expect(otherByName.hash != byName.hash && otherByName.cached.isStrictSuperset(of: otherByPath.cached))

        try FileManager.default.removeItem(at: weights)
        for arguments in [
            ["models", "verify", "mine"],
            ["match", "--image", "a.png", "--click", "1,1", "--mesh", "cube.obj", "--no-cache", "--feature-model", "graph.onnx"],
        ] {
            let missing = try run(arguments, in: folder)
            #expect(missing.exitCode == 69 && missing.errors.contains("graph.onnx_data"), "\(missing.errors)")
        }
    }

    /// A hub that has the tiny DINOv3, in the two files of public exports.
    private func hub() throws -> HubServer {
        let folder = Self.parity + "/dinov3/"
        return try HubServer { request, _ in
            let content = FileManager.default.contents(atPath: folder + (request.path as NSString).lastPathComponent)
            return content.map { HubServer.honest(request, $0, tag: ContentHash(of: $0).hex) } ?? .init(status: 404)
        }
    }

    @Test func whatWasPulledNeedsNoNetwork() throws {
        let server = try hub()
        defer { server.stop() }
        let folder = try Folder()
        try FileManager.default.createDirectory(atPath: folder.path + "/config", withIntermediateDirectories: true)
        _ = try folder.write(
            "config/models.json",
            """
            {"models": [{"name": "toy", "title": "toy", "kind": "features", "family": "dinov3", "source": {"hub": "who/toy"}, "side": 64,
              "patch": 16, "files": [{"role": "graph", "path": "onnx/graph.onnx"}, {"role": "weights", "path": "onnx/graph.onnx_data"}]}]}
            """)
        let online = ["HF_HUB_OFFLINE": "0", "HF_ENDPOINT": server.address]
        let pulled = try run(["models", "pull", "toy"], in: folder, online)
        #expect(pulled.exitCode == 0 && pulled.output == "toy: ready, 2 files\n", "\(pulled.errors)")
        let before = try match("toy", in: folder, online)
        let asked = server.requests.count
        server.stop()

        // Whoever asks the hub now finds nobody there.
        let offline = ["HF_HUB_OFFLINE": "1", "HF_ENDPOINT": server.address]
        let paths = try run(["models", "path", "toy"], in: folder, offline).output.split(separator: "\n").map(String.init)
        let snapshot = folder.path + "/hf/hub/models--who--toy/snapshots/\(HubServer.commit)/onnx/"
        #expect(paths == [snapshot + "graph.onnx", snapshot + "graph.onnx_data"])
        let verified = try run(["models", "verify"], in: folder, offline)
        #expect(verified.exitCode == 0 && verified.output == "toy: as it should be\n", "\(verified.errors)")
        #expect(try run(["models", "pull", "toy"], in: folder, offline).exitCode == 0)
        try FileManager.default.removeItem(atPath: folder.path + "/cache")
        #expect(try match("toy", in: folder, offline) == before)
        #expect(server.requests.count == asked)

        try FileManager.default.removeItem(atPath: paths[1])
        for arguments in [
            ["models", "path", "toy"], ["models", "verify", "toy"], ["models", "pull", "toy"],
            ["match", "--image", "a.png", "--click", "1,1", "--mesh", "cube.obj", "--no-cache", "--feature-model", "toy"],
        ] {
            let missing = try run(arguments, in: folder, offline)
            #expect(missing.exitCode == 69 && missing.output.isEmpty)
            let place = folder.path + "/hf/hub/models--who--toy"
            for words in ["'onnx/graph.onnx_data'", "66 kB", place, "HF_HUB_OFFLINE", "bsb models pull toy", "--from-file"] {
                #expect(missing.errors.contains(words), "\(arguments[0...1]): \(missing.errors)")
            }
        }
    }

    @Test func aModelOfAnotherKindIsRefused() throws {
        let folder = try Folder()
        let picture = Self.parity + "/sam-own-layout/picture.png"
        let graph = Self.parity + "/dinov2-registers/graph.onnx"
        let run = try run(
            ["segment-image", picture, "--click", "1,1", "--no-cache", "--segmenter-model", "\(graph),\(graph)"], in: folder)
        #expect(
            run.exitCode == 65 && run.errors.contains("'pixel_values'") && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        let swapped = try self.run(
            ["segment-image", picture, "--click", "1,1", "--no-cache", "--segmenter-model", "dinov2-small"], in: folder)
        #expect(swapped.exitCode == 64 && swapped.errors.contains("--feature-model"), "\(swapped.errors)")
    }
}
