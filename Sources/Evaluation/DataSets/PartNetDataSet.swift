import BSBBasics
import BSBShapes

/// PartNet, as its `data_v0` is laid out, and PartNet-Mobility.
///
/// `id/result.json` has the hierarchy of parts, `id/objs/*.obj` the meshes of its leaves, or `id/textured_objs/*.obj` in PartNet-Mobility,
/// and `id/meta.json` the category (Mo and others 2019; Xiang and others 2020).
///
/// The meshes are put together in the order of the hierarchy; coincident vertices stay apart, as in the files. A face is labelled with
/// the name of its part's ancestor at the chosen level, or of the leaf itself where the hierarchy ends before; or with that of the link
/// of PartNet-Mobility that it moves with: `id/semantics.txt` names links, and `id/mobility_v2.json` says which parts each of them has.
package struct PartNetDataSet: LabelledDataSet {
    /// All shapes, in order.
    package let entries: [ShapeEntry]
    private let folder: String
    private let naming: Naming

    /// What the parts of a shape are called by.
    package enum Naming: Sendable, Hashable {
        /// Their ancestors so far below the whole, from 1; 0 for the leaves.
        case level(Int)
        /// The links that they move with.
        case links
    }

    /// One part of `result.json`.
    private struct Node: Decodable {
        var name: String
        var id: Int?
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
    /// - Parameter naming: what parts are called by.
    /// - Throws: `Failure` if it has no shape or a shape's category cannot be read.
    package init(_ folder: String, naming: Naming) throws {
        if case .level(let level) = naming, level < 0 {
            throw Failure(.usage, "opening the data set", reason: "there is no level \(level) of parts")
        }
        (self.folder, self.naming) = (folder, naming)
        let needed = ["result.json"] + (naming == .links ? ["semantics.txt", "mobility_v2.json"] : [])
        let found = try Folder.folders(folder).filter { id in needed.allSatisfy { Folder.exists("\(folder)/\(id)/\($0)") } }.map { id in
            let meta = "\(folder)/\(id)/meta.json"
            let category =
                Folder.exists(meta) ? try JSONFile.decode(Meta.self, from: meta, operation: "reading the category").model_cat : "Shape"
            return ShapeEntry(category: category, id: id)
        }
        let layout = needed.map { "id/\($0)" }.joined(separator: ", ") + " with id/objs/*.obj or id/textured_objs/*.obj"
        entries = try Folder.entries(found, in: folder, layout: layout)
    }

    /// Reads a shape.
    ///
    /// Throws `Failure` if a file of it is missing or damaged.
    package func shape(_ entry: ShapeEntry) throws -> LabelledShape {
        let path = "\(folder)/\(entry.id)"
        let roots = try JSONFile.decode([Node].self, from: "\(path)/result.json", operation: "reading the parts")
        var leaves: [(obj: String, part: String)] = []
        let links = naming == .links ? try Self.linkNames(path) : [:]
        for root in roots { try collect(root, depth: 0, part: root.name, links, into: &leaves, path) }
        // An inner part may list the files of those below it again; the deepest mention, which comes first here, counts.
        var seen = Set<String>()
        leaves = leaves.filter { seen.insert($0.obj).inserted }
        guard !leaves.isEmpty else {
            throw Failure(.badInput, "reading the parts", path: "\(path)/result.json", reason: "no part has a mesh")
        }
        return try assembled(leaves, entry, path)
    }

    /// What the links of PartNet-Mobility are called, by the numbers of the parts in `result.json` that they have.
    private static func linkNames(_ path: String) throws -> [Int: String] {
        struct Link: Decodable {
            struct Part: Decodable { var id: Int }
            var id: Int
            var parts: [Part]
        }
        let (operation, semantics) = ("reading the links", "\(path)/semantics.txt")
        let text = String(decoding: try AtomicFile.readFile(semantics, operation: operation), as: UTF8.self)
        var names: [String: String] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            if words.isEmpty { continue }
            guard words.count == 3, names.updateValue(words[2], forKey: words[0]) == nil else {
                throw Failure(
                    .badInput, operation, path: semantics,
                    reason: "line \(index + 1) is not a link, its joint and its name, or names a link again")
            }
        }
        let links = try JSONFile.decode([Link].self, from: "\(path)/mobility_v2.json", operation: operation)
        let parts = try links.flatMap { link in
            guard let name = names["link_\(link.id)"] else {
                throw Failure(.badInput, operation, path: semantics, reason: "there is no name of link_\(link.id)")
            }
            return link.parts.map { ($0.id, name) }
        }
        return Dictionary(parts) { first, _ in first }
    }

    private func collect(
        _ node: Node, depth: Int, part: String, _ links: [Int: String], into leaves: inout [(obj: String, part: String)], _ path: String
    ) throws {
        guard depth < 64 else { throw Failure(.badInput, "reading the parts", path: path, reason: "parts are nested more than 64 deep") }
        let part =
            switch naming {
            case .level(let level): level == 0 || depth <= level ? node.name : part
            case .links: node.id.flatMap { links[$0] } ?? part
            }
        for child in node.children ?? [] { try collect(child, depth: depth + 1, part: part, links, into: &leaves, path) }
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
            labels.perFace += [Int](repeating: labels.number(of: part), count: piece.fileFaceCount)
        }
        return LabelledShape(entry: entry, path: path, hash: hasher.finalize().hex, mesh: mesh, labels: labels)
    }
}
