import BSBBasics
import Foundation

/// What a cache directory holds.
package struct CacheContents: Sendable, Codable {
    /// The folders, the one that has not been used for the longest time first.
    package var folders: [Folder]

    /// All results of one kind about one thing.
    package struct Folder: Sendable, Codable {
        /// The folder's name: its kind and a hash of what decides it.
        package var name: String
        /// What it holds, such as `feature-field`.
        package var kind: String
        /// The number of files.
        package var files: Int
        /// The bytes of all files.
        package var bytes: Int
        /// When one of its files was last written or read.
        package var lastUse: Date
    }

    /// The bytes of everything.
    package var bytes: Int { folders.reduce(0) { $0 + $1.bytes } }

    /// The contents of the directory `path`; nothing if there is none.
    ///
    /// Complexity: O(files).
    package init(of path: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        folders = names.compactMap { Self.folder($0, in: path) }.sorted { ($0.lastUse, $0.name) < ($1.lastUse, $1.name) }
    }

    /// A folder that a recipe named; nothing else in the directory is the cache's.
    private static func folder(_ name: String, in path: String) -> Folder? {
        let parts = name.split(separator: "-")
        guard parts.count > 1, let hash = parts.last, hash.count == 32, hash.allSatisfy(\.isHexDigit),
            let files = try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(name)")
        else { return nil }
        var folder = Folder(name: name, kind: parts.dropLast().joined(separator: "-"), files: 0, bytes: 0, lastUse: .distantPast)
        for file in files {
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(name)/\(file)") else { continue }
            folder.files += 1
            folder.bytes += (attributes[.size] as? NSNumber)?.intValue ?? 0
            folder.lastUse = max(folder.lastUse, attributes[.modificationDate] as? Date ?? .distantPast)
        }
        return folder
    }

    /// Removes folders from the directory `path`, those used least recently first, until at most `limit` bytes are left.
    ///
    /// - Parameter spared: a folder that stays.
    /// - Returns: the bytes that are left.
    @discardableResult
    static func trim(_ path: String, to limit: Int, sparing spared: String? = nil) -> Int {
        let contents = CacheContents(of: path)
        var left = contents.bytes
        for folder in contents.folders where left > limit && folder.name != spared {
            try? FileManager.default.removeItem(atPath: "\(path)/\(folder.name)")
            left -= folder.bytes
        }
        return left
    }
}

extension CacheDirectory {
    /// Removes everything, or all results of one kind, and returns the bytes that were freed.
    public func clear(kind: String? = nil) -> Int {
        guard let path else { return 0 }
        return CacheContents(of: path).folders.filter { kind == nil || $0.kind == kind }.reduce(0) { freed, folder in
            (try? FileManager.default.removeItem(atPath: "\(path)/\(folder.name)")) == nil ? freed : freed + folder.bytes
        }
    }
}

/// Knows about how large the cache is, so that not every write has to look.
final class CacheLedger: Sendable {
    /// Nil until somebody has looked.
    private let total = Guarded<Int?>(nil)

    /// The bytes of everything, once what killed runs left is gone.
    private static func sweptBytes(of path: String) -> Int {
        for folder in CacheContents(of: path).folders { AtomicFile.sweep("\(path)/\(folder.name)") }
        return CacheContents(of: path).bytes
    }

    /// Notes `bytes` that were written, and makes room if there are too many.
    func added(_ bytes: Int, to path: String, limit: Int, sparing folder: String) {
        total.withLock { total in
            var known = total.map { $0 + bytes } ?? Self.sweptBytes(of: path)
            // A tenth below the limit, so that the next write need not look again.
            if known > limit { known = CacheContents.trim(path, to: limit / 10 * 9, sparing: folder) }
            total = known
        }
    }
}
