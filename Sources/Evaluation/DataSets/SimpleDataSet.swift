import BSBBasics
import BSBShapes
import Foundation

/// A layout for one's own data: `category/id.obj` (or another mesh format) with `category/id.labels.json`.
///
/// The labels file is `{"names": ["body", "handle"], "perFace": [0, 0, 1, -1]}`: for each face of the file an index into the names, -1
/// for none. It may also hold `"up"` and `"view"`, three numbers each. Real photos of the shape go into `category/id.photos.json`;
/// see ``PhotoClicks``.
package struct SimpleDataSet: LabelledDataSet {
    /// All shapes, in order.
    package let entries: [ShapeEntry]
    private let folder: String
    private let meshes: [ShapeEntry: String]

    private struct Labels: Decodable {
        var names: [String]
        var perFace: [Int]
        var up: [Float]?
        var view: [Float]?
    }

    /// Opens the folder.
    ///
    /// Throws `Failure` if it has no labelled mesh.
    package init(_ folder: String) throws {
        self.folder = folder
        var meshes: [ShapeEntry: String] = [:]
        for category in try Folder.folders(folder) {
            for name in try Folder.names("\(folder)/\(category)") where Folder.meshEndings.contains(Folder.ending(name)) {
                let entry = ShapeEntry(category: category, id: Folder.stem(name))
                if Folder.exists("\(folder)/\(entry.name).labels.json") { meshes[entry] = "\(folder)/\(category)/\(name)" }
            }
        }
        self.meshes = meshes
        entries = try Folder.entries(Array(meshes.keys), in: folder, layout: "category/id.obj with category/id.labels.json")
    }

    /// Reads a shape.
    ///
    /// Throws `Failure` if a file of it is missing or damaged.
    package func shape(_ entry: ShapeEntry) throws -> LabelledShape {
        guard let path = meshes[entry] else { throw entry.unknown }
        let mesh = try Mesh(contentsOf: path)
        let labelsPath = "\(folder)/\(entry.name).labels.json"
        let labels = try JSONFile.decode(Labels.self, from: labelsPath, operation: "reading the labels")
        guard labels.perFace.count == mesh.fileFaceCount else {
            throw Failure(
                .badInput, "reading the labels", path: labelsPath,
                reason: "there are \(labels.perFace.count) labels for \(mesh.fileFaceCount) faces")
        }
        guard labels.perFace.allSatisfy({ $0 == -1 || labels.names.indices.contains($0) }) else {
            throw Failure(.badInput, "reading the labels", path: labelsPath, reason: "a face has a part that has no name")
        }
        return LabelledShape(
            entry: entry, path: path, hash: try ContentHash(ofFile: path).hex, mesh: mesh,
            labels: ShapeLabels(names: labels.names, perFace: labels.perFace),
            pose: ShapePose(up: Self.vector(labels.up) ?? [0, 1, 0], view: Self.vector(labels.view)))
    }

    private static func vector(_ numbers: [Float]?) -> SIMD3<Float>? {
        guard let numbers, numbers.count == 3, numbers.allSatisfy(\.isFinite) else { return nil }
        return SIMD3(numbers)
    }
}

/// JSON files of data sets.
enum JSONFile {
    /// Decodes a file; a file that is not what it should be is a `Failure` with the place in it.
    static func decode<T: Decodable>(_ type: T.Type, from path: String, operation: String) throws -> T {
        let data = try AtomicFile.readFile(path, operation: operation)
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch {
            throw Failure(.badInput, operation, path: path, reason: words(error))
        }
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "there is no '\(key.stringValue)'"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' is not of the right kind"
        default: "it is no JSON of the right kind"
        }
    }
}
