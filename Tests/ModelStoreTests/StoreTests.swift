import BSBBasics
import Foundation
import TestSupport
import Testing

@testable import BSBModelStore

@Suite(.serialized) struct StoreTests {
    let data = content(5000)

    private func honest() throws -> HubServer {
        try HubServer { [data] request, _ in HubServer.honest(request, data, tag: hash(data)) }
    }

    @Test func variablesDecideThePlaces() {
        let plain = HubEnvironment(["HOME": "/h"])
        #expect(plain.cache == "/h/.cache/huggingface/hub" && plain.endpoint == "https://huggingface.co" && !plain.isOffline)
        #expect(HubEnvironment(["HOME": "/h", "XDG_CACHE_HOME": "/x"]).cache == "/x/huggingface/hub")
        #expect(HubEnvironment(["HOME": "/h", "HF_HOME": "/f"]).cache == "/f/hub")
        #expect(HubEnvironment(["HOME": "/h", "HF_HOME": "/f", "HF_HUB_CACHE": "/c"]).cache == "/c")
        for value in ["1", "true", "YES", "on"] { #expect(HubEnvironment(["HF_HUB_OFFLINE": value]).isOffline) }
        for value in ["0", "", "false"] { #expect(!HubEnvironment(["HF_HUB_OFFLINE": value]).isOffline) }
        #expect(HubEnvironment(["HOME": "/h", "HF_TOKEN": " t\n"]).token == "t")
    }

    @Test func offlineUsesWhatIsHereAndAsksNothing() throws {
        let server = try honest()
        defer { server.stop() }
        let bench = try Bench(server: server)
        try bench.pull()
        let asked = server.requests.count
        bench.variables["HF_HUB_OFFLINE"] = "1"
        #expect(try bench.store().locate("toy").hashes == [hash(data)])
        #expect(try bench.pull().hashes == [hash(data)])
        #expect(server.requests.count == asked)
    }

    @Test func offlineNamesFilePlaceSizeAndCommandWhenSomethingIsMissing() throws {
        let server = try honest()
        defer { server.stop() }
        let bench = try Bench(server: server, files: [.init(role: .graph, path: "onnx/model.onnx", bytes: 88_000_000)])
        bench.variables["HF_HUB_OFFLINE"] = "1"
        for missing in [try failure { _ = try bench.store().locate("toy") }, try failure { try bench.pull() }] {
            #expect(missing.kind == .missingModel)
            for words in ["onnx/model.onnx", "88 MB", "HF_HUB_OFFLINE", "bsb models pull toy", "--from-file", "/hf/hub/models--who--toy"] {
                #expect("\(missing)".contains(words), "\(missing)")
            }
        }
        #expect(server.requests.isEmpty)
    }

    @Test func aFileThatAnotherProgramFetchedIsFound() throws {
        let bench = try Bench()
        let root = bench.folder.path + "/hf/hub/models--who--toy"
        for folder in ["blobs", "refs", "snapshots/c0/onnx"] {
            try FileManager.default.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
        }
        try data.write(to: URL(fileURLWithPath: "\(root)/blobs/x"))
        try "c0".write(toFile: "\(root)/refs/main", atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(atPath: "\(root)/snapshots/c0/onnx/model.onnx", withDestinationPath: "../../../blobs/x")
        #expect(try bench.store().locate("toy").paths == ["\(root)/snapshots/c0/onnx/model.onnx"])
    }

    @Test func truncatedAndChangedFilesAreRefusedAfterPinning() throws {
        let server = try honest()
        defer { server.stop() }
        let bench = try Bench(server: server)
        let path = try bench.pull().paths[0]
        try data.dropLast(10).write(to: URL(fileURLWithPath: path))
        let short = try failure { _ = try bench.store().locate("toy") }
        #expect(short.kind == .badInput && short.reason == "it is cut short: 4990 of 5000 bytes")
        try content(5000, seed: 3).write(to: URL(fileURLWithPath: path))
        #expect(try failure { _ = try bench.store().locate("toy") }.reason.contains("SHA-256"))
    }

    @Test func filesAtHandAreTakenByName() throws {
        let files: [CatalogueEntry.File] = [.init(role: .encoder, path: "a/e.onnx"), .init(role: .decoder, path: "a/d.onnx")]
        let bench = try Bench(files: files)
        bench.variables["HF_HUB_OFFLINE"] = "1"
        let source = bench.folder.appendingPathComponent("e.onnx")
        try data.write(to: source)
        let messages = Messages()
        try bench.store().take([source.path], for: "toy", reporter: messages.reporter)
        #expect(messages.all.count == 1)
        #expect(try bench.store().listings().first { $0.model.name == "toy" }?.state == .partly)
        let second = bench.folder.appendingPathComponent("d.onnx")
        try content(7).write(to: second)
        try bench.store().take([second.path], for: "toy")
        #expect(try bench.store().locate("toy").path(.decoder)?.hasSuffix("own/toy/a/d.onnx") == true)
        #expect(FileManager.default.fileExists(atPath: source.path))
        let stranger = bench.folder.appendingPathComponent("x.onnx")
        try data.write(to: stranger)
        #expect(try failure { try bench.store().take([stranger.path], for: "toy") }.hint == "its files are e.onnx, d.onnx")
        // A pinned file cannot be replaced by another.
        try content(5000, seed: 9).write(to: source)
        #expect(try failure { try bench.store().take([source.path], for: "toy") }.reason.contains("SHA-256"))
    }

    @Test func removingForgetsFilesAndPins() throws {
        let server = try honest()
        defer { server.stop() }
        let bench = try Bench(server: server)
        try bench.pull()
        #expect(try bench.store().remove("toy") == 1)
        #expect(bench.cached() == ["refs/main"])
        #expect(try PinBook(contentsOf: bench.folder.path + "/config/pins.json").pins.isEmpty)
    }

    @Test func aModelOfTheUsersOwnIsAddedAndWatched() throws {
        let bench = try Bench()
        let file = bench.folder.appendingPathComponent("my.onnx")
        try data.write(to: file)
        let entry = CatalogueEntry(
            name: "mine", title: "mine", kind: .features, family: "user", files: [.init(role: .graph, path: file.path)])
        try bench.store().add(entry)
        #expect(try bench.store().locate("mine").hash == hash(data))
        #expect(
            try failure { try bench.store().add(CatalogueEntry(name: "dinov2-small", title: "", kind: .features, family: "", files: [])) }
                .kind == .usage)
        try data.dropLast().write(to: file)
        #expect(try failure { _ = try bench.store().locate("mine") }.kind == .badInput)
        _ = try bench.store().remove("mine")
        #expect(FileManager.default.fileExists(atPath: file.path))
        #expect(try failure { _ = try bench.store().locate("mine") }.kind == .usage)
    }

    @Test func weightsBesideAGraphAreAddedAndWatchedWithIt() throws {
        let bench = try Bench()
        let (graph, weights) = (bench.folder.appendingPathComponent("my.onnx"), bench.folder.appendingPathComponent("my.onnx_data"))
        try TinyGraph.model("my.onnx_data").write(to: graph)
        let entry = CatalogueEntry(
            name: "mine", title: "mine", kind: .features, family: "user", files: [.init(role: .graph, path: graph.path)])
        let early = try failure { try bench.store().add(entry) }
        #expect(early.kind == .missingModel && early.path == weights.path, "\(early)")
        try data.write(to: weights)
        try bench.store().add(entry)
        let before = try bench.store().locate("mine")
        #expect(before.paths == [graph.path, weights.path] && before.hashes[1] == hash(data))
        try content(5000, seed: 8).write(to: weights)
        let changed = try failure { _ = try bench.store().locate("mine") }
        #expect(changed.kind == .badInput && changed.path == weights.path && changed.reason.contains("SHA-256"), "\(changed)")
        try bench.store().add(entry)
        #expect(try bench.store().locate("mine").hash != before.hash)
        try FileManager.default.removeItem(at: weights)
        let missing = try failure { _ = try bench.store().locate("mine") }
        #expect(missing.kind == .missingModel && missing.path == weights.path && missing.reason.contains("5.0 kB"), "\(missing)")
        try TinyGraph.model("../my.onnx_data").write(to: graph)
        #expect(try failure { try bench.store().add(entry) }.reason.contains("outside its folder"))
    }

    @Test func weightsThatNoListNamesAreOfTheModelAllTheSame() throws {
        let bench = try Bench()
        let folder = bench.folder.path + "/own/toy/onnx"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try TinyGraph.model("model.weights").write(to: URL(fileURLWithPath: folder + "/model.onnx"))
        let missing = try failure { _ = try bench.store().locate("toy") }
        #expect(missing.kind == .missingModel && missing.path == folder + "/model.weights", "\(missing)")
        var hashes: Set<String> = []
        for seed in [1, 2] as [UInt64] {
            try content(5000, seed: seed).write(to: URL(fileURLWithPath: folder + "/model.weights"))
            let located = try bench.store().locate("toy")
            #expect(located.entry.files.map(\.role) == [.graph, .weights] && located.paths[1] == folder + "/model.weights")
            hashes.insert(located.hash)
        }
        #expect(hashes.count == 2)
        // Named by the list, they count once and as before.
        try bench.write(
            CatalogueEntry(
                name: "toy", title: "toy", kind: .features, family: "", source: .init(hub: "who/toy"),
                files: [.init(role: .graph, path: "onnx/model.onnx"), .init(role: .weights, path: "onnx/model.weights")]))
        #expect(try hashes.contains(bench.store().locate("toy").hash))
    }

    @Test func aChangedFileIsTakenOverOnlyOnRequest() throws {
        let (first, second) = (data, content(6000, seed: 4))
        let switched = Messages()
        let server = try HubServer { request, _ in
            let now = switched.all.isEmpty ? first : second
            return HubServer.honest(request, now, tag: hash(now))
        }
        defer { server.stop() }
        let bench = try Bench(server: server)
        try bench.pull()
        switched.reporter.message("switch")
        #expect(try bench.pull().hashes == [hash(first)])
        #expect(try bench.pull(repin: true).hashes == [hash(second)])
    }

    @Test func theListIsWellFormed() throws {
        let store = try ModelStore(environment: HubEnvironment(["HOME": "/nowhere", "BSB_CONFIG": "/nowhere"]))
        let entries = store.catalogue.entries
        #expect(Set(entries.map(\.name)).count == entries.count && entries.count > 20)
        for entry in entries {
            let roles = entry.files.map(\.role)
            #expect(roles.isEmpty || entry.kind == .features ? true : roles.prefix(2) == [.encoder, .decoder], "\(entry.name)")
            #expect(!roles.isEmpty || entry.note != nil, "\(entry.name): what cannot be fetched says why")
            let isMade = entry.note != nil && entry.files.allSatisfy { $0.sha256 != nil && $0.bytes != nil }
            #expect(entry.source?.hub != nil || entry.source?.url != nil || isMade, "\(entry.name)")
        }
        let made = try failure { _ = try store.locate("imagenet") }
        #expect(made.kind == .missingModel && made.reason.contains("export_lite.py") && made.hint!.contains("--from-file"))
        #expect(try failure { _ = try store.catalogue.entry("sam") }.hint!.contains("sam-vit-base"))
        #expect(try failure { _ = try store.locate("dift-sd21") }.kind == .missingModel)
    }

    @Test(arguments: [
        #"{"models": [{"name": "../x", "title": "", "kind": "features", "family": "", "files": []}]}"#,
        #"{"models": [{"name": "x", "title": "", "kind": "features", "family": "", "files": [{"role": "graph", "path": "../../x"}]}]}"#,
        #"{"models": [{"name": "x", "title": "", "kind": "picture", "family": "", "files": []}]}"#,
        #"{"models": [{"name": "x", "title": "", "kind": "features", "family": "", "files": [], "side": 0}]}"#, "[]", "not json",
    ])
    func aBrokenCatalogueIsRefused(text: String) throws {
        let bench = try Bench()
        try Data(text.utf8).write(to: bench.folder.appendingPathComponent("config/models.json"))
        #expect(try failure { _ = try bench.store() }.kind == .badInput)
    }

    @Test func sizesReadWell() {
        #expect(
            [byteText(999), byteText(1500), byteText(88_123_456), byteText(999_999), byteText(2_500_000_000)] == [
                "999 bytes", "1.5 kB", "88 MB", "1.0 MB", "2.5 GB",
            ])
    }
}
