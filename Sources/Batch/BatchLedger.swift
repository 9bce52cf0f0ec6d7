import BSBBasics
import BSBShapes
import BSBWorkbench
import Foundation

/// What of a manifest is done: a file for each mesh, which appears whole under a name that all that decides its lines give.
///
/// A run that is killed loses the meshes that it was at; shards and machines that share a folder need no locks.
struct BatchLedger: Sendable {
    private let folder: String
    private let inputs: String
    private let recipe: String

    /// The ledger in an output folder, for runs at a workbench, with inputs relative to `inputs`.
    init(_ folder: String, inputs: String, at bench: Workbench, options: BatchAnswering.Options) {
        (self.folder, self.inputs) = (folder, inputs)
        let settings = (try? JSONText.data(bench.settings, pretty: false)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        recipe = [
            settings, bench.extractor.identity.hash, bench.segmenter.identity.hash, options.files.rawValue, options.selection.rawValue,
        ].joined(separator: "\n")
    }

    /// The file of a unit's lines.
    ///
    /// Complexity: O(bytes of its rows).
    func path(_ unit: BatchManifest.Unit) -> String {
        var hasher = ContentHasher()
        hasher.add("recipe", recipe)
        for row in unit.rows { hasher.add("row", row.text) }
        // Files that were changed since are other files.
        var files = [unit.mesh]
        if unit.mesh.lowercased().hasSuffix(".gltf") {
            files += NeighbourFile.list(of: FilePlace(unit.mesh, in: inputs).path).compactMap(\.path)
        }
        for file in files + Set(unit.rows.map(\.photo)).sorted() { hasher.add("file", FilePlace(file, in: inputs).state) }
        let name = hasher.finalize().hex.prefix(32)
        return "\(folder)/ledger/\(name.prefix(2))/\(name.dropFirst(2)).jsonl"
    }

    /// The lines of a unit, if it is done; `isRetrying` makes one with an error count as not done.
    func lines(_ unit: BatchManifest.Unit, isRetrying: Bool) -> Data? {
        guard let data = FileManager.default.contents(atPath: path(unit)) else { return nil }
        guard isRetrying else { return data }
        let codes = data.split(separator: UInt8(ascii: "\n")).map { try? JSONDecoder().decode(BatchLine.self, from: $0).code }
        return codes.allSatisfy { $0 == 0 || $0 == 2 } ? data : nil
    }

    /// Writes the lines of a unit.
    ///
    /// Throws `Failure` if they cannot be written.
    func write(_ lines: Data, _ unit: BatchManifest.Unit) throws {
        try AtomicFile.write(lines, to: path(unit), operation: "writing the results")
    }

    /// Joins the lines of all units into `results.jsonl`, unless one is not done yet; whether it was.
    ///
    /// Several shards that end at once write the same bytes. Throws `Failure` if it cannot be written.
    func join(_ manifest: BatchManifest) throws -> Bool {
        guard manifest.units.allSatisfy({ FileManager.default.fileExists(atPath: path($0)) }) else { return false }
        let writer = try AtomicFileWriter(path: "\(folder)/results.jsonl", operation: "writing the results")
        for line in manifest.unusable { try writer.append(try JSONText.line(BatchLine(line))) }
        for unit in manifest.units {
            guard let data = lines(unit, isRetrying: false) else { return false }
            try writer.append(data)
        }
        try writer.commit()
        return true
    }
}

/// A file that a row names.
struct FilePlace {
    /// Where it is.
    let path: String

    /// The file of a name, relative to a folder unless it is a whole path.
    init(_ name: String, in folder: String) { path = name.hasPrefix("/") ? name : "\(folder)/\(name)" }

    /// What changes when the file does: its size and when it was written.
    var state: String {
        var status = stat()
        guard stat(path, &status) == 0 else { return "absent" }
        return "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }
}

extension JSONText {
    /// A value as one line.
    ///
    /// Throws `Failure(.internal)` for a value that has no JSON.
    package static func line(_ value: some Encodable) throws -> Data {
        try data(value, pretty: false) + Data("\n".utf8)
    }
}
