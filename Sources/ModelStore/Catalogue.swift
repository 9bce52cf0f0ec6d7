import BSBBasics
import Foundation

/// The models that are known by name: those that the program lists, and those that the user adds.
///
/// The user's file has the same form and may replace entries of the program's.
package struct Catalogue: Sendable {
    /// All entries; the program's in its order, then the user's.
    package let entries: [CatalogueEntry]
    /// The names that the user's file gives.
    let userNames: Set<String>

    /// What a catalogue file holds.
    struct Document: Codable {
        var models: [CatalogueEntry]
    }

    /// The program's catalogue with that of the file `userPath`, which need not be there.
    ///
    /// Throws `Failure` if a file is not a catalogue.
    package init(userPath: String?) throws {
        let own = try Self.read(try Self.ownPath()).models
        let added = try Self.userDocument(userPath).models
        userNames = Set(added.map(\.name))
        entries = own.filter { !added.map(\.name).contains($0.name) } + added
    }

    /// The entry called `name`.
    ///
    /// Throws `Failure(.usage)` listing names if there is none.
    package func entry(_ name: String) throws -> CatalogueEntry {
        if let entry = entries.first(where: { $0.name == name }) { return entry }
        let kin = entries.map(\.name).filter { $0.contains(name) || name.contains($0) }
        let hint = kin.isEmpty ? "'bsb models list' lists all names" : "there is \(kin.joined(separator: ", "))"
        throw Failure(.usage, "looking for a model", reason: "there is no model called '\(name)'", hint: hint)
    }

    /// The user's file, or an empty one where it is not there.
    static func userDocument(_ path: String?) throws -> Document {
        guard let path, FileManager.default.fileExists(atPath: path) else { return Document(models: []) }
        return try read(path)
    }

    private static func read(_ path: String) throws -> Document {
        let document = try JSONFile.decode(
            Document.self, from: path, operation: operation, wrong: "it is not a catalogue",
            hint: "docs/models-published.md describes the file")
        for entry in document.models { try check(entry, path) }
        return document
    }

    private static func check(_ entry: CatalogueEntry, _ path: String) throws {
        func refuse(_ reason: String) -> Failure {
            Failure(.badInput, operation, path: path, reason: "the entry '\(entry.name)' \(reason)")
        }
        let isPlain = entry.name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard isPlain, !entry.name.isEmpty, entry.name.first != "." else {
            throw refuse("must be named by letters, digits, '-', '_' and '.'")
        }
        for file in entry.files {
            // A path that climbs out would let a catalogue write anywhere.
            guard !file.path.split(separator: "/").contains(".."), !file.path.isEmpty else { throw refuse("has the path '\(file.path)'") }
            guard entry.source == nil || !file.path.hasPrefix("/") else { throw refuse("has an absolute path in a source") }
            guard file.sha256.map(isHash) ?? true else { throw refuse("has a sha256 that is not 64 hexadecimal digits") }
        }
        for number in [entry.side, entry.patch].compactMap({ $0 }) {
            guard (1...8192).contains(number) else { throw refuse("has the size \(number)") }
        }
    }

    private static func ownPath() throws -> String {
        let places = ResourceFolder.places(of: "Catalogue", target: "ModelStore").map { "\($0)/models.json" }
        guard let path = places.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            throw Failure(
                .missingModel, operation,
                reason: "the list of models is not beside the program; looked for \(places.joined(separator: ", "))",
                hint: "keep the folder \(ResourceFolder.bundleName("ModelStore")) beside the program")
        }
        return path
    }

    private static let operation = "reading the list of models"
}

/// Whether a text is a SHA-256 in lower-case hexadecimal.
func isHash(_ text: String) -> Bool {
    text.utf8.count == 64 && text.allSatisfy { "0123456789abcdef".contains($0) }
}
