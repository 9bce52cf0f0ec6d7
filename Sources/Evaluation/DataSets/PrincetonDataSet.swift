import BSBBasics
import BSBShapes

/// The Labeled Princeton Benchmark: `category/id.off`, `category/id_labels.txt` and, if there, `cameras.csv` with usual views.
///
/// Shapes from Chen, Golovinskiy and Funkhouser 2009, labels from Kalogerakis, Hertzmann and Singh 2010.
package struct PrincetonDataSet: LabelledDataSet {
    /// All shapes, in order.
    package let entries: [ShapeEntry]
    private let folder: String
    private let poses: [ShapeEntry: ShapePose]

    /// Opens the folder.
    ///
    /// Throws `Failure` if it has no labelled mesh or its table of views cannot be read.
    package init(_ folder: String) throws {
        self.folder = folder
        let found = try Folder.folders(folder).flatMap { category in
            let names = Set(try Folder.names("\(folder)/\(category)"))
            return names.filter { Folder.ending($0) == "off" && names.contains("\(Folder.stem($0))_labels.txt") }
                .map { ShapeEntry(category: category, id: Folder.stem($0)) }
        }
        entries = try Folder.entries(found, in: folder, layout: "category/id.off with category/id_labels.txt")
        let table = "\(folder)/cameras.csv"
        poses = Folder.exists(table) ? try Self.poses(table) : [:]
    }

    /// Reads a shape.
    ///
    /// Throws `Failure` if a file of it is missing or damaged.
    package func shape(_ entry: ShapeEntry) throws -> LabelledShape {
        let path = "\(folder)/\(entry.name).off"
        let data = try AtomicFile.readFile(path, operation: "reading the mesh")
        let mesh = try Mesh(data: data, format: .off, path: path)
        let labels = try ShapeLabels(contentsOf: "\(folder)/\(entry.name)_labels.txt", fileFaceCount: mesh.fileFaceCount)
        guard labels.perFace.contains(where: { $0 >= 0 }) else {
            throw Failure(.badInput, "reading the labels", path: "\(folder)/\(entry.name)_labels.txt", reason: "no face has a part")
        }
        return LabelledShape(
            entry: entry, path: path, hash: ContentHash(of: data).hex, mesh: mesh, labels: labels, pose: poses[entry] ?? ShapePose())
    }

    /// Rows of id, category, the direction of view and the upright direction.
    private static func poses(_ table: String) throws -> [ShapeEntry: ShapePose] {
        var poses: [ShapeEntry: ShapePose] = [:]
        for row in try CommaTable.rows(of: table) {
            let numbers = row.dropFirst(2).compactMap { Float($0) }
            guard numbers.count >= 6, numbers.allSatisfy(\.isFinite) else { continue }
            poses[ShapeEntry(category: row[1], id: row[0])] = ShapePose(
                up: [numbers[3], numbers[4], numbers[5]], view: [numbers[0], numbers[1], numbers[2]])
        }
        return poses
    }
}
