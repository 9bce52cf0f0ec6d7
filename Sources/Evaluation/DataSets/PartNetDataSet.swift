import BSBBasics
import BSBShapes

/// PartNet, as its `data_v0` is laid out, and PartNet-Mobility.
///
/// `id/result.json` has the hierarchy of parts, `id/objs/*.obj` the meshes of its leaves, or `id/textured_objs/*.obj` in PartNet-Mobility,
/// and `id/meta.json` the category (Mo and others 2019; Xiang and others 2020).
///
/// The meshes are put together in the order of the hierarchy; coincident vertices stay apart, as in the files. A face is labelled with
/// the name of its part's ancestor at the chosen level, or of the leaf itself where the hierarchy ends before.
package struct PartNetDataSet: LabelledDataSet {
    /// All shapes, in order.
    package let entries: [ShapeEntry]
    private let folder: String
    private let level: Int

    /// One part of `result.json`.
    private struct Node: Decodable {
        var name: String
        var objs: [String]?
        var children: [Node]?
    }

    private struct Meta: Decodable {
        // The data set's own spelling.
        var model_cat: String
    }

    /// Opens the folder.
    ///
    /// - Parameter folder: the data set's folder.
    /// - Parameter level: 1 for the parts right below the whole, 2 for theirs, and so on; 0 for the leaves.
    /// - Throws: `Failure` if it has no shape or a shape's category cannot be read.
    package init(_ folder: String, level: Int = 1) throws {
        guard level >= 0 else { throw Failure(.usage, "opening the data set", reason: "there is no level \(level) of parts") }
        self.folder = folder
        self.level = level
        let found = try Folder.folders(folder).filter { Folder.exists("\(folder)/\($0)/result.json") }.map { id in
            let meta = "\(folder)/\(id)/meta.json"
            let category =
                Folder.exists(meta) ? try JSONFile.decode(Meta.self, from: meta, operation: "reading the category").model_cat : "Shape"
            return ShapeEntry(category: category, id: id)
        }
        entries = try Folder.entries(found, in: folder, layout: "id/result.json with id/objs/*.obj")
    }

    /// Reads a shape.
    ///
    /// Throws `Failure` if a file of it is missing or damaged.
    package func shape(_ entry: ShapeEntry) throws -> LabelledShape {
        let path = "\(folder)/\(entry.id)"
        let roots = try JSONFile.decode([Node].self, from: "\(path)/result.json", operation: "reading the parts")
        var leaves: [(obj: String, part: String)] = []
        for root in roots { try collect(root, depth: 0, part: root.name, into: &leaves, path) }
        // An inner part may list the files of those below it again; the deepest mention, which comes first here, counts.
        var seen = Set<String>()
        leaves = leaves.filter { seen.insert($0.obj).inserted }
        guard !leaves.isEmpty else {
            throw Failure(.badInput, "reading the parts", path: "\(path)/result.json", reason: "no part has a mesh")
        }
        return try assembled(leaves, entry, path)
    }

    private func collect(_ node: Node, depth: Int, part: String, into leaves: inout [(obj: String, part: String)], _ path: String) throws {
        guard depth < 64 else { throw Failure(.badInput, "reading the parts", path: path, reason: "parts are nested more than 64 deep") }
        let part = level == 0 || depth <= level ? node.name : part
        for child in node.children ?? [] { try collect(child, depth: depth + 1, part: part, into: &leaves, path) }
        for obj in node.objs ?? [] {
            guard !obj.contains("/"), !obj.contains("..") else {
                throw Failure(
                    .badInput, "reading the parts", path: path, reason: "'\(obj.prefix(40))' is not the name of a mesh of the shape")
            }
            leaves.append((obj, part))
        }
    }

    private func assembled(_ leaves: [(obj: String, part: String)], _ entry: ShapeEntry, _ path: String) throws -> LabelledShape {
        var mesh = Mesh(vertices: [], faces: [])
        var labels = ShapeLabels(names: [], perFace: [])
        var hasher = ContentHasher()
        let meshes = Folder.isFolder("\(path)/objs") ? "objs" : "textured_objs"
        for (obj, part) in leaves {
            let file = "\(path)/\(meshes)/\(obj).obj"
            let data = try AtomicFile.readFile(file, operation: "reading the mesh")
            let piece = try Mesh(data: data, format: .obj, path: file)
            hasher.add(obj, ContentHash(of: data).hex)
            guard mesh.vertices.count + piece.vertices.count <= Mesh.maximumCount else {
                throw Failure(.badInput, "reading the mesh", path: path, reason: "it has more than \(Mesh.maximumCount) vertices")
            }
            let (offset, fileOffset) = (UInt32(mesh.vertices.count), UInt32(mesh.fileFaceCount))
            mesh.vertices += piece.vertices
            mesh.faces += piece.faces.map { $0 &+ SIMD3(repeating: offset) }
            mesh.fileFace += piece.fileFace.map { $0 + fileOffset }
            mesh.fileFaceCount += piece.fileFaceCount
            let number = labels.names.firstIndex(of: part) ?? labels.names.count
            if number == labels.names.count { labels.names.append(part) }
            labels.perFace += [Int](repeating: number, count: piece.fileFaceCount)
        }
        return LabelledShape(entry: entry, path: path, hash: hasher.finalize().hex, mesh: mesh, labels: labels)
    }
}
