import Basics
import Foundation

/// Files to be written together: all are made in memory first, so that a failure on the way leaves nothing behind.
struct OutputFolder: Sendable {
    private(set) var files: [(name: String, data: Data)] = []

    /// Adds a file.
    mutating func add(_ name: String, _ data: Data) {
        files.append((name, data))
    }

    /// The names of the files, in the order in which they were added.
    var names: [String] { files.map(\.name) }

    /// Writes every file atomically into the folder, which is created if need be.
    ///
    /// Throws `Failure`.
    func write(to folder: String) throws {
        for (name, data) in files { try AtomicFile.write(data, to: "\(folder)/\(name)", operation: "writing the results") }
    }
}
