import BSBBasics
import BSBShapes
import Foundation

extension ShapeLabels {
    /// Reads labels of the file faces of a mesh: JSON with `names` and `perFace`, or else text as the Princeton segmentation data has it.
    ///
    /// - Throws: `Failure` if the file cannot be read, or is of another mesh.
    package init(file path: String, of mesh: Mesh) throws {
        let operation = "reading the labels"
        guard path.lowercased().hasSuffix(".json") else {
            try self.init(contentsOf: path, fileFaceCount: mesh.fileFaceCount)
            return
        }
        self = try JSONFile.decode(
            ShapeLabels.self, from: path, operation: operation, wrong: "it does not hold 'names' and 'perFace'",
            hint: "'names' is a list of parts, 'perFace' has the index of each face's part, or -1")
        guard perFace.count == mesh.fileFaceCount else {
            throw Failure(
                .badInput, operation, path: path, reason: "there are \(perFace.count) labels for \(mesh.fileFaceCount) faces",
                hint: "the labels must be those of the mesh")
        }
        guard perFace.allSatisfy({ $0 == -1 || names.indices.contains($0) }) else {
            throw Failure(.badInput, operation, path: path, reason: "a face has a part that has no name")
        }
    }
}
