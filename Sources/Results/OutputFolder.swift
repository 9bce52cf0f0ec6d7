import BSBBasics
import Foundation

/// Files to be written together: all are made first, so that a failure on the way leaves no file behind.
///
/// They wait in memory, but for large ones where the folder is known that they will be in: these wait on disk, under temporary names.
public struct OutputFolder: Sendable {
    private enum Content: Sendable {
        case data(Data)
        case staged(Staged)
    }

    /// A file that is on disk but for its name.
    private final class Staged: Sendable {
        let writer: Guarded<AtomicFileWriter>

        init(_ data: Data, _ path: String) throws {
            let writer = try AtomicFileWriter(path: path, operation: OutputFolder.operation)
            try writer.append(data)
            self.writer = Guarded(writer)
        }
    }

    private var entries: [(name: String, content: Content)] = []
    private let destination: String?
    private static let operation = "writing the results"
    /// The bytes from which on a file does not wait in memory.
    static let largeFile = 1 << 25

    /// No files.
    public init() {
        self.init(for: nil)
    }

    /// No files yet of those that ``write(to:)`` will write to the folder `destination`, or to any folder.
    package init(for destination: String?) {
        self.destination = destination
    }

    /// Adds a file; a name may hold folders.
    public mutating func add(_ name: String, _ data: Data) {
        // What fails here fails once more, and is told, when the file is written.
        let staged = destination.flatMap { data.count < Self.largeFile ? nil : try? Staged(data, "\($0)/\(name)") }
        entries.append((name, staged.map { .staged($0) } ?? .data(data)))
    }

    /// Adds the files of another folder of the same destination.
    mutating func add(_ other: OutputFolder) {
        entries += other.entries
    }

    /// No files of the same destination.
    var empty: OutputFolder { OutputFolder(for: destination) }

    /// The files in memory, in the order in which they were added: all of them where no destination is known.
    public var files: [(name: String, data: Data)] {
        entries.compactMap { entry in if case .data(let data) = entry.content { (entry.name, data) } else { nil } }
    }

    /// The names of all files, in the order in which they were added.
    public var names: [String] { entries.map(\.name) }

    /// The file that tells of all others: it goes first and comes last, so that a folder that has it holds one answer whole.
    static let index = "result.json"

    /// Writes every file atomically into the folder, which is created if need be.
    ///
    /// An earlier answer in the folder is taken away first: its `result.json` before all, then what that listed and this set does not
    /// replace. Killed on the way, the folder has no `result.json`. Throws `Failure`.
    public func write(to folder: String) throws {
        precondition(destination == nil || destination == folder, "what is on disk already is in its folder")
        let last = entries.filter { $0.name == Self.index }
        if !last.isEmpty { removeEarlier(in: folder) }
        for (name, content) in entries.filter({ $0.name != Self.index }) + last {
            switch content {
            case .data(let data): try AtomicFile.write(data, to: "\(folder)/\(name)", operation: Self.operation)
            case .staged(let file): try file.writer.withLock { try $0.commit() }
            }
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
