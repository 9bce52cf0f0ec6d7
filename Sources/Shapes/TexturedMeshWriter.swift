import BSBBasics
import Foundation

extension Mesh {
    /// The mesh with its materials and their pictures as a binary glTF 2.0 file.
    ///
    /// Each material becomes a mesh of its own with the vertices that it uses; a vertex comes once for each place that it has in a
    /// picture, so the file's vertices are not those of this mesh. Vertex colours are written as well.
    /// - Throws: `Failure` if arrays do not agree, or there is no triangle.
    package func texturedGLBData() throws -> Data {
        try validate()
        guard !faces.isEmpty else { throw Failure(.internal, "writing a mesh", reason: "there are no triangles to write") }
        var writer = TexturedGLBWriter()
        let materials = appearance?.materials ?? []
        let chosen = CompressedRows(rows: materials.count + 1) { emit in
            for face in faces.indices { emit(UInt32((appearance?.materialOfFace[face] ?? -1) + 1), UInt32(face)) }
        }
        for row in 0..<chosen.count where !chosen[row].isEmpty {
            writer.add(chosen[row].map { Int($0) }, of: self, materials.element(row - 1) ?? .init(name: "surface"))
        }
        return try writer.data()
    }
}

/// Gathers a glTF document with pictures and its one buffer.
private struct TexturedGLBWriter {
    /// A vertex at one place of a picture.
    private struct Key: Hashable {
        var vertex: UInt32
        var place: SIMD2<Float>
    }

    private var buffer = LittleEndianData()
    private var views: [[String: Any]] = []
    private var accessors: [[String: Any]] = []
    private var meshes: [[String: Any]] = []
    private var nodes: [[String: Any]] = []
    private var materials: [[String: Any]] = []
    private var images: [[String: Any]] = []

    mutating func add(_ faces: [Int], of mesh: Mesh, _ material: SurfaceAppearance.Material) {
        var numbers: [Key: UInt32] = [:]
        var (keys, indices) = ([Key](), [UInt32]())
        for face in faces {
            for corner in 0..<3 {
                var place = mesh.appearance?.coordinates[3 * face + corner] ?? .zero
                if material.picture == nil || !place.x.isFinite || !place.y.isFinite { place = .zero }
                let key = Key(vertex: mesh.faces[face][corner], place: place)
                if numbers[key] == nil {
                    numbers[key] = UInt32(keys.count)
                    keys.append(key)
                }
                indices.append(numbers[key]!)
            }
        }
        var attributes = ["POSITION": addPositions(keys.map { mesh.vertices[Int($0.vertex)] })]
        if material.picture != nil {
            attributes["TEXCOORD_0"] = add(count: keys.count, type: "VEC2") { buffer in
                for key in keys {
                    buffer.put(key.place.x.bitPattern)
                    buffer.put(key.place.y.bitPattern)
                }
            }
        }
        if let colors = mesh.vertexColors {
            attributes["COLOR_0"] = add(count: keys.count, type: "VEC3") { buffer in
                for key in keys { buffer.put(SRGB.decode(colors[Int(key.vertex)])) }
            }
        }
        let triangles = add(count: indices.count, type: "SCALAR", componentType: 5125, target: 34963) { buffer in
            for index in indices { buffer.put(index) }
        }
        let primitive: [String: Any] = ["attributes": attributes, "indices": triangles, "material": materials.count, "mode": 4]
        var node: [String: Any] = ["mesh": meshes.count, "name": material.name]
        if mesh.origin != .zero { node["translation"] = [mesh.origin.x, mesh.origin.y, mesh.origin.z] }
        nodes.append(node)
        meshes.append(["name": material.name, "primitives": [primitive]])
        addMaterial(material)
    }

    private mutating func addMaterial(_ material: SurfaceAppearance.Material) {
        let linear = SRGB.decode(material.color)
        var surface: [String: Any] = [
            "baseColorFactor": [Double(linear.x), Double(linear.y), Double(linear.z), 1], "metallicFactor": 0, "roughnessFactor": 0.9,
        ]
        if let picture = material.picture {
            while buffer.count % 4 != 0 { buffer.put(UInt8(0)) }
            views.append(["buffer": 0, "byteOffset": buffer.count, "byteLength": picture.count])
            buffer.put(picture)
            while buffer.count % 4 != 0 { buffer.put(UInt8(0)) }
            surface["baseColorTexture"] = ["index": images.count]
            images.append(["bufferView": views.count - 1, "mimeType": picture.pictureKind.mime, "name": material.name])
        }
        materials.append(["name": material.name, "doubleSided": true, "pbrMetallicRoughness": surface])
    }

    private mutating func addPositions(_ positions: [SIMD3<Float>]) -> Int {
        let low = positions.reduce(positions[0]) { pointwiseMin($0, $1) }
        let high = positions.reduce(positions[0]) { pointwiseMax($0, $1) }
        let accessor = add(count: positions.count, type: "VEC3") { buffer in for position in positions { buffer.put(position) } }
        accessors[accessor]["min"] = [Double(low.x), Double(low.y), Double(low.z)]
        accessors[accessor]["max"] = [Double(high.x), Double(high.y), Double(high.z)]
        return accessor
    }

    private mutating func add(
        count: Int, type: String, componentType: Int = 5126, target: Int = 34962, _ fill: (inout LittleEndianData) -> Void
    ) -> Int {
        let start = buffer.count
        fill(&buffer)
        views.append(["buffer": 0, "byteOffset": start, "byteLength": buffer.count - start, "target": target])
        accessors.append(["bufferView": views.count - 1, "componentType": componentType, "count": count, "type": type])
        return accessors.count - 1
    }

    mutating func data() throws -> Data {
        var document: [String: Any] = [
            "asset": ["version": "2.0", "generator": "SegmentationBuddies"], "scene": 0,
            "scenes": [["nodes": Array(nodes.indices)]], "nodes": nodes, "meshes": meshes, "materials": materials,
            "accessors": accessors, "bufferViews": views, "buffers": [["byteLength": buffer.count]],
        ]
        if !images.isEmpty {
            document["images"] = images
            document["textures"] = images.indices.map { ["source": $0, "sampler": 0] }
            document["samplers"] = [["magFilter": 9729, "minFilter": 9987, "wrapS": 10497, "wrapT": 10497]]
        }
        let json = try JSONSerialization.data(withJSONObject: document, options: [.sortedKeys, .withoutEscapingSlashes])
        return try GLBContainer.data(json: json, binary: buffer.take())
    }
}
