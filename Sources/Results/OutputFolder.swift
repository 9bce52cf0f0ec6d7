import Answering
import Basics
import Foundation
import Workbench

/// Files to be written together: all are made in memory first, so that a failure on the way leaves nothing behind.
public struct OutputFolder: Sendable {
    /// The files, in the order in which they were added; a name may hold folders.
    public private(set) var files: [(name: String, data: Data)] = []

    /// No files.
    public init() {}

    /// Adds a file.
    public mutating func add(_ name: String, _ data: Data) {
        files.append((name, data))
    }

    /// The names of the files, in the order in which they were added.
    public var names: [String] { files.map(\.name) }

    /// Writes every file atomically into the folder, which is created if need be.
    ///
    /// Throws `Failure`.
    public func write(to folder: String) throws {
        for (name, data) in files { try AtomicFile.write(data, to: "\(folder)/\(name)", operation: "writing the results") }
    }
}
