import BSBBasics
import BSBShapes

extension FileDataSet {
    /// The Labeled Princeton Benchmark: `category/id.off`, `category/id_labels.txt` and, if there, `cameras.csv` with usual views.
    ///
    /// Shapes from Chen, Golovinskiy and Funkhouser 2009, labels from Kalogerakis, Hertzmann and Singh 2010.
    /// - Throws: `Failure` if the folder has no labelled mesh or its table of views cannot be read.
    static func princeton(_ folder: String) throws -> FileDataSet {
        let table = "\(folder)/cameras.csv"
        let poses = Folder.exists(table) ? try Self.poses(table) : [:]
        return try FileDataSet(in: folder, endings: ["off"], labels: ["*_labels.txt"]) { entry, mesh, paths in
            let labels = try ShapeLabels(contentsOf: paths[0], fileFaceCount: mesh.fileFaceCount).used(path: paths[0])
            return (labels, poses[entry] ?? ShapePose())
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
