import BSBBasics
import Foundation
import TestSupport
import Testing

@testable import BSBModelStore

/// A store of its own in a folder that goes with it, with one model `toy` of one or more files.
final class Bench {
    let folder: URL
    var variables: [String: String]

    init(server: HubServer? = nil, files: [CatalogueEntry.File] = [.init(role: .graph, path: "onnx/model.onnx")]) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("bsb-store-\(UUID().uuidString)")
        variables = [
            "HOME": folder.path, "HF_HOME": folder.path + "/hf", "BSB_CONFIG": folder.path + "/config", "BSB_MODELS": folder.path + "/own",
            "HF_ENDPOINT": server?.address ?? "http://127.0.0.1:9",
        ]
        try FileManager.default.createDirectory(atPath: folder.path + "/config", withIntermediateDirectories: true)
        try write(CatalogueEntry(name: "toy", title: "toy", kind: .features, family: "dinov2", source: .init(hub: "who/toy"), files: files))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func write(_ entries: CatalogueEntry...) throws {
        let data = try JSONEncoder().encode(Catalogue.Document(models: entries))
        try data.write(to: folder.appendingPathComponent("config/models.json"))
    }

    func store() throws -> ModelStore { try ModelStore(environment: HubEnvironment(variables)) }

    /// Patience with a stalling server; a busy machine must not look like one, so it is short only where stalling is tested.
    var stallSeconds = 30.0
    var quick: DownloadOptions {
        var options = DownloadOptions()
        (options.stallSeconds, options.attempts, options.pause) = (stallSeconds, 3, 0.01)
        return options
    }

    @discardableResult func pull(repin: Bool = false, reporter: PullReporter = PullReporter()) throws -> ModelStore.Located {
        try store().pull("toy", repin: repin, options: quick, reporter: reporter)
    }

    /// All files under the folder of the hub's cache, without locks.
    func cached() -> [String] {
        let all = FileManager.default.enumerator(atPath: folder.path + "/hf/hub/models--who--toy")?.compactMap { $0 as? String } ?? []
        return all.filter { path in
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(
                atPath: folder.path + "/hf/hub/models--who--toy/" + path, isDirectory: &isFolder)
            return exists && !isFolder.boolValue
        }.sorted()
    }
}

/// Random bytes.
func content(_ count: Int, seed: UInt64 = 1) -> Data {
    var generator = SeededGenerator(seed: seed)
    return Data((0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next() >> 40) })
}

func hash(_ data: Data) -> String { ContentHash(of: data).hex }

/// What a reporter was told.
final class Messages: @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [String] = []
    var reporter: PullReporter { PullReporter(message: { self.add($0) }) }
    var all: [String] {
        lock.lock()
        defer { lock.unlock() }
        return lines
    }
    private func add(_ line: String) {
        lock.lock()
        lines.append(line)
        lock.unlock()
    }
}
