import BSBBasics
import Foundation

extension Mesh {
    /// The mesh as a binary glTF 2.0 file in which each part is a node of its own with its own vertices and one material.
    ///
    /// All else stays as it came: nodes with their names, transforms and children, materials, pictures and places in them, normals and
    /// further attributes of a glTF file; materials, pictures and places of others. What joints and morph targets did to vertices is kept as
    /// geometry. The materials that the part's faces had are the variant "as in the file" (KHR_materials_variants).
    /// - Throws: `Failure` if arrays do not agree, or there is no triangle.
    package func glbData(parts: MeshParts) throws -> Data {
        try parts.check(against: self)
        guard !faces.isEmpty else { throw Failure(.internal, "writing a mesh", reason: "there are no triangles to write") }
        if let scene {
            var writer = try GLTFPartWriter(self, scene, parts)
            return try writer.data()
        }
        var writer = PlainPartWriter(self, parts)
        return try writer.data()
    }
}

/// The materials of parts, and the variant that shows the file's own.
struct PartMaterials {
    static let variant = "as in the file"
    private let parts: MeshParts
    /// The materials of each part's faces in the document; -1 for none.
    private var sources: [Set<Int>]
    private var numbers: [Int?]

    init(_ parts: MeshParts) {
        self.parts = parts
        sources = parts.parts.map { _ in [] }
        numbers = parts.parts.map { _ in nil }
    }

    /// Notes that a part has faces of a material.
    mutating func note(_ material: Int, part: Int) { sources[part].insert(material) }

    /// Adds the materials of the parts that have faces to the document: the file's own in another colour where there is one alone.
    mutating func add(to document: inout GLBDocument) {
        for (part, entry) in parts.parts.enumerated() where !sources[part].isEmpty {
            let own = document["materials"]
            var material = sources[part].count == 1 ? own.element(sources[part].first ?? -1) ?? [:] : [:]
            let linear = SRGB.decode(entry.color)
            let factor = [Double(linear.x), Double(linear.y), Double(linear.z), 1]
            var surface = material["pbrMetallicRoughness"] as? [String: Any] ?? ["metallicFactor": 0, "roughnessFactor": 0.9]
            surface["baseColorFactor"] = factor
            (material["name"], material["pbrMetallicRoughness"]) = (entry.name, surface)
            if own.isEmpty || material["doubleSided"] == nil { material["doubleSided"] = true }
            if var extensions = material["extensions"] as? [String: Any],
                var glossy = extensions["KHR_materials_pbrSpecularGlossiness"] as? [String: Any]
            {
                glossy["diffuseFactor"] = factor
                extensions["KHR_materials_pbrSpecularGlossiness"] = glossy
                material["extensions"] = extensions
            }
            numbers[part] = document.append(material, to: "materials")
        }
    }

    /// The material of a part's primitive, with the variant that leads back to the file's own.
    func describe(_ primitive: [String: Any], part: Int, source: Int, variant: Int) -> [String: Any] {
        var primitive = primitive
        primitive["material"] = numbers[part]
        guard source >= 0 else { return primitive }
        primitive["extensions"] = ["KHR_materials_variants": ["mappings": [["material": source, "variants": [variant]] as [String: Any]]]]
        return primitive
    }

    /// Whether a part's faces have materials of their own.
    var needsVariant: Bool { sources.contains { $0.contains { $0 >= 0 } } }
}

extension GLBDocument {
    /// Adds the variant that shows the file's own materials, and returns its index.
    mutating func addVariant() -> Int {
        var extensions = json["extensions"] as? [String: Any] ?? [:]
        var variants = (extensions["KHR_materials_variants"] as? [String: Any])?["variants"] as? [[String: Any]] ?? []
        variants.append(["name": PartMaterials.variant])
        extensions["KHR_materials_variants"] = ["variants": variants]
        json["extensions"] = extensions
        let used = json["extensionsUsed"] as? [String] ?? []
        json["extensionsUsed"] = Array(Set(used + ["KHR_materials_variants"])).sorted()
        return variants.count - 1
    }
}

/// Writes the parts of a mesh that came from a format without nodes.
private struct PlainPartWriter {
    /// A vertex at one place of a picture.
    private struct Key: Hashable {
        var vertex: UInt32
        var place: SIMD2<Float>
    }

    private let mesh: Mesh
    private let parts: MeshParts
    private let hasPlaces: Bool
    private var materials: PartMaterials
    private var document = GLBDocument()
    /// #V: what a vertex is called in the primitive at hand; .max between primitives.
    private var numbers: [UInt32]

    init(_ mesh: Mesh, _ parts: MeshParts) {
        (self.mesh, self.parts) = (mesh, parts)
        hasPlaces = mesh.appearance?.coordinates.contains { $0.x.isFinite } == true
        materials = PartMaterials(parts)
        numbers = hasPlaces ? [] : [UInt32](repeating: .max, count: mesh.vertices.count)
    }

    mutating func data() throws -> Data {
        addMaterials()
        var buckets = [[Int: [UInt32]]](repeating: [:], count: parts.parts.count + 1)
        for face in mesh.faces.indices {
            let bucket = parts.bucket(Int(mesh.fileFace[face]))
            buckets[bucket][Int(mesh.appearance?.materialOfFace[face] ?? -1), default: []].append(UInt32(face))
        }
        for (part, faces) in buckets.dropLast().enumerated() { for material in faces.keys { materials.note(material, part: part) } }
        materials.add(to: &document)
        let variant = materials.needsVariant ? document.addVariant() : 0
        for (bucket, faces) in buckets.enumerated() where !faces.isEmpty {
            let name = bucket < parts.parts.count ? parts.parts[bucket].name : "rest"
            let primitives = faces.keys.sorted().map { material -> [String: Any] in
                let primitive = add(faces[material] ?? [])
                if bucket < parts.parts.count { return materials.describe(primitive, part: bucket, source: material, variant: variant) }
                return primitive.merging(["material": material >= 0 ? material : restMaterial()]) { $1 }
            }
            var node: [String: Any] = ["name": name, "mesh": document.append(["name": name, "primitives": primitives], to: "meshes")]
            if mesh.origin != .zero { node["translation"] = [mesh.origin.x, mesh.origin.y, mesh.origin.z] }
            _ = document.append(node, to: "nodes")
        }
        document["scenes"] = [["nodes": Array(document["nodes"].indices)]]
        document.json["scene"] = 0
        return try document.data()
    }

    /// The matt material of faces that have none; viewers hide the colours of vertices without one.
    private mutating func restMaterial() -> Int {
        if let known = document["materials"].firstIndex(where: { $0["name"] as? String == "surface" }) { return known }
        let surface: [String: Any] = ["metallicFactor": 0, "roughnessFactor": 0.9]
        return document.append(["name": "surface", "doubleSided": true, "pbrMetallicRoughness": surface], to: "materials")
    }

    private mutating func addMaterials() {
        var textures: [Data: Int] = [:]
        for material in mesh.appearance?.materials ?? [] {
            let linear = SRGB.decode(material.color)
            var surface: [String: Any] = [
                "baseColorFactor": [Double(linear.x), Double(linear.y), Double(linear.z), 1], "metallicFactor": 0, "roughnessFactor": 0.9,
            ]
            if let picture = material.picture {
                let texture = textures[picture] ?? add(picture, name: material.name)
                textures[picture] = texture
                surface["baseColorTexture"] = ["index": texture]
            }
            _ = document.append(["name": material.name, "doubleSided": true, "pbrMetallicRoughness": surface], to: "materials")
        }
    }

    private mutating func add(_ picture: Data, name: String) -> Int {
        let view = document.add(picture: picture)
        let image = document.append(["bufferView": view, "mimeType": picture.pictureKind.mime, "name": name], to: "images")
        return document.append(["source": image], to: "textures")
    }

    private mutating func add(_ faces: [UInt32]) -> [String: Any] {
        let (vertices, places, indices) = hasPlaces ? corners(of: faces) : corners(withoutPlacesOf: faces)
        var attributes = ["POSITION": document.add(vertices.lazy.map { [mesh] in mesh.vertices[Int($0)] }, isPosition: true)]
        if hasPlaces { attributes["TEXCOORD_0"] = document.add(places.flatMap { [$0.x, $0.y] }, components: 2) }
        if let colors = mesh.vertexColors {
            attributes["COLOR_0"] = document.add(vertices.lazy.map { SRGB.decode(colors[Int($0)]) })
        }
        if let extra = parts.vertexValues {
            attributes["_" + extra.name.asToken.uppercased()] = document.add(vertices.map { extra.values[Int($0)] }, components: 1)
        }
        return ["attributes": attributes, "indices": document.add(indices), "mode": 4]
    }

    /// The vertices of faces, once each, and the faces in terms of them.
    private mutating func corners(withoutPlacesOf faces: [UInt32]) -> (vertices: [UInt32], places: [SIMD2<Float>], indices: [UInt32]) {
        var (vertices, indices) = ([UInt32](), [UInt32]())
        indices.reserveCapacity(3 * faces.count)
        for face in faces {
            for corner in 0..<3 {
                let vertex = mesh.faces[Int(face)][corner]
                if numbers[Int(vertex)] == .max {
                    numbers[Int(vertex)] = UInt32(vertices.count)
                    vertices.append(vertex)
                }
                indices.append(numbers[Int(vertex)])
            }
        }
        for vertex in vertices { numbers[Int(vertex)] = .max }
        return (vertices, [], indices)
    }

    /// The vertices of faces, once for each place in a picture, those places, and the faces in terms of them.
    private func corners(of faces: [UInt32]) -> (vertices: [UInt32], places: [SIMD2<Float>], indices: [UInt32]) {
        var numbers: [Key: UInt32] = [:]
        var (keys, indices) = ([Key](), [UInt32]())
        for face in faces {
            for corner in 0..<3 {
                var place = mesh.appearance?.coordinates[3 * Int(face) + corner] ?? .zero
                if !place.x.isFinite || !place.y.isFinite { place = .zero }
                let key = Key(vertex: mesh.faces[Int(face)][corner], place: place)
                let number = numbers[key] ?? UInt32(keys.count)
                if number == keys.count {
                    numbers[key] = number
                    keys.append(key)
                }
                indices.append(number)
            }
        }
        return (keys.map(\.vertex), keys.map(\.place), indices)
    }
}
