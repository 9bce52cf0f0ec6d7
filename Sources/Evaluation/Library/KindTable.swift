import BSBBasics
import Foundation

/// Kinds of things: which folders hold photos of each, and what meshes of it are called.
///
/// Read from JSON: `{"boat": {"photos": ["boat"], "meshes": ["boat", "rowboat", "ship"]}}`.
package struct KindTable: Sendable, Hashable, Codable {
    /// What is known of a kind.
    package struct Kind: Sendable, Hashable, Codable {
        /// The folders of photos.
        package var photos: [String]
        /// The words that meshes are called by.
        package var meshes: [String]
    }

    /// The kinds by their names.
    package let kinds: [String: Kind]

    /// A table of kinds.
    package init(_ kinds: [String: Kind]) { self.kinds = kinds }

    /// Reads the table at `path`.
    ///
    /// Throws `Failure` if it cannot be read or has no kind.
    package init(contentsOf path: String) throws {
        let operation = "reading the kinds"
        kinds = try JSONFile.decode([String: Kind].self, from: path, operation: operation)
        guard !kinds.isEmpty else { throw Failure(.badInput, operation, path: path, reason: "it names no kind") }
    }

    /// The kind of a mesh, by what its file or else its folder is called: the first by name of those that have the word.
    package func kind(ofMesh path: String) -> String? {
        let parts = path.split(separator: "/")
        let words = [Self.noun(of: path), parts.dropLast().last.map { $0.lowercased() }]
        return words.compactMap { $0 }.lazy.compactMap { word in
            kinds.keys.sorted().first { kinds[$0]!.meshes.contains(word) }
        }.first
    }

    /// The noun that a file's name ends in, as in `0161-upper-cabinet.obj`, before what it has or stands on: "cabinet"; nil where there is none.
    ///
    /// Words are told apart by anything but letters and digits, digits at their ends are dropped, and a number ends what went before.
    static func noun(of path: String) -> String? {
        let stem = Folder.stem((path as NSString).lastPathComponent).lowercased()
        var noun: String?
        for word in stem.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            let letters = word.replacing(/[0-9]+$/, with: "")
            guard let first = letters.first, first.isLetter, !joints.contains(String(letters)) else {
                // The number that names begin with ends nothing.
                if noun == nil { continue }
                break
            }
            noun = String(letters)
        }
        return noun
    }

    private static let joints: Set<String> = ["and", "for", "in", "of", "on", "with"]
}
