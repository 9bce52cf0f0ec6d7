import BSBBasics
import BSBShapes

extension FileDataSet {
    /// 3DCoMPaT++, unpacked: `models/id.gltf`, whose nodes are the parts, and the `metadata` of its repository (Slim and others 2023).
    ///
    /// The first two digits of an id, in hexadecimal, are the number of its category in `metadata/classes.json`. At the coarse level parts are
    /// named by `metadata/hier_coarse.json`, at the fine one by the nodes.
    /// - Parameter folder: the data set's folder.
    /// - Parameter level: 1 for coarse parts, 0 for fine ones.
    /// - Throws: `Failure` if it has no model or its metadata cannot be read.
    static func compat(_ folder: String, level: Int) throws -> FileDataSet {
        let operation = "opening the data set"
        guard (0...1).contains(level) else {
            throw Failure(.usage, operation, reason: "there is no level \(level) of parts", hint: "1 is the coarse level, 0 the fine one")
        }
        let classes = try JSONFile.decode([String].self, from: "\(folder)/metadata/classes.json", operation: operation)
        // By the first two digits of ids, for each fine part the coarse one.
        let coarse =
            level == 0
            ? [:] : try JSONFile.decode([String: [String: String]].self, from: "\(folder)/metadata/hier_coarse.json", operation: operation)
        var files: [ShapeEntry: Paths] = [:]
        for name in try Folder.names("\(folder)/models") where ["gltf", "glb"].contains(Folder.ending(name)) {
            let id = Folder.stem(name)
            guard let number = Int(id.prefix(2), radix: 16), classes.indices.contains(number) else { continue }
            files[ShapeEntry(category: classes[number], id: id)] = ("\(folder)/models/\(name)", [])
        }
        return try FileDataSet(files, in: folder, layout: "models/id.gltf with metadata/classes.json") { entry, mesh, _ in
            let known = coarse[String(entry.id.prefix(2)).lowercased()] ?? [:]
            var labels = ShapeLabels(names: [], perFace: [Int](repeating: -1, count: mesh.fileFaceCount))
            for group in mesh.groups {
                let number = labels.number(of: known[group.name] ?? group.name)
                for face in group.fileFaces { labels.perFace[Int(face)] = number }
            }
            return (try labels.used("reading the parts", path: entry.name, reason: "no node with triangles has a name"), ShapePose())
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
