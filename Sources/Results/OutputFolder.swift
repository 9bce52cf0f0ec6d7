import BSBBasics
import Foundation

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

    /// The file that tells of all others: it goes first and comes last, so that a folder that has it holds one answer whole.
    static let index = "result.json"

    /// Writes every file atomically into the folder, which is created if need be.
    ///
    /// An earlier answer in the folder is taken away first: its `result.json` before all, then what that listed and this set does not
    /// replace. Killed on the way, the folder has no `result.json`. Throws `Failure`.
    public func write(to folder: String) throws {
        let last = files.filter { $0.name == Self.index }
        if !last.isEmpty { removeEarlier(in: folder) }
        for (name, data) in files.filter({ $0.name != Self.index }) + last {
            try AtomicFile.write(data, to: "\(folder)/\(name)", operation: "writing the results")
        }
        AtomicFile.sweep(folder)
    }

    private struct Listing: Decodable {
        var outputs: [String]?
    }

    private func removeEarlier(in folder: String) {
        let index = "\(folder)/\(Self.index)"
        guard let data = FileManager.default.contents(atPath: index) else { return }
        let listed = (try? JSONDecoder().decode(Listing.self, from: data))?.outputs ?? []
        try? FileManager.default.removeItem(atPath: index)
        let new = Set(names)
        for name in listed where !new.contains(name) && ResultNames.contains(path: name) {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
    }
}
