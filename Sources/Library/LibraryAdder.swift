import BSBBasics
import BSBShapes
import BSBWorkbench
import Foundation

/// Adds meshes to a library, side by side on all cores: each is looked at once, and what is kept of it is written at once.
///
/// A run that is ended goes on where it was. A mesh that cannot be used is noted as such, and the rest is done.
package struct LibraryAdder: Sendable {
    /// What a run did.
    package struct Summary: Codable, Sendable {
        /// Mesh files that were named.
        package var files = 0
        /// Meshes that were prepared now.
        package var added = 0
        /// Files whose content the library had under another path, now or before.
        package var copies = 0
        /// Files that were known and have not changed.
        package var known = 0
        /// Files that cannot be used.
        package var failed = 0
        /// Files that are no longer there and were forgotten.
        package var removed = 0
        /// Bytes of features that were written now.
        package var bytes = 0
        /// Seconds that it took.
        package var seconds = 0.0
    }

    private enum Outcome { case added(Int), copy, known, failed }

    /// Endings of mesh files in folders.
    private static let endings: Set<String> = ["obj", "off", "ply", "stl", "glb", "gltf"]

    private let library: MeshLibrary
    private let bench: Workbench
    /// Whether files that are known are looked at again.
    package var repeats = false
    /// Whether files that failed before are tried again.
    package var retries = false
    /// Whether meshes are forgotten whose files are gone from the folders that are named.
    package var forgets = false
    /// Told after each file.
    package var progress: @Sendable (Headway) -> Void = { _ in }

    /// What adds to a library at a workbench.
    ///
    /// Throws `Failure` if the library's features were made otherwise than the workbench makes them.
    package init(to library: MeshLibrary, at bench: Workbench) throws {
        try library.adopt(bench)
        self.library = library
        var bench = bench
        // A mesh is looked at once, so that nothing of it is worth remembering.
        bench.memory = BoundedMemory(limit: 0)
        bench.progress = { _ in }
        self.bench = bench
    }

    /// Adds files, and all mesh files below folders.
    ///
    /// - Throws: `Failure` if something named is not there, or the library cannot be written.
    /// - Complexity: memory for one mesh a thread.
    package func add(_ places: [String]) throws -> Summary {
        let start = ContinuousClock.now
        let files = try Self.files(places)
        let entries = try library.catalogue.entries()
        let known = Dictionary(uniqueKeysWithValues: entries.map { ($0.path, $0) })
        let contents = Guarded(
            Dictionary(entries.filter { $0.state == .ready }.compactMap { entry in entry.hash.map { ($0, entry) } }) { first, _ in first })
        let counter = HeadwayCounter(total: files.count, progress)
        let outcomes = try bench.parallelism.map(files.count) { index throws -> Outcome in
            let outcome = try add(files[index], known[files[index]], contents)
            if case .failed = outcome { counter.finished(failed: 1) } else { counter.finished() }
            return outcome
        }
        var summary = Summary()
        summary.files = files.count
        for outcome in outcomes {
            switch outcome {
            case .added(let bytes): (summary.added, summary.bytes) = (summary.added + 1, summary.bytes + bytes)
            case .copy: summary.copies += 1
            case .known: summary.known += 1
            case .failed: summary.failed += 1
            }
        }
        if forgets { summary.removed = try forget(entries, except: Set(files), below: places) }
        summary.seconds = (ContinuousClock.now - start) / .seconds(1)
        return summary
    }

    /// The whole paths of files and of mesh files below folders, each once, in order.
    private static func files(_ places: [String]) throws -> [String] {
        var files: Set<String> = []
        for place in places {
            if Folder.isFolder(place) {
                files.formUnion(try Folder.files(below: whole(place), extensions: endings))
            } else {
                try AtomicFile.checkReadable(place, operation: "adding to the library")
                files.insert(whole(place))
            }
        }
        return files.sorted()
    }

    private static func whole(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    private func forget(_ entries: [LibraryEntry], except files: Set<String>, below places: [String]) throws -> Int {
        let folders = places.filter { Folder.isFolder($0) }.map { Self.whole($0) + "/" }
        let gone = entries.map(\.path).filter { path in
            !files.contains(path) && folders.contains { path.hasPrefix($0) } && !Folder.exists(path)
        }
        try library.catalogue.remove(gone)
        return gone.count
    }

    private func add(_ path: String, _ known: LibraryEntry?, _ contents: borrowing Guarded<[String: LibraryEntry]>) throws -> Outcome {
        let state = Folder.state(ofFile: path) ?? "absent"
        if let known, known.fileState == state, !repeats, known.state == .ready || !retries {
            return known.state == .ready ? .known : .failed
        }
        var entry = LibraryEntry(path: path, fileState: state)
        do {
            let hash = try ContentHash(ofFile: path, operation: "reading the mesh").hex
            if !repeats, let same = contents.withLock({ $0[hash] }), try copies(same, as: &entry) { return .copy }
            let bytes = try prepare(&entry, hash)
            let finished = entry
            contents.withLock { $0[hash] = finished }
            return .added(bytes)
        } catch let failure as Failure where failure.kind != .missingModel && failure.operation != "writing the library" {
            (entry.state, entry.error, entry.code) = (.failed, "\(failure)", failure.kind.exitCode)
            try library.catalogue.put(entry, descriptor: nil)
            return .failed
        }
    }

    /// Notes a file with the content of another; false where its features are not there.
    private func copies(_ same: LibraryEntry, as entry: inout LibraryEntry) throws -> Bool {
        // What a glTF file names beside it is not in its hash.
        guard !entry.path.lowercased().hasSuffix(".gltf"), let features = try? library.features(of: same) else { return false }
        let (path, id, state) = (entry.path, entry.id, entry.fileState)
        entry = same
        (entry.path, entry.id, entry.fileState, entry.labels) = (path, id, state, nil)
        try library.catalogue.put(entry, descriptor: MeshDescriptor(features).data)
        return true
    }

    private func prepare(_ entry: inout LibraryEntry, _ hash: String) throws -> Int {
        let start = ContinuousClock.now
        let mesh = try OpenMesh(contentsOf: entry.path, at: bench)
        let surface = try mesh.features(at: bench)
        let features = StoredFeatures(surface)
        guard features.count > 0 else {
            throw Failure(.badInput, "preparing the mesh", path: entry.path, reason: "no vertex has features")
        }
        let kept = try library.keep(features)
        entry.state = .ready
        (entry.hash, entry.vertices, entry.faces) = (hash, mesh.mesh.vertices.count, mesh.mesh.fileFaceCount)
        (entry.rows, entry.features, entry.featureBytes) = (features.count, kept.hash, kept.bytes)
        entry.leastCosine = features.leastCosine(surface)
        entry.warnings = mesh.report.warnings.isEmpty ? nil : mesh.report.warnings
        entry.seconds = (ContinuousClock.now - start) / .seconds(1)
        try library.catalogue.put(entry, descriptor: MeshDescriptor(features).data)
        return kept.bytes
    }
}
