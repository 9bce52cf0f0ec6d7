import BSBBasics
import Foundation

/// Published models on this machine: which are here, whether they are what they should be, and how to get the others.
package struct ModelStore: Sendable {
    /// The models that are known.
    package let catalogue: Catalogue
    /// Where models are kept and how the hub is reached.
    package let environment: HubEnvironment

    /// The store of this user.
    ///
    /// Throws `Failure` if the list of models cannot be read.
    package init(environment: HubEnvironment = HubEnvironment()) throws {
        self.environment = environment
        catalogue = try Catalogue(userPath: environment.userCatalogue)
    }

    /// A model whose files are all here and are what they should be.
    package struct Located: Sendable, Hashable {
        /// What it is; of its files also those in which its graphs keep weights and that the list does not name.
        package var entry: CatalogueEntry
        /// The path of each file, in the entry's order.
        package var paths: [String]
        /// SHA-256 of each file.
        package var hashes: [String]

        /// The path of the file of a role.
        package func path(_ role: CatalogueEntry.File.Role) -> String? {
            entry.files.firstIndex { $0.role == role }.map { paths[$0] }
        }

        /// One hash over all files.
        package var hash: String {
            if hashes.count == 1 { return hashes[0] }
            var hasher = ContentHasher()
            for (file, hash) in zip(entry.files, hashes) { hasher.add(file.role.rawValue, hash) }
            return hasher.finalize().hex
        }
    }

    /// The files of a model, each checked against the hash that is known of it.
    ///
    /// Throws `Failure(.missingModel)` naming what is missing, where it should be and how to get it, `.badInput` if a file is another one or
    /// a graph names weights outside its folder.
    package func locate(_ name: String) throws -> Located {
        let entry = try catalogue.entry(name)
        guard !entry.files.isEmpty else { throw unavailable(entry) }
        let pins = try PinBook(contentsOf: environment.pins)
        var located = Located(entry: entry, paths: [], hashes: [])
        for file in entry.files {
            let known = Known(file, pin: pins[name, file.path])
            guard let path = place(of: file, in: entry, pins: pins) else { throw missing(file, known, of: entry) }
            located.hashes.append(try check(path, known, of: entry))
            located.paths.append(path)
        }
        try addWeights(to: &located)
        return located
    }

    /// Adds the files beside graphs in which they keep weights, unless they are there already.
    private func addWeights(to located: inout Located) throws {
        let graphs = zip(located.entry.files, located.paths).filter { $0.0.role != .weights }.map(\.1)
        var known = Set(located.paths.map(standardized))
        for graph in graphs {
            for path in try GraphWeights.paths(besideGraph: graph, operation: "checking the model")
            where known.insert(standardized(path)).inserted {
                located.hashes.append(try ContentHash(ofFile: path, operation: "checking the model").hex)
                located.entry.files.append(.init(role: .weights, path: path))
                located.paths.append(path)
            }
        }
    }

    /// A path without detours, links left as they are.
    private func standardized(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    /// What is known of the content of a file.
    struct Known {
        var bytes: Int64?
        var sha256: String?

        init(_ file: CatalogueEntry.File, pin: PinBook.Pin?) {
            bytes = file.bytes ?? pin?.bytes
            sha256 = file.sha256 ?? pin?.sha256
        }
    }

    /// Where a file is, if it is here.
    func place(of file: CatalogueEntry.File, in entry: CatalogueEntry, pins: PinBook) -> String? {
        let candidates = [file.path.hasPrefix("/") ? file.path : ownPlace(of: file, in: entry)]
        if let path = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) { return path }
        return repository(of: entry, pin: pins[entry.name, file.path])?.file(file.path)
    }

    /// Where a file is kept that is not from the hub.
    func ownPlace(of file: CatalogueEntry.File, in entry: CatalogueEntry) -> String {
        "\(environment.ownModels)/\(entry.name)/\(file.path)"
    }

    /// The repository of an entry, at the commit that was pinned, if one was.
    func repository(of entry: CatalogueEntry, pin: PinBook.Pin?) -> HubRepository? {
        entry.source?.hub.map {
            HubRepository(environment: environment, name: $0, revision: pin?.commit ?? entry.source?.revision ?? "main")
        }
    }

    /// The hash of a file that is here.
    func check(_ path: String, _ known: Known, of entry: CatalogueEntry) throws -> String {
        let again = "run 'bsb models pull \(entry.name) --repin' to take it over, or 'bsb models remove \(entry.name)' and pull it again"
        let size = (try? FileManager.default.attributesOfItem(atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path))?[.size]
        if let bytes = known.bytes, let size = (size as? NSNumber)?.int64Value, size != bytes {
            let way = size < bytes ? "it is cut short: \(size) of \(bytes) bytes" : "it has \(size) bytes, not \(bytes)"
            throw Failure(.badInput, "checking the model", path: path, reason: way, hint: again)
        }
        let hash = try ContentHash(ofFile: path, operation: "checking the model").hex
        guard known.sha256 == nil || known.sha256 == hash else {
            throw Failure(
                .badInput, "checking the model", path: path,
                reason: "it is not the file that is known as '\(entry.name)' (its SHA-256 differs)",
                hint: again)
        }
        return hash
    }

    func missing(_ file: CatalogueEntry.File, _ known: Known, of entry: CatalogueEntry) -> Failure {
        let size = known.bytes.map { byteText($0) } ?? "of unknown size"
        guard entry.source != nil else {
            return Failure(
                .missingModel, "looking for the model \(entry.name)", path: file.path,
                reason: entry.note.map { "the file (\(size)) is not here. \($0)" } ?? "the file (\(size)) is not there any more",
                hint: entry.note.map { _ in "with the file at hand, run 'bsb models pull \(entry.name) --from-file FILE'" }
                    ?? "put it back, or run 'bsb models add' again")
        }
        let folder = repository(of: entry, pin: nil)?.folder ?? "\(environment.ownModels)/\(entry.name)"
        let offline = environment.isOffline ? "HF_HUB_OFFLINE is set: with a network, unset it and " : ""
        return Failure(
            .missingModel, "looking for the model \(entry.name)", path: file.path, reason: "the file (\(size)) is not in '\(folder)'",
            hint: "\(offline)run 'bsb models pull \(entry.name)'; with the file at hand, add --from-file FILE")
    }

    func unavailable(_ entry: CatalogueEntry) -> Failure {
        Failure(
            .missingModel, "looking for the model \(entry.name)", reason: "no ready file of it is known. \(entry.note ?? "")",
            hint: "make it with Training/export_foundation, then 'bsb models add'")
    }
}
