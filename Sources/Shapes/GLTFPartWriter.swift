import BSBBasics
import Foundation

/// Writes a glTF file again, its parts as nodes of their own.
struct GLTFPartWriter {
    /// The pieces of a node, or of one of its instances.
    private struct Owner: Hashable {
        var node: Int?
        var instance: Int?
        var mesh: Int
    }

    /// Faces of a piece in one part, or in the rest.
    private struct Share {
        var piece: Int
        var bucket: Int
        var faces: [Int]
    }

    private let mesh: Mesh
    private let scene: GLTFScene
    private let parts: MeshParts
    private var buffers: GLTFBuffers
    private var document: GLBDocument
    private var materials: PartMaterials
    private var variant = 0
    /// Nodes that are added, by the node above; nil for the scene's root.
    private var added: [Int?: [Int]] = [:]

    init(_ mesh: Mesh, _ scene: GLTFScene, _ parts: MeshParts) throws {
        (self.mesh, self.scene, self.parts) = (mesh, scene, parts)
        buffers = scene.buffers
        materials = PartMaterials(parts)
        guard let json = try JSONSerialization.jsonObject(with: scene.json) as? [String: Any] else {
            throw Failure(.internal, "writing a mesh", reason: "the glTF document is no object")
        }
        document = GLBDocument(json)
    }

    mutating func data() throws -> Data {
        stripGeometry()
        embedPictures()
        let shares = shares()
        for share in shares where share.bucket < parts.parts.count { materials.note(material(of: share.piece), part: share.bucket) }
        materials.add(to: &document)
        if materials.needsVariant { variant = document.addVariant() }
        var (order, owners) = ([Owner](), [Owner: [Share]]())
        for share in shares {
            let piece = scene.pieces[share.piece]
            let owner = Owner(node: piece.node, instance: piece.instance, mesh: piece.mesh)
            if owners[owner] == nil { order.append(owner) }
            owners[owner, default: []].append(share)
        }
        for owner in order { try write(owner, owners[owner] ?? []) }
        attachNodes()
        return try document.data()
    }

    private func material(of piece: Int) -> Int {
        let piece = scene.pieces[piece]
        return buffers.document.meshes?[piece.mesh].primitives?[piece.primitive].material ?? -1
    }

    /// The triangles of each piece, part by part.
    private func shares() -> [Share] {
        var starts = [Int](repeating: mesh.faces.count, count: mesh.fileFaceCount + 1)
        for face in mesh.faces.indices.reversed() { starts[Int(mesh.fileFace[face])] = face }
        for index in starts.indices.dropLast().reversed() { starts[index] = min(starts[index], starts[index + 1]) }
        return scene.pieces.indices.flatMap { piece -> [Share] in
            var buckets = [[Int]](repeating: [], count: parts.parts.count + 1)
            let range = scene.pieces[piece].fileFaces
            for face in starts[range.lowerBound]..<starts[range.upperBound] { buckets[parts.bucket(Int(mesh.fileFace[face]))].append(face) }
            return buckets.indices.filter { !buckets[$0].isEmpty }.map { Share(piece: piece, bucket: $0, faces: buckets[$0]) }
        }
    }

    // MARK: The document

    /// Takes out what is written anew, and what would no longer be true.
    private mutating func stripGeometry() {
        for key in ["accessors", "bufferViews", "buffers", "meshes", "skins", "animations"] { document[key] = [] }
        let gone = [
            "KHR_draco_mesh_compression", "EXT_meshopt_compression", "EXT_mesh_gpu_instancing", "KHR_mesh_quantization",
            "EXT_mesh_features",
            "EXT_instance_features", "EXT_structural_metadata", "CESIUM_primitive_outline", "KHR_animation_pointer", "VRM", "VRMC_vrm",
            "VRMC_springBone", "VRMC_node_constraint",
        ]
        for key in ["extensionsUsed", "extensionsRequired"] {
            let left = (document.json[key] as? [String] ?? []).filter { !gone.contains($0) }
            document.json[key] = left.isEmpty ? nil : left
        }
        if let extensions = document.json["extensions"] as? [String: Any] {
            let left = extensions.filter { !gone.contains($0.key) }
            document.json["extensions"] = left.isEmpty ? nil : left
        }
        for index in document["nodes"].indices {
            for key in ["mesh", "skin", "weights"] { document["nodes"][index][key] = nil }
            guard let extensions = document["nodes"][index]["extensions"] as? [String: Any] else { continue }
            let left = extensions.filter { !gone.contains($0.key) }
            document["nodes"][index]["extensions"] = left.isEmpty ? nil : left
        }
    }

    private mutating func embedPictures() {
        for index in document["images"].indices {
            guard let picture = buffers.picture(image: index) else { continue }
            let view = document.add(picture: picture)
            document["images"][index]["uri"] = nil
            document["images"][index]["bufferView"] = view
            document["images"][index]["mimeType"] = picture.pictureKind.mime
        }
    }

    // MARK: Nodes

    private mutating func write(_ owner: Owner, _ shares: [Share]) throws {
        let name = owner.node.flatMap { document["nodes"][$0]["name"] as? String } ?? buffers.document.meshes?[owner.mesh].name ?? "mesh"
        var place = owner.node
        if owner.node == nil || owner.instance != nil {
            var entry: [String: Any] = ["name": owner.instance.map { "\(name) \($0)" } ?? name]
            if let local = scene.pieces[shares[0].piece].instanceTransform { entry["matrix"] = local.columns }
            place = add(entry, under: owner.node)
        }
        for bucket in Set(shares.map(\.bucket)).sorted() {
            let primitives = try shares.filter { $0.bucket == bucket }.map { try primitive($0) }
            let isRest = bucket == parts.parts.count
            let title = isRest ? name : parts.parts[bucket].name
            let mesh = document.append(["name": title, "primitives": primitives], to: "meshes")
            if isRest, let place {
                document["nodes"][place]["mesh"] = mesh
            } else {
                _ = add(["name": title, "mesh": mesh], under: place)
            }
        }
    }

    /// Adds a node below another, or at the scene's root.
    private mutating func add(_ node: [String: Any], under parent: Int?) -> Int {
        let index = document.append(node, to: "nodes")
        added[parent, default: []].append(index)
        return index
    }

    /// Puts the nodes that were added below those above them.
    private mutating func attachNodes() {
        for (parent, nodes) in added {
            if let parent {
                document["nodes"][parent]["children"] = (document["nodes"][parent]["children"] as? [Int] ?? []) + nodes
            } else {
                if document["scenes"].isEmpty { document["scenes"] = [[:]] }
                // A file without nodes may name a scene that is not there.
                let named = document.json["scene"] as? Int ?? 0
                let chosen = document["scenes"].indices.contains(named) ? named : 0
                document["scenes"][chosen]["nodes"] = (document["scenes"][chosen]["nodes"] as? [Int] ?? []) + nodes
                document.json["scene"] = chosen
            }
        }
    }

    // MARK: Primitives

    private mutating func primitive(_ share: Share) throws -> [String: Any] {
        let piece = scene.pieces[share.piece]
        guard let primitive = buffers.document.meshes?[piece.mesh].primitives?[piece.primitive] else { return [:] }
        var source = try GLTFAttributes(primitive, buffers)
        var (used, indices) = ([Int](), [UInt32]())
        var numbers: [UInt32: UInt32] = [:]
        // The scene's winding is turned where the transform mirrors; the file's own is not.
        let order = piece.transform.flipsWinding ? [0, 2, 1] : [0, 1, 2]
        for face in share.faces {
            for corner in order {
                let vertex = mesh.faces[face][corner]
                let number = numbers[vertex] ?? UInt32(used.count)
                if number == used.count {
                    numbers[vertex] = number
                    used.append(Int(vertex))
                }
                indices.append(number)
            }
        }
        var attributes = ["POSITION": document.add(try positions(used, piece, &source), components: 3, isPosition: true)]
        let skipped = ["POSITION", "JOINTS_", "WEIGHTS_"] + (piece.isPosed ? ["NORMAL", "TANGENT"] : [])
        for name in (primitive.attributes ?? [:]).keys.sorted() where !skipped.contains(where: name.hasPrefix) {
            guard let (values, components) = try? source.values(name), components <= 4 else { continue }
            let chosen = used.map { $0 - piece.firstVertex }
            guard chosen.allSatisfy({ components * ($0 + 1) <= values.count }) else { continue }
            attributes[name] = document.add(
                chosen.flatMap { vertex in values[(components * vertex)..<(components * (vertex + 1))] }, components: components)
        }
        if let extra = parts.vertexValues {
            attributes["_" + extra.name.asToken.uppercased()] = document.add(used.map { extra.values[$0] }, components: 1)
        }
        var result: [String: Any] = ["attributes": attributes, "indices": document.add(indices), "mode": 4]
        let material = primitive.material ?? -1
        if share.bucket < parts.parts.count {
            result = materials.describe(result, part: share.bucket, source: material, variant: variant)
        } else if material >= 0 {
            result["material"] = material
        }
        return result
    }

    /// Positions before the node's transform: the file's own, or, where joints or morph targets moved them, led back from the scene.
    private func positions(_ used: [Int], _ piece: GLTFScene.Piece, _ source: inout GLTFAttributes) throws -> [Float] {
        guard piece.isPosed else {
            let values = try source.values("POSITION", components: 3)
            return used.flatMap { vertex in values[(3 * (vertex - piece.firstVertex))..<(3 * (vertex - piece.firstVertex) + 3)] }
        }
        let back = piece.transform.inverse ?? .identity
        return used.flatMap { vertex -> [Float] in
            let local = back.apply(mesh.exactPositions?[vertex] ?? mesh.origin + SIMD3<Double>(mesh.vertices[vertex]))
            return [Float(local.x), Float(local.y), Float(local.z)]
        }
    }
}
