import BSBBasics
import BSBShapes

/// 3DCoMPaT++, unpacked: `models/id.gltf`, whose nodes are the parts, and the `metadata` of its repository (Slim and others 2023).
///
/// The first two digits of an id, in hexadecimal, are the number of its category in `metadata/classes.json`. At the coarse level parts are
/// named by `metadata/hier_coarse.json`, at the fine one by the nodes.
package struct CompatDataSet: FileDataSet {
    let files: ShapeFiles
    /// By the first two digits of ids, for each fine part the coarse one; empty at the fine level.
    private let coarse: [String: [String: String]]

    /// Opens the folder.
    ///
    /// - Parameter folder: the data set's folder.
    /// - Parameter level: 1 for coarse parts, 0 for fine ones.
    /// - Throws: `Failure` if it has no model or its metadata cannot be read.
    package init(_ folder: String, level: Int = 1) throws {
        let operation = "opening the data set"
        guard (0...1).contains(level) else {
            throw Failure(.usage, operation, reason: "there is no level \(level) of parts", hint: "1 is the coarse level, 0 the fine one")
        }
        let classes = try JSONFile.decode([String].self, from: "\(folder)/metadata/classes.json", operation: operation)
        coarse =
            level == 0
            ? [:] : try JSONFile.decode([String: [String: String]].self, from: "\(folder)/metadata/hier_coarse.json", operation: operation)
        var meshes: [ShapeEntry: String] = [:]
        for name in try Folder.names("\(folder)/models") where ["gltf", "glb"].contains(Folder.ending(name)) {
            let id = Folder.stem(name)
            guard let number = Int(id.prefix(2), radix: 16), classes.indices.contains(number) else { continue }
            meshes[ShapeEntry(category: classes[number], id: id)] = "\(folder)/models/\(name)"
        }
        files = try ShapeFiles(meshes.mapValues { ($0, []) }, in: folder, layout: "models/id.gltf with metadata/classes.json")
    }

    /// Reads a shape.
    ///
    /// Throws `Failure` if a file of it is missing or damaged, or no node has a name.
    package func shape(_ entry: ShapeEntry) throws -> LabelledShape {
        let known = coarse[String(entry.id.prefix(2)).lowercased()] ?? [:]
        return try files.shape(entry) { mesh, _ in
            var labels = ShapeLabels(names: [], perFace: [Int](repeating: -1, count: mesh.fileFaceCount))
            for group in mesh.groups {
                let number = labels.number(of: known[group.name] ?? group.name)
                for face in group.fileFaces { labels.perFace[Int(face)] = number }
            }
            guard labels.perFace.contains(where: { $0 >= 0 }) else {
                throw Failure(.badInput, "reading the parts", path: entry.name, reason: "no node with triangles has a name")
            }
            return labels
        }
    }
}

extension ShapeLabels {
    /// The index of a name, which is added if it is new.
    mutating func number(of name: String) -> Int {
        if let known = names.firstIndex(of: name) { return known }
        names.append(name)
        return names.count - 1
    }
}
