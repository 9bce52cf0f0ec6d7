import Foundation

/// What is in folders: places, and listings, sorted so that they are the same everywhere.
package enum Folder {
    /// The names in a folder, without hidden ones.
    ///
    /// Throws `Failure(.missingInput)`.
    package static func names(_ path: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw Failure(.missingInput, "listing a folder", path: path, reason: "it is not there or cannot be read")
        }
    }

    /// The path that a name means which is relative to a folder, unless it is a whole path.
    package static func place(_ name: String, in folder: String) -> String { name.hasPrefix("/") ? name : "\(folder)/\(name)" }

    /// The folders in a folder.
    ///
    /// Throws `Failure(.missingInput)`.
    package static func folders(_ path: String) throws -> [String] { try names(path).filter { isFolder("\(path)/\($0)") } }

    /// The paths of all files below a folder with one of the extensions.
    ///
    /// Throws `Failure(.missingInput)`.
    package static func files(below path: String, extensions: Set<String>) throws -> [String] {
        try names(path).flatMap { name -> [String] in
            let child = "\(path)/\(name)"
            if isFolder(child) { return try files(below: child, extensions: extensions) }
            return extensions.contains(ending(name)) ? [child] : []
        }
    }

    /// Whether there is a folder of this path.
    package static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Whether there is a file or folder of this path.
    package static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// What changes when a file does: its size and when it was written; nil if it is not there.
    package static func state(ofFile path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    /// The extension of a name in lower case, without the dot.
    package static func ending(_ name: String) -> String { (name as NSString).pathExtension.lowercased() }

    /// The name without its extension.
    package static func stem(_ name: String) -> String { (name as NSString).deletingPathExtension }
}

/// Comma-separated tables without quotes, with a line of headings.
package enum CommaTable {
    /// The fields of each row after the first.
    ///
    /// Throws `Failure(.missingInput)`.
    package static func rows(of path: String) throws -> [[String]] {
        let text = String(decoding: try AtomicFile.readFile(path, operation: "reading the table"), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }
}
