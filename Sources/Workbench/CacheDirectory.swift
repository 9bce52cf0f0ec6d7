import BSBBasics
import Foundation

/// A directory of results that can be computed again, each in a file named by everything it depends on.
///
/// An entry ends with the SHA-256 of its content, which is checked when it is read: a file that was cut short or altered counts as
/// absent and is computed again. Entries are written atomically, so a killed run leaves only whole ones and the next run goes on from
/// there; two runs at once at worst compute the same entry twice. What has not been used for the longest time goes when the directory
/// grows beyond its limit.
public struct CacheDirectory: Sendable {
    /// Where entries are kept; nil keeps nothing.
    public let path: String?
    /// The most bytes that are kept.
    public let limit: Int
    private let warn: @Sendable (String) -> Void
    private let ledger: CacheLedger

    /// The limit unless told otherwise: 8 GiB.
    public static let usualLimit = 8 << 30

    /// A cache in the directory `path`, which is created when the first entry is written; `warn` is told of damage, in sentences.
    public init(path: String?, limit: Int = usualLimit, warn: @escaping @Sendable (String) -> Void = { _ in }) {
        self.path = path
        self.limit = limit
        self.warn = warn
        ledger = CacheLedger()
    }

    /// The user's cache directory for this program: `$XDG_CACHE_HOME/segmentation-buddies`, or the platform's own place.
    public static var defaultPath: String {
        let environment = ProcessInfo.processInfo.environment
        if let base = environment["XDG_CACHE_HOME"], !base.isEmpty { return "\(base)/segmentation-buddies" }
        let base = FileManager.default.urls(for: .cachesDirectory, in: .userDomainMask).first?.path ?? NSTemporaryDirectory()
        return "\(base)/segmentation-buddies"
    }

    /// The entry's content, or nil if it is absent or damaged.
    package func read(_ recipe: Recipe) -> Data? {
        guard let file = file(recipe), let stored = FileManager.default.contents(atPath: file) else { return nil }
        guard stored.count >= Self.trailerLength else { return damaged(file) }
        let content = stored.prefix(stored.count - Self.trailerLength)
        guard Self.trailer(of: content) == stored.suffix(Self.trailerLength) else { return damaged(file) }
        // The time of the last use decides what goes first.
        utimes(file, nil)
        return Data(content)
    }

    /// Whether there is an entry, which may yet turn out to be damaged.
    func contains(_ recipe: Recipe) -> Bool {
        file(recipe).map { FileManager.default.fileExists(atPath: $0) } ?? false
    }

    /// Changes whenever the entry is written; nil if there is none.
    func stamp(_ recipe: Recipe) -> String? {
        guard let file = file(recipe), let attributes = try? FileManager.default.attributesOfItem(atPath: file) else { return nil }
        return "\(attributes[.systemFileNumber] ?? 0) \(attributes[.size] ?? 0)"
    }

    /// Stores an entry; a cache that cannot be written is a warning, not an error, since nothing is lost but time.
    package func write(_ content: Data, _ recipe: Recipe) {
        guard let path, let file = file(recipe), content.count <= limit else { return }
        do {
            try AtomicFile.write(content + Self.trailer(of: content), to: file)
            ledger.added(content.count + Self.trailerLength, to: path, limit: limit, sparing: recipe.folder)
        } catch {
            warn("the cache could not be written: \(error)")
        }
    }

    /// Removes all entries of a recipe's folder.
    func remove(_ recipe: Recipe) {
        if let path { try? FileManager.default.removeItem(atPath: "\(path)/\(recipe.folder)") }
    }

    private static let trailerLength = 64

    private static func trailer(of content: Data) -> Data {
        Data(ContentHash(of: content).hex.utf8)
    }

    private func file(_ recipe: Recipe) -> String? {
        path.map { "\($0)/\(recipe.folder)/\(recipe.item)" }
    }

    private func damaged(_ file: String) -> Data? {
        warn("the cache entry '\(file)' is damaged and is made anew")
        return nil
    }
}
