import BSBBasics
import BSBRendering
import BSBShapes
import BSBTrainingSets
import Foundation

/// A folder of objects as people make them: `<group>/<name>.obj` with its materials, `<name>.labels.json` and `<name>.regions.json` where known.
struct ObjectFolder {
    /// One object of the folder.
    struct Entry: Hashable {
        var group: String
        var name: String
    }

    /// Names of parts mean the same in every group, so that all groups share one category.
    static let category = "Thing"
    /// Objects of more triangles take too long to draw.
    private static let mostFaces = 60_000

    let directory: String
    let entries: [Entry]

    /// The objects of a subset; those that the table does not list are for training.
    init(directory: String, split: String?, subset: Subset) throws {
        self.directory = directory
        let rows = try split.map { try CommaTable.rows(of: $0).filter { $0.count >= 3 } } ?? []
        let subsets = Dictionary(rows.map { (Entry(group: $0[0], name: $0[1]), $0[2]) }, uniquingKeysWith: { first, _ in first })
        entries = try Self.all(in: directory).filter { subsets[$0] ?? Subset.train.rawValue == subset.rawValue }
    }

    /// All objects of a folder, in order.
    static func all(in directory: String) throws -> [Entry] {
        try Folder.names(directory).filter { Folder.isFolder("\(directory)/\($0)") }.flatMap { group in
            try Folder.names("\(directory)/\(group)").filter { $0.hasSuffix(".obj") }.map {
                Entry(group: group, name: String($0.dropLast(4)))
            }
        }
    }

    /// Whether the parts of an object have names.
    static func isLabelled(_ entry: Entry, in directory: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(directory)/\(entry.group)/\(entry.name).labels.json")
    }

    /// The parts of all objects of the folder, whatever the split.
    func classes() throws -> [TrainingManifest.PartClass] {
        try Self.all(in: directory).compactMap { try labels($0)?.names }.flatMap { $0 }.map { .init(category: Self.category, part: $0) }
    }

    /// The objects that can be read and drawn in reasonable time.
    func shapes(classes: [TrainingManifest.PartClass], parallelism: Parallelism) throws -> [TrainingShape] {
        try parallelism.map(entries.count) { try shape(entries[$0], classes: classes) }.compactMap { $0 }
    }

    private func shape(_ entry: Entry, classes: [TrainingManifest.PartClass]) throws -> TrainingShape? {
        guard let mesh = try? Mesh(contentsOf: path(entry, ".obj")), mesh.faces.count <= Self.mostFaces,
            let normalised = try? Normalisation(of: mesh).applied(to: mesh)
        else { return nil }
        let numbers = try labels(entry).map { labels in
            try perTriangle(labels.perFace, of: mesh, entry) { index in
                let part = TrainingManifest.PartClass(category: Self.category, part: labels.names[index])
                return classes.firstIndex(of: part).map { UInt8($0) } ?? TrainingExample.unlabelled
            } missing: {
                TrainingExample.unlabelled
            }
        }
        guard
            var shape = try? TrainingShape(
                name: "\(entry.group)/\(entry.name)", category: Self.category, mesh: normalised, faceClasses: numbers)
        else { return nil }
        shape.faceRegions = try regions(entry).map { regions in
            // Regions beyond what a byte can name count as not known.
            try perTriangle(regions.perFace, of: mesh, entry) {
                UInt8(min($0, Int(TrainingExample.background)))
            } missing: {
                TrainingExample.background
            }
        }
        shape.ownColors = try? SurfaceColors(normalised)
        return shape
    }

    /// #F values of a table of the file's faces.
    private func perTriangle(
        _ perFace: [Int], of mesh: Mesh, _ entry: Entry, _ value: (Int) -> UInt8, missing: () -> UInt8
    ) throws -> [UInt8] {
        guard perFace.count == mesh.fileFaceCount else {
            throw Failure(
                .badInput, "reading the parts of an object", path: path(entry, ".obj"),
                reason: "there are \(perFace.count) entries for \(mesh.fileFaceCount) faces")
        }
        return mesh.fileFace.map { perFace[Int($0)] < 0 ? missing() : value(perFace[Int($0)]) }
    }

    private func path(_ entry: Entry, _ ending: String) -> String { "\(directory)/\(entry.group)/\(entry.name)\(ending)" }

    private struct Regions: Decodable {
        var perFace: [Int]
    }

    private func labels(_ entry: Entry) throws -> ShapeLabels? { try decode(ShapeLabels.self, path(entry, ".labels.json")) }

    private func regions(_ entry: Entry) throws -> Regions? { try decode(Regions.self, path(entry, ".regions.json")) }

    /// What a file beside the object holds, or nil where there is none.
    private func decode<T: Decodable>(_ type: T.Type, _ path: String) throws -> T? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try JSONFile.decode(type, from: path, operation: "reading the parts of an object", wrong: "it is not such a file")
    }
}
