import BSBBasics
import Foundation

/// A mesh file of a library: what was made of it, or why nothing could be.
package struct LibraryEntry: Codable, Hashable, Sendable {
    /// Whether the mesh can be searched.
    package enum State: String, Codable, Sendable, CaseIterable {
        /// Its features are kept.
        case ready
        /// It could not be prepared.
        case failed
    }

    /// What the mesh is called in folders: the first digits of a hash of its path.
    package var id: String
    /// The file, by its whole path.
    package var path: String
    /// The file's size and when it was written, which tell whether it changed.
    package var fileState: String
    /// Whether the mesh can be searched.
    package var state: State
    /// What went wrong, and as which exit code.
    package var error: String?
    /// The exit code of the failure.
    package var code: Int32?
    /// SHA-256 of the file.
    package var hash: String?
    /// The number of vertices.
    package var vertices: Int?
    /// The number of the file's faces.
    package var faces: Int?
    /// The number of vertices whose features are kept.
    package var rows: Int?
    /// SHA-256 of the file of features, which names it.
    package var features: String?
    /// The bytes of the file of features.
    package var featureBytes: Int?
    /// The smallest cosine of a vertex's features with what is kept of them: the error of keeping them in bytes.
    package var leastCosine: Float?
    /// Seconds that preparing it took.
    package var seconds: Double?
    /// What is odd about the mesh.
    package var warnings: [String]?
    /// Labels that `bsb library label` found.
    package var labels: [LibraryLabel]?

    /// A file of which nothing is known yet.
    package init(path: String, fileState: String) {
        (self.path, self.fileState) = (path, fileState)
        id = Self.id(of: path)
        state = .failed
    }

    /// What a file is called.
    static func id(of path: String) -> String { String(ContentHash(of: Array(path.utf8)).hex.prefix(16)) }

    /// What says that the file is not what it was.
    func hasChanged(_ operation: String) -> Failure {
        Failure(
            .badInput, operation, path: path, reason: "the file has changed since it was added", hint: "run 'bsb library add' again")
    }

    /// The file's own name.
    package var name: String { (path as NSString).lastPathComponent }
}

/// What a name given to a click is on a mesh of the library.
package struct LibraryLabel: Codable, Hashable, Sendable {
    /// The name.
    package var name: String
    /// The probability that the mesh has it, where it is known for the models.
    package var existence: Double?
    /// The share of the vertices kept of the mesh that have the label.
    package var share: Double
    /// The mean share of votes that the label has where it won; 0 where it won nowhere.
    package var confidence: Double
    /// Whether a person should look at it.
    package var isDoubtful: Bool
}
