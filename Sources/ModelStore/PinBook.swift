import BSBBasics
import Foundation

/// What was first fetched under a name, so that something else under the same name is noticed later.
struct PinBook: Codable {
    /// One file as it was first seen.
    struct Pin: Codable, Hashable {
        var sha256: String
        var bytes: Int64
        /// The commit of the repository that it came from.
        var commit: String?
    }

    /// By model and path.
    private(set) var pins: [String: Pin] = [:]

    private static let operation = "reading the pinned hashes"

    init(contentsOf path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        self = try JSONFile.decode(
            PinBook.self, from: path, operation: Self.operation, wrong: "it is not what this program wrote",
            hint: "move it away to pin the models anew")
    }

    subscript(model: String, file: String) -> Pin? { pins["\(model) \(file)"] }

    /// Changes the book in the file `path`, one process at a time.
    static func update(_ path: String, _ change: (inout PinBook) -> Void) throws {
        let lock = try FileLock("\(path).lock")
        defer { withExtendedLifetime(lock) {} }
        var book = try PinBook(contentsOf: path)
        change(&book)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(book) else {
            throw Failure(.internal, "pinning a hash", path: path, reason: "it cannot be encoded")
        }
        try AtomicFile.write(data, to: path, operation: "pinning a hash")
    }

    mutating func set(_ model: String, _ file: String, _ pin: Pin?) { pins["\(model) \(file)"] = pin }
}
