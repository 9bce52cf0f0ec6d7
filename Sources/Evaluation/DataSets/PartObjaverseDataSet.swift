import BSBBasics
import BSBShapes

/// PartObjaverse-Tiny: `PartObjaverse-Tiny_mesh/uid.glb`, `PartObjaverse-Tiny_semantic_gt/uid.npy` with a number for each face, and
/// `PartObjaverse-Tiny_semantic.json`, which has for each category and mesh what the numbers mean (Yang and others 2024).
///
/// Faces are numbered as they come when the nodes of the file are put together in the file's order. Negative numbers are no part.
package struct PartObjaverseDataSet: LabelledDataSet {
    /// All shapes, in order.
    package let entries: [ShapeEntry]
    private let folder: String
    private let names: [ShapeEntry: [String]]

    /// Opens the folder.
    ///
    /// Throws `Failure` if it has no labelled mesh or its table of names cannot be read.
    package init(_ folder: String) throws {
        self.folder = folder
        let table = try JSONFile.decode(
            [String: [String: [String]]].self, from: "\(folder)/PartObjaverse-Tiny_semantic.json", operation: "opening the data set")
        let found = table.flatMap { category, shapes in shapes.map { (ShapeEntry(category: category, id: $0.key), $0.value) } }
        guard found.allSatisfy({ !$0.0.id.contains("/") && !$0.0.category.contains("/") }) else {
            throw Failure(.badInput, "opening the data set", path: folder, reason: "a name in the table has a slash")
        }
        let there = found.filter {
            Folder.exists(Self.mesh(of: $0.0, in: folder)) && Folder.exists(Self.labels(of: $0.0, in: folder))
        }
        names = Dictionary(there) { first, _ in first }
        entries = try Folder.entries(
            Array(names.keys), in: folder,
            layout: "PartObjaverse-Tiny_mesh/uid.glb with PartObjaverse-Tiny_semantic_gt/uid.npy and PartObjaverse-Tiny_semantic.json")
    }

    private static func mesh(of entry: ShapeEntry, in folder: String) -> String { "\(folder)/PartObjaverse-Tiny_mesh/\(entry.id).glb" }

    private static func labels(of entry: ShapeEntry, in folder: String) -> String {
        "\(folder)/PartObjaverse-Tiny_semantic_gt/\(entry.id).npy"
    }

    /// Reads a shape.
    ///
    /// Throws `Failure` if a file of it is missing or damaged, or there is not a number for each face.
    package func shape(_ entry: ShapeEntry) throws -> LabelledShape {
        let (path, labelsPath) = (Self.mesh(of: entry, in: folder), Self.labels(of: entry, in: folder))
        guard let names = names[entry] else { throw entry.unknown }
        let mesh = try Mesh(contentsOf: path)
        func failure(_ reason: String) -> Failure { Failure(.badInput, "reading the labels", path: labelsPath, reason: reason) }
        guard let numbers = try NumPyArray(contentsOf: labelsPath, operation: "reading the labels").integers() else {
            throw failure("they are not whole numbers")
        }
        guard numbers.count == mesh.fileFaceCount else {
            throw failure("there are \(numbers.count) labels for \(mesh.fileFaceCount) faces")
        }
        guard numbers.allSatisfy({ $0 < names.count }), numbers.contains(where: { $0 >= 0 }) else {
            throw failure("a face has a part that has no name, or no face has a part")
        }
        return LabelledShape(
            entry: entry, path: path, hash: try ContentHash(ofFile: path).hex, mesh: mesh,
            labels: ShapeLabels(names: names, perFace: numbers.map { max($0, -1) }))
    }
}
