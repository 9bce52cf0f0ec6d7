import BSBBasics
import Foundation

/// Listings of folders, sorted so that they are the same everywhere.
enum Folder {
    /// The names in a folder.
    static func list(_ path: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw Failure(.missingInput, "listing a folder", path: path, reason: "it is not there or cannot be read")
        }
    }

    static func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    /// The paths of all files below a folder with one of the extensions.
    static func files(below path: String, extensions: Set<String>) throws -> [String] {
        try list(path).flatMap { name -> [String] in
            let child = "\(path)/\(name)"
            if isDirectory(child) { return try files(below: child, extensions: extensions) }
            return extensions.contains((name as NSString).pathExtension.lowercased()) ? [child] : []
        }
    }
}

/// Comma-separated tables without quotes, with a line of headings.
enum Table {
    /// The fields of each row after the first.
    static func rows(of path: String) throws -> [[String]] {
        let text = String(decoding: try AtomicFile.readFile(path, operation: "reading the table"), as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }
}
