import Basics
import Foundation

extension Mesh {
    /// The mesh with its materials and their pictures as a binary glTF 2.0 file.
    ///
    /// Each material becomes a mesh of its own with the vertices that it uses; a vertex comes once for each place that it has in a
    /// picture, so the file's vertices are not those of this mesh. Vertex colours are written as well.
    /// - Throws: `Failure` if arrays do not agree, or there is no triangle.
    public func texturedGLBData() throws -> Data {
        try validate()
        guard !faces.isEmpty else { throw Failure(.internal, "writing a mesh", reason: "there are no triangles to write") }
        var writer = TexturedGLBWriter()
        let materials = appearance?.materials ?? []
        for material in [-1] + Array(materials.indices) {
            let chosen = faces.indices.filter { Int(appearance?.materialOfFace[$0] ?? -1) == material }
            if !chosen.isEmpty { writer.add(chosen, of: self, materials.element(material) ?? .init(name: "surface")) }
        }
        return try writer.data()
    }

    /// The mesh with its materials as an OBJ file, its MTL file and their pictures, all named after `name`.
    ///
    /// Vertices come in this mesh's order; places in pictures are given for each corner.
    /// - Throws: `Failure` if arrays do not agree.
    public func texturedOBJFiles(name: String) throws -> [(name: String, data: Data)] {
        try validate()
        let materials = appearance?.materials ?? []
        var object = LittleEndianData()
        if !materials.isEmpty { object.put("mtllib \(name).mtl\n") }
        for (index, vertex) in vertices.enumerated() {
            let color = vertexColors.map { " \($0[index].x) \($0[index].y) \($0[index].z)" } ?? ""
            object.put("v \(vertex.x) \(vertex.y) \(vertex.z)\(color)\n")
        }
        var places: [SIMD2<Float>: Int] = [:]
        var current: Int32 = -1
        for (index, face) in faces.enumerated() {
            let material = appearance?.materialOfFace[index] ?? -1
            let corners = (0..<3).map { appearance?.coordinates[3 * index + $0] ?? .nowhere }
            let numbers = corners.map { corner -> String in
                guard corner.x.isFinite, corner.y.isFinite else { return "" }
                if places[corner] == nil {
                    places[corner] = places.count + 1
                    object.put("vt \(corner.x) \(1 - corner.y)\n")
                }
                return "/\(places[corner]!)"
            }
            if material != current, let named = materials.element(Int(material)) {
                object.put("usemtl \(named.name.asToken)\n")
                current = material
            }
            object.put("f" + (0..<3).map { " \(UInt64(face[$0]) + 1)\(numbers[$0])" }.joined() + "\n")
        }
        return [("\(name).obj", Data(object.bytes))] + Self.materialFiles(materials, name: name)
    }

    private static func materialFiles(_ materials: [SurfaceAppearance.Material], name: String) -> [(name: String, data: Data)] {
        guard !materials.isEmpty else { return [] }
        var library = ""
        var pictures: [(name: String, data: Data)] = []
        for material in materials {
            library += "newmtl \(material.name.asToken)\nKd \(material.color.x) \(material.color.y) \(material.color.z)\nillum 1\n"
            guard let picture = material.picture else { continue }
            let file = "\(name)-\(material.name.asToken).\(picture.isPNG ? "png" : "jpg")"
            library += "map_Kd \(file)\n"
            pictures.append((file, picture))
        }
        return [("\(name).mtl", Data(library.utf8))] + pictures
    }
}

extension Data {
    /// Whether this is a PNG file.
    fileprivate var isPNG: Bool { starts(with: [0x89, 0x50, 0x4E, 0x47]) }
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
        nodes.append(["mesh": meshes.count, "name": material.name])
        meshes.append(["name": material.name, "primitives": [primitive]])
        addMaterial(material)
    }

    private mutating func addMaterial(_ material: SurfaceAppearance.Material) {
        let linear = SRGB.decode(material.color)
        var surface: [String: Any] = [
            "baseColorFactor": [Double(linear.x), Double(linear.y), Double(linear.z), 1], "metallicFactor": 0, "roughnessFactor": 0.9,
        ]
        if let picture = material.picture {
            while buffer.bytes.count % 4 != 0 { buffer.put(UInt8(0)) }
            views.append(["buffer": 0, "byteOffset": buffer.bytes.count, "byteLength": picture.count])
            for byte in picture { buffer.put(byte) }
            while buffer.bytes.count % 4 != 0 { buffer.put(UInt8(0)) }
            surface["baseColorTexture"] = ["index": images.count]
            images.append(["bufferView": views.count - 1, "mimeType": picture.isPNG ? "image/png" : "image/jpeg", "name": material.name])
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
        let start = buffer.bytes.count
        fill(&buffer)
        views.append(["buffer": 0, "byteOffset": start, "byteLength": buffer.bytes.count - start, "target": target])
        accessors.append(["bufferView": views.count - 1, "componentType": componentType, "count": count, "type": type])
        return accessors.count - 1
    }

    func data() throws -> Data {
        var document: [String: Any] = [
            "asset": ["version": "2.0", "generator": "SegmentationBuddies"], "scene": 0,
            "scenes": [["nodes": Array(nodes.indices)]], "nodes": nodes, "meshes": meshes, "materials": materials,
            "accessors": accessors, "bufferViews": views, "buffers": [["byteLength": buffer.bytes.count]],
        ]
        if !images.isEmpty {
            document["images"] = images
            document["textures"] = images.indices.map { ["source": $0, "sampler": 0] }
            document["samplers"] = [["magFilter": 9729, "minFilter": 9987, "wrapS": 33071, "wrapT": 33071]]
        }
        let json = try JSONSerialization.data(withJSONObject: document, options: [.sortedKeys, .withoutEscapingSlashes])
        return try GLBContainer.data(json: json, binary: Data(buffer.bytes))
    }
}

extension GLBContainer {
    /// The GLB file of a JSON document and its binary chunk.
    ///
    /// Throws `Failure` if it does not fit into one file.
    static func data(json: Data, binary: Data) throws -> Data {
        let (jsonPadding, binaryPadding) = ((4 - json.count % 4) % 4, (4 - binary.count % 4) % 4)
        let length = 12 + 8 + json.count + jsonPadding + 8 + binary.count + binaryPadding
        guard length <= UInt32.max else { throw Failure(.internal, "writing a mesh", reason: "the mesh is too large for one GLB file") }
        var head = LittleEndianData()
        head.put("glTF")
        head.put(UInt32(2))
        head.put(UInt32(length))
        head.put(UInt32(json.count + jsonPadding))
        head.put("JSON")
        var chunk = LittleEndianData()
        chunk.put(UInt32(binary.count + binaryPadding))
        chunk.put("BIN\0")
        return Data(head.bytes) + json + Data(repeating: 32, count: jsonPadding) + Data(chunk.bytes) + binary
            + Data(repeating: 0, count: binaryPadding)
    }
}
