import BSBBasics
import BSBShapes
import BSBWorkbench
import Foundation

/// What of a manifest is done: a file for each mesh, which appears whole under a name that all that decides its lines give.
///
/// A run that is killed loses the meshes that it was at; shards and machines that share a folder need no locks.
struct BatchLedger: Sendable {
    private let manifest: BatchManifest
    private let folder: String
    /// The file of each unit's lines.
    private let paths: [String]

    /// The ledger of a manifest in an output folder, for runs at a workbench.
    ///
    /// Throws `Failure(.internal)` for settings that have no JSON. Complexity: O(bytes of the manifest), and a look at each file.
    init(_ manifest: BatchManifest, in folder: String, at bench: Workbench, options: BatchAnswering.Options) throws {
        (self.manifest, self.folder) = (manifest, folder)
        let recipe = [
            String(decoding: try JSONText.data(bench.settings, pretty: false), as: UTF8.self),
            String(decoding: try JSONText.data(bench.calibrations.known(for: bench.models), pretty: false), as: UTF8.self),
            bench.extractor.identity.hash, bench.segmenter.identity.hash, options.files.rawValue, options.selection.rawValue,
        ].joined(separator: "\n")
        paths = manifest.units.map { unit in
            var hasher = ContentHasher()
            hasher.add("recipe", recipe)
            for row in unit.rows { hasher.add("row", row.text) }
            // Files that were changed since are other files.
            for file in Self.files(unit, in: manifest.folder) {
                hasher.add("file", Folder.state(ofFile: Folder.place(file, in: manifest.folder)) ?? "absent")
            }
            let name = hasher.finalize().hex.prefix(32)
            return "\(folder)/ledger/\(name.prefix(2))/\(name.dropFirst(2)).jsonl"
        }
    }

    /// The lines of a unit, if it is done; `isRetrying` makes one with an error count as not done.
    func lines(_ unit: Int, isRetrying: Bool) -> Data? {
        guard let data = FileManager.default.contents(atPath: paths[unit]) else { return nil }
        guard isRetrying else { return data }
        return BatchLine.codes(data).allSatisfy(BatchLine.isAnswer) ? data : nil
    }

    /// Writes the lines of a unit.
    ///
    /// Throws `Failure` if they cannot be written.
    func write(_ lines: Data, _ unit: Int) throws {
        try AtomicFile.write(lines, to: paths[unit], operation: "writing the results")
    }

    /// Joins the lines of all units into `results.jsonl`, unless one is not done yet; whether it was.
    ///
    /// Several shards that end at once write the same bytes. Throws `Failure` if it cannot be written.
    func join() throws -> Bool {
        guard paths.allSatisfy(Folder.exists) else { return false }
        let writer = try AtomicFileWriter(path: "\(folder)/results.jsonl", operation: "writing the results")
        for line in manifest.unusable { try writer.append(try JSONText.line(BatchLine(line))) }
        for unit in paths.indices {
            guard let data = lines(unit, isRetrying: false) else { return false }
            try writer.append(data)
        }
        try writer.commit()
        return true
    }

    /// The files that decide a unit's answers: photos, masks, and of meshes those that are named in them too.
    private static func files(_ unit: BatchManifest.Unit, in folder: String) -> [String] {
        var files = [unit.mesh]
        if unit.mesh.lowercased().hasSuffix(".gltf") {
            files += NeighbourFile.list(of: Folder.place(unit.mesh, in: folder)).compactMap(\.path)
        }
        return files + Set(unit.rows.flatMap { [$0.photo, $0.click.maskFile].compactMap(\.self) }).sorted()
    }
}
