import BSBBasics

extension Folder {
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

/// Which shapes of a data set an evaluation uses: a table of category, id and subset.
package struct SplitTable: Sendable, Hashable {
    /// The subset of each shape.
    package let subsets: [ShapeEntry: String]

    /// Reads the table at `path`.
    ///
    /// Throws `Failure` if it cannot be read or a row lacks a column.
    package init(contentsOf path: String) throws {
        var subsets: [ShapeEntry: String] = [:]
        for (number, row) in try CommaTable.rows(of: path).enumerated() {
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
