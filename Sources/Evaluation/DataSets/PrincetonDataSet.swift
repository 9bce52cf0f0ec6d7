import BSBBasics
import BSBShapes

/// The Labeled Princeton Benchmark: `category/id.off`, `category/id_labels.txt` and, if there, `cameras.csv` with usual views.
///
/// Shapes from Chen, Golovinskiy and Funkhouser 2009, labels from Kalogerakis, Hertzmann and Singh 2010.
package struct PrincetonDataSet: FileDataSet {
    let files: ShapeFiles
    private let poses: [ShapeEntry: ShapePose]

    /// Opens the folder.
    ///
    /// Throws `Failure` if it has no labelled mesh or its table of views cannot be read.
    package init(_ folder: String) throws {
        files = try ShapeFiles(in: folder, endings: ["off"], labels: ["*_labels.txt"])
        let table = "\(folder)/cameras.csv"
        poses = Folder.exists(table) ? try Self.poses(table) : [:]
    }

    /// Reads a shape.
    ///
    /// Throws `Failure` if a file of it is missing or damaged.
    package func shape(_ entry: ShapeEntry) throws -> LabelledShape {
        try files.shape(entry, pose: poses[entry] ?? ShapePose()) { mesh, paths in
            let labels = try ShapeLabels(contentsOf: paths[0], fileFaceCount: mesh.fileFaceCount)
            guard labels.perFace.contains(where: { $0 >= 0 }) else {
                throw Failure(.badInput, "reading the labels", path: paths[0], reason: "no face has a part")
            }
            return labels
        }
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
