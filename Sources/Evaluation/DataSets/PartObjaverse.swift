import BSBBasics
import BSBShapes

extension FileDataSet {
    /// PartObjaverse-Tiny: `PartObjaverse-Tiny_mesh/uid.glb`, `PartObjaverse-Tiny_semantic_gt/uid.npy` with a number for each face, and
    /// `PartObjaverse-Tiny_semantic.json`, which has for each category and mesh what the numbers mean (Yang and others 2024).
    ///
    /// Faces are numbered as they come when the nodes of the file are put together in the file's order. Negative numbers are no part.
    /// - Throws: `Failure` if the folder has no labelled mesh or its table of names cannot be read.
    static func partObjaverse(_ folder: String) throws -> FileDataSet {
        let (meshes, labels) = ("PartObjaverse-Tiny_mesh", "PartObjaverse-Tiny_semantic_gt")
        let table = try JSONFile.decode(
            [String: [String: [String]]].self, from: "\(folder)/PartObjaverse-Tiny_semantic.json", operation: "opening the data set")
        let found = table.flatMap { category, shapes in shapes.map { (ShapeEntry(category: category, id: $0.key), $0.value) } }
        guard found.allSatisfy({ !$0.0.id.contains("/") && !$0.0.category.contains("/") }) else {
            throw Failure(.badInput, "opening the data set", path: folder, reason: "a name in the table has a slash")
        }
        let names = Dictionary(found) { first, _ in first }
        var files: [ShapeEntry: Paths] = [:]
        for entry in names.keys {
            let (mesh, numbers) = ("\(folder)/\(meshes)/\(entry.id).glb", "\(folder)/\(labels)/\(entry.id).npy")
            if Folder.exists(mesh), Folder.exists(numbers) { files[entry] = (mesh, [numbers]) }
        }
        let layout = "\(meshes)/uid.glb with \(labels)/uid.npy and PartObjaverse-Tiny_semantic.json"
        return try FileDataSet(files, in: folder, layout: layout) { entry, mesh, paths in
            (try Self.labels(paths[0], names: names[entry] ?? [], of: mesh), ShapePose())
        }
    }

    private static func labels(_ path: String, names: [String], of mesh: Mesh) throws -> ShapeLabels {
        func failure(_ reason: String) -> Failure { Failure(.badInput, "reading the labels", path: path, reason: reason) }
        guard let numbers = try NumPyArray(contentsOf: path, operation: "reading the labels").integers() else {
            throw failure("they are not whole numbers")
        }
        guard numbers.count == mesh.fileFaceCount else {
            throw failure("there are \(numbers.count) labels for \(mesh.fileFaceCount) faces")
        }
        guard numbers.allSatisfy({ $0 < names.count }), numbers.contains(where: { $0 >= 0 }) else {
            throw failure("a face has a part that has no name, or no face has a part")
        }
        return ShapeLabels(names: names, perFace: numbers.map { max($0, -1) })
    }
}
