import BSBBasics
import Foundation

/// Listings of folders, sorted so that they are the same everywhere.
enum Folder {
    /// The names in a folder, without hidden ones.
    static func names(_ path: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw Failure(.missingInput, "listing a data set", path: path, reason: "the folder is not there or cannot be read")
        }
    }

    /// The folders in a folder.
    static func folders(_ path: String) throws -> [String] { try names(path).filter { isFolder("\(path)/\($0)") } }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// The extension of a name in lower case, without the dot.
    static func ending(_ name: String) -> String { (name as NSString).pathExtension.lowercased() }

    /// The name without its extension.
    static func stem(_ name: String) -> String { (name as NSString).deletingPathExtension }

    /// The mesh formats that a data set's files may have.
    static let meshEndings: Set<String> = ["obj", "off", "ply", "stl", "glb", "gltf"]

    /// The entries of a data set, in order; refuses an empty one.
    static func entries(_ found: [ShapeEntry], in path: String, layout: String) throws -> [ShapeEntry] {
        guard !found.isEmpty else {
            throw Failure(.missingInput, "opening the data set", path: path, reason: "there is no shape in the layout \(layout)")
        }
        return found.sorted()
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

/// Which shapes of a data set an evaluation uses: a table of category, id and subset.
package struct SplitTable: Sendable, Hashable {
    /// The subset of each shape.
    package let subsets: [ShapeEntry: String]

    /// Reads the table at `path`.
    ///
    /// Throws `Failure` if it cannot be read or a row lacks a column.
    package init(contentsOf path: String) throws {
        var subsets: [ShapeEntry: String] = [:]
        for (number, row) in try Table.rows(of: path).enumerated() {
            guard row.count >= 3 else {
                throw Failure(
                    .badInput, "reading the split", path: path, reason: "line \(number + 2) has \(row.count) columns",
                    hint: "each line is category,id,subset")
            }
            subsets[ShapeEntry(category: row[0], id: row[1])] = row[2]
        }
        self.subsets = subsets
    }

    /// The entries of a subset, in the order given.
    ///
    /// Throws `Failure` if there are none.
    package func entries(of subset: String, among entries: [ShapeEntry]) throws -> [ShapeEntry] {
        let chosen = entries.filter { subsets[$0] == subset }
        guard !chosen.isEmpty else {
            let known = Set(subsets.values).sorted().joined(separator: ", ")
            throw Failure(
                .usage, "choosing shapes", reason: "no shape of the data set is in the subset '\(subset)'",
                hint: "the split has the subsets \(known)")
        }
        return chosen
    }
}
