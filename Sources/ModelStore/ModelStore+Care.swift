import BSBBasics
import Foundation

extension ModelStore {
    /// How a model stands on this machine.
    package enum State: String, Sendable, Hashable, Codable {
        /// All files are here.
        case ready
        /// Some files are here.
        case partly
        /// No file is here.
        case absent
        /// No ready file is known; it must be exported.
        case unpublished
    }

    /// A model and how it stands here.
    package struct Listing: Sendable, Hashable, Codable {
        /// The model.
        package var model: CatalogueEntry
        /// How it stands.
        package var state: State
        /// Bytes of its files, of those whose length is known.
        package var bytes: Int64?
        /// Whether the user added it.
        package var isUsers: Bool
    }

    /// All models and how they stand; nothing is read but the folders.
    package func listings() throws -> [Listing] {
        let pins = try PinBook(contentsOf: environment.pins)
        return catalogue.entries.map { entry in
            let here = entry.files.count { place(of: $0, in: entry, pins: pins) != nil }
            let sizes = entry.files.compactMap { Known($0, pin: pins[entry.name, $0.path]).bytes }
            let state: State = entry.files.isEmpty ? .unpublished : here == entry.files.count ? .ready : here > 0 ? .partly : .absent
            return Listing(
                model: entry, state: state, bytes: sizes.count == entry.files.count && !sizes.isEmpty ? sizes.reduce(0, +) : nil,
                isUsers: catalogue.userNames.contains(entry.name))
        }
    }

    /// Removes a model's files from this machine and forgets its pins; of a model that the user added, only the entry.
    ///
    /// Returns the number of files removed. Throws `Failure`.
    package func remove(_ name: String) throws -> Int {
        let entry = try catalogue.entry(name)
        let pins = try PinBook(contentsOf: environment.pins)
        var removed = 0
        for file in entry.files where !file.path.hasPrefix("/") {
            let own = ownPlace(of: file, in: entry)
            for path in [own, "\(own).incomplete", "\(own).lock"] where FileManager.default.fileExists(atPath: path) {
                try? FileManager.default.removeItem(atPath: path)
                removed += path == own ? 1 : 0
            }
            if let repository = repository(of: entry, pin: pins[name, file.path]), repository.file(file.path) != nil {
                try repository.remove(file.path)
                removed += 1
            }
        }
        try PinBook.update(environment.pins) { book in for file in entry.files { book.set(name, file.path, nil) } }
        if catalogue.userNames.contains(name) { try rewriteUserCatalogue { $0.removeAll { $0.name == name } } }
        return removed
    }

    /// Adds a model of the user's own files, which stay where they are, to the user's catalogue, with the files in which its graphs keep
    /// weights.
    ///
    /// Throws `Failure(.usage)` if the name is taken by the program's catalogue, `.missingInput` if a file is not there, `.missingModel` if
    /// one with weights is not, `.badInput` if a graph names weights outside its folder.
    package func add(_ entry: CatalogueEntry) throws {
        if catalogue.entries.contains(where: { $0.name == entry.name }), !catalogue.userNames.contains(entry.name) {
            throw Failure(
                .usage, "adding a model", reason: "'\(entry.name)' is the name of a model of the list", hint: "choose another name")
        }
        var entry = entry
        for file in entry.files where file.role != .weights {
            let weights = try GraphWeights.paths(besideGraph: file.path, operation: "adding a model")
            entry.files += weights.filter { path in !entry.files.contains { $0.path == path } }.map { .init(role: .weights, path: $0) }
        }
        for i in entry.files.indices {
            let path = URL(fileURLWithPath: entry.files[i].path).standardizedFileURL.path
            entry.files[i].path = path
            entry.files[i].sha256 = try ContentHash(ofFile: path, operation: "adding a model").hex
            let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            entry.files[i].bytes = ((try? FileManager.default.attributesOfItem(atPath: real))?[.size] as? NSNumber)?.int64Value
        }
        try rewriteUserCatalogue { models in
            models.removeAll { $0.name == entry.name }
            models.append(entry)
        }
    }

    private func rewriteUserCatalogue(_ change: (inout [CatalogueEntry]) -> Void) throws {
        let path = environment.userCatalogue
        let lock = try FileLock("\(path).lock")
        defer { withExtendedLifetime(lock) {} }
        var document = try Catalogue.userDocument(path)
        change(&document.models)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(document) else {
            throw Failure(.internal, "changing the list of models", path: path, reason: "it cannot be encoded")
        }
        try AtomicFile.write(data, to: path, operation: "changing the list of models")
        // What the next command would refuse must not stay.
        _ = try Catalogue(userPath: path)
    }
}
