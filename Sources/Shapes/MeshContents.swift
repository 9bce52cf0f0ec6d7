/// What a mesh file holds, by name.
package struct MeshContents: Hashable, Sendable, Codable {
    /// A group of faces.
    package struct Group: Hashable, Sendable, Codable {
        /// The name in the file.
        package var name: String
        /// The number of its faces.
        package var faces: Int
    }

    /// A node of a scene.
    package struct Node: Hashable, Sendable, Codable {
        /// The name in the file.
        package var name: String
        /// The index of its parent in the list; none for a root.
        package var parent: Int?
        /// The index of its first vertex.
        package var firstVertex: Int
        /// The number of its vertices, which follow one another.
        package var vertices: Int
        /// The index of its first face.
        package var firstFace: Int
        /// The number of its faces, which follow one another.
        package var faces: Int
        /// Whether its mesh was posed by joints.
        package var isSkinned: Bool?
        /// The number of morph targets, which have their default weights.
        package var morphTargets: Int?
        /// How often it is drawn, where more than once.
        package var instances: Int?
    }

    /// A material.
    package struct Material: Hashable, Sendable, Codable {
        /// The name in the file.
        package var name: String
        /// The colour, 0...1 (sRGB).
        package var color: [Float]
        /// Whether the file says what it looks like.
        package var isDefined: Bool
        /// The bytes of its picture.
        package var pictureBytes: Int?
        /// The number of triangles that are made of it.
        package var triangles: Int
    }

    /// Groups of faces.
    package var groups: [Group]
    /// The nodes of a scene, parents before children, in the order of the file's vertices and faces.
    package var nodes: [Node]
    /// Materials.
    package var materials: [Material]
    /// Whether vertices have colours.
    package var hasVertexColors: Bool
    /// Whether corners have places in pictures.
    package var hasCoordinates: Bool
    /// The number of faces with more than three corners.
    package var polygons: Int
    /// Files beside the mesh's that it names; without a path where they are missing.
    package var neighbours: [NeighbourFile]
    /// The unit of length, where the format has one.
    package var unit: String?

    /// What `mesh`, which was read from a file, holds.
    ///
    /// - Complexity: O(#F + nodes + groups).
    package init(_ mesh: Mesh) {
        groups = mesh.groups.map { Group(name: $0.name, faces: $0.fileFaces.count) }
        nodes = mesh.nodes.map { node in
            Node(
                name: node.name, parent: node.parent, firstVertex: node.vertices.lowerBound, vertices: node.vertices.count,
                firstFace: node.fileFaces.lowerBound, faces: node.fileFaces.count, isSkinned: node.isSkinned ? true : nil,
                morphTargets: node.morphTargets > 0 ? node.morphTargets : nil, instances: node.instances > 1 ? node.instances : nil)
        }
        var triangles = [Int](repeating: 0, count: mesh.appearance?.materials.count ?? 0)
        for material in mesh.appearance?.materialOfFace ?? [] where material >= 0 { triangles[Int(material)] += 1 }
        materials = zip(mesh.appearance?.materials ?? [], triangles).map { material, count in
            Material(
                name: material.name, color: [material.color.x, material.color.y, material.color.z], isDefined: material.isDefined,
                pictureBytes: material.picture?.count, triangles: count)
        }
        hasVertexColors = mesh.vertexColors != nil
        hasCoordinates = mesh.appearance?.coordinates.contains { $0.x.isFinite } ?? false
        polygons = mesh.polygons.map { list in list.ends.indices.count { list.ends[$0] - ($0 == 0 ? 0 : list.ends[$0 - 1]) > 3 } } ?? 0
        neighbours = mesh.neighbours
        unit = mesh.scene == nil ? nil : "metre"
    }

    /// The contents as sentences, a line each; lists are cut after `limit` entries.
    package func lines(limit: Int = 20) -> [String] {
        var lines: [String] = []
        func list<Entry>(_ entries: [Entry], _ text: (Entry) -> String) {
            lines += entries.prefix(limit).map(text)
            if entries.count > limit { lines.append("  and \(entries.count - limit) more") }
        }
        if let unit { lines.append("unit: \(unit)") }
        if hasVertexColors { lines.append("vertices have colors") }
        if hasCoordinates { lines.append("corners have places in pictures") }
        if polygons > 0 { lines.append("\(polygons) faces have more than three corners") }
        if !nodes.isEmpty { lines.append("\(nodes.count) nodes:") }
        list(nodes) { node in
            let notes = [
                node.isSkinned == true ? "skinned, posed by its joints" : nil,
                node.morphTargets.map { "\($0) morph targets with default weights" }, node.instances.map { "drawn \($0) times" },
            ].compactMap { $0 }
            return "  \(node.name): \(node.vertices) vertices, \(node.faces) faces" + notes.map { ", \($0)" }.joined()
        }
        if nodes.isEmpty, !groups.isEmpty {
            lines.append("\(groups.count) groups:")
            list(groups) { "  \($0.name): \($0.faces) faces" }
        }
        if !materials.isEmpty { lines.append("\(materials.count) materials:") }
        list(materials) { material in
            let look = material.isDefined ? material.pictureBytes.map { "picture of \($0) bytes" } ?? "no picture" : "only a name"
            return "  \(material.name): \(material.triangles) triangles, \(look)"
        }
        if !neighbours.isEmpty { lines.append("\(neighbours.count) files beside it:") }
        list(neighbours) { "  \($0.name): \($0.path == nil ? "missing" : "found")" }
        return lines
    }
}
