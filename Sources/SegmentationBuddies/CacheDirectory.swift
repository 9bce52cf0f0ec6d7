import Basics
import Foundation
import Logging

/// A directory of results that can be computed again, each in a file named by everything it depends on.
///
/// An entry ends with the SHA-256 of its content, which is checked when it is read: a file that was cut short or altered counts as
/// absent and is computed again. Entries are written atomically, so a killed run leaves only whole ones and the next run goes on from
/// there; two runs at once at worst compute the same entry twice.
public struct CacheDirectory: Sendable {
    /// Where entries are kept; nil keeps nothing.
    public let path: String?
    private let logger: Logger

    /// Bump it when what an entry means changes; it is part of every key.
    private static let version = "1"

    /// A cache in the directory `path`, which is created when the first entry is written.
    public init(path: String?, logger: Logger) {
        self.path = path
        self.logger = logger
    }

    /// The user's cache directory for this program: `$XDG_CACHE_HOME/segmentation-buddies`, or the platform's own place.
    public static var defaultPath: String {
        let environment = ProcessInfo.processInfo.environment
        if let base = environment["XDG_CACHE_HOME"], !base.isEmpty { return "\(base)/segmentation-buddies" }
        let base = FileManager.default.urls(for: .cachesDirectory, in: .userDomainMask).first?.path ?? NSTemporaryDirectory()
        return "\(base)/segmentation-buddies"
    }

    /// The key of an entry: a hash of everything that determines it.
    public static func key(_ parts: [String]) -> String {
        // Lengths keep ("ab", "c") apart from ("a", "bc").
        let text = ([version] + parts).map { "\($0.utf8.count):\($0)" }.joined()
        return String(ContentHash(of: Data(text.utf8)).hex.prefix(32))
    }

    /// The entry's content, or nil if it is absent or damaged.
    public func read(folder: String, name: String) -> Data? {
        guard let file = file(folder, name), let stored = FileManager.default.contents(atPath: file) else { return nil }
        guard stored.count >= Self.trailerLength else { return damaged(file) }
        let content = stored.prefix(stored.count - Self.trailerLength)
        return Self.trailer(of: content) == stored.suffix(Self.trailerLength) ? Data(content) : damaged(file)
    }

    /// Whether there is an entry, which may yet turn out to be damaged.
    public func contains(folder: String, name: String) -> Bool {
        file(folder, name).map { FileManager.default.fileExists(atPath: $0) } ?? false
    }

    /// Stores an entry; a cache that cannot be written is a warning, not an error, since nothing is lost but time.
    public func write(_ content: Data, folder: String, name: String) {
        guard let file = file(folder, name) else { return }
        do {
            try AtomicFile.write(content + Self.trailer(of: content), to: file)
        } catch {
            logger.warning("the cache could not be written: \(error)")
        }
    }

    /// Removes all entries of a folder.
    public func remove(folder: String) {
        if let path { try? FileManager.default.removeItem(atPath: "\(path)/\(folder)") }
    }

    private static let trailerLength = 64

    private static func trailer(of content: Data) -> Data {
        Data(ContentHash(of: content).hex.utf8)
    }

    private func file(_ folder: String, _ name: String) -> String? {
        path.map { "\($0)/\(folder)/\(name)" }
    }

    private func damaged(_ file: String) -> Data? {
        logger.warning("the cache entry '\(file)' is damaged and is made anew")
        return nil
    }
}
