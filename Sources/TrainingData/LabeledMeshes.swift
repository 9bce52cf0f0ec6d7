import BSBBasics
import BSBShapes
import BSBTrainingSets
import Foundation

/// A folder of meshes with labelled faces: `<category>/<id>.off`, `<category>/<id>_labels.txt` and `cameras.csv`.
struct LabeledMeshes {
    /// One shape of the folder.
    struct Entry: Hashable {
        var category: String
        var id: String
    }

    let directory: String
    let entries: [Entry]

    init(directory: String) throws {
        self.directory = directory
        let categories = try Folder.names(directory).filter { Folder.isFolder("\(directory)/\($0)") }
        entries = try categories.flatMap { category in
            try Folder.names("\(directory)/\(category)").filter { $0.hasSuffix(".off") }
                .map { Entry(category: category, id: String($0.dropLast(4))) }
                .sorted { (Int($0.id) ?? 0, $0.id) < (Int($1.id) ?? 0, $1.id) }
        }
        guard !entries.isEmpty else {
            throw Failure(.missingInput, "listing the labelled meshes", path: directory, reason: "there are none")
        }
    }

    /// All parts of all categories, in alphabetical order, whatever the split.
    func classes() throws -> [TrainingManifest.PartClass] {
        let all = try entries.flatMap { entry in
            try labels(entry).map { TrainingManifest.PartClass(category: entry.category, part: $0.part) }
        }
        return Set(all).sorted { ($0.category, $0.part) < ($1.category, $1.part) }
    }

    /// The shape of an entry with the index of each face's part in `classes`.
    func shape(_ entry: Entry, classes: [TrainingManifest.PartClass], poses: [Entry: Pose]) throws -> TrainingShape {
        let path = "\(directory)/\(entry.category)/\(entry.id).off"
        let mesh = try Mesh(contentsOf: path)
        var fileClasses = [UInt8](repeating: TrainingExample.unlabelled, count: mesh.fileFaceCount)
        for (part, faces) in try labels(entry) {
            guard let index = classes.firstIndex(of: .init(category: entry.category, part: part)) else { continue }
            for face in faces {
                guard face >= 1, face <= fileClasses.count else {
                    throw Failure(.badInput, "reading face labels", path: path, reason: "there is a label for face \(face)")
                }
                fileClasses[face - 1] = UInt8(index)
            }
        }
        let pose = poses[entry]
        return try TrainingShape(
            name: "\(entry.category)/\(entry.id)", category: entry.category, mesh: try Normalisation(of: mesh).applied(to: mesh),
            faceClasses: mesh.fileFace.map { fileClasses[Int($0)] }, up: pose?.up ?? [0, 1, 0], viewDirection: pose?.view)
    }

    /// A usual view of a shape.
    struct Pose {
        var view: SIMD3<Float>
        var up: SIMD3<Float>
    }

    /// The usual views that `cameras.csv` gives: id, category, and two vectors.
    func poses() throws -> [Entry: Pose] {
        let rows = try CommaTable.rows(of: directory + "/cameras.csv")
        return Dictionary(
            rows.compactMap { row -> (Entry, Pose)? in
                let numbers = row.dropFirst(2).compactMap { Float($0) }
                guard numbers.count >= 6 else { return nil }
                let pose = Pose(view: [numbers[0], numbers[1], numbers[2]], up: [numbers[3], numbers[4], numbers[5]])
                return (Entry(category: row[1], id: row[0]), pose)
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The parts of a shape with their 1-based faces: lines with a name and lines with numbers take turns.
    private func labels(_ entry: Entry) throws -> [(part: String, faces: [Int])] {
        let path = "\(directory)/\(entry.category)/\(entry.id)_labels.txt"
        let text = String(decoding: try AtomicFile.readFile(path, operation: "reading face labels"), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map { $0.split(whereSeparator: \.isWhitespace) }.filter { !$0.isEmpty }
        return stride(from: 0, to: lines.count - 1, by: 2).map { (lines[$0].joined(separator: " "), lines[$0 + 1].compactMap { Int($0) }) }
    }
}
