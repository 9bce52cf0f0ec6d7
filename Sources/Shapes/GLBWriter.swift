import BSBBasics
import Foundation

extension Mesh {
    /// The mesh as a binary glTF 2.0 file with vertex colours and a matt material, without which viewers hide the colours.
    ///
    /// With parts in `attributes`, each part becomes a node of its own name. All share one set of vertices, in the file's order; a
    /// `probability` or the like becomes the vertex attribute `_PROBABILITY`.
    /// - Throws: `Failure` if arrays do not agree, or there is no triangle.
    package func glbData(attributes: MeshAttributes = MeshAttributes()) throws -> Data {
        try attributes.check(against: self)
        guard !faces.isEmpty else { throw Failure(.internal, "writing a mesh", reason: "there are no triangles to write") }
        var writer = GLBWriter()
        writer.addVertices(of: self, attributes)
        for part in attributes.parts(of: self) { writer.addPart(part.name, part.faces.map { faces[$0] }) }
        return try writer.data()
    }
}

/// Gathers a glTF document and its one buffer.
private struct GLBWriter {
    private struct Document: Encodable {
        var asset = ["version": "2.0", "generator": "SegmentationBuddies"]
        var scene = 0
        var scenes: [Scene] = [Scene()]
        var nodes: [Node] = []
        var meshes: [MeshEntry] = []
        var materials = [Material()]
        var accessors: [Accessor] = []
        var bufferViews: [BufferView] = []
        var buffers: [[String: Int]] = []
    }

    private struct Scene: Encodable {
        var nodes: [Int] = []
    }

    private struct Node: Encodable {
        var mesh: Int
        var name: String
        var translation: [Double]?
    }

    private struct MeshEntry: Encodable {
        var name: String
        var primitives: [Primitive]
    }

    private struct Primitive: Encodable {
        var attributes: [String: Int]
        var indices: Int
        var material = 0
        var mode = 4
    }

    private struct Material: Encodable {
        var name = "surface"
        var doubleSided = true
        var pbrMetallicRoughness = ["metallicFactor": 0, "roughnessFactor": 0.9]
    }

    private struct Accessor: Encodable {
        var bufferView: Int
        var componentType: Int
        var count: Int
        var type: String
        var min: [Float]?
        var max: [Float]?
    }

    private struct BufferView: Encodable {
        var buffer = 0
        var byteOffset: Int
        var byteLength: Int
        var target: Int
    }

    private static let float = 5126
    private static let unsignedInt = 5125
    private static let vertexTarget = 34962
    private static let indexTarget = 34963

    private var document = Document()
    private var buffer = LittleEndianData()
    private var attributes: [String: Int] = [:]
    private var translation: [Double]?

    mutating func addVertices(of mesh: Mesh, _ extra: MeshAttributes) {
        if mesh.origin != .zero { translation = [mesh.origin.x, mesh.origin.y, mesh.origin.z] }
        let start = buffer.count
        for vertex in mesh.vertices { buffer.put(vertex) }
        let first = mesh.vertices[0]
        let low = mesh.vertices.reduce(first) { pointwiseMin($0, $1) }
        let high = mesh.vertices.reduce(first) { pointwiseMax($0, $1) }
        attributes["POSITION"] = add(
            from: start, count: mesh.vertices.count, type: "VEC3", bounds: ([low.x, low.y, low.z], [high.x, high.y, high.z]))
        if let colors = extra.colors(of: mesh) {
            let start = buffer.count
            for color in colors { buffer.put(SRGB.decode(color)) }
            attributes["COLOR_0"] = add(from: start, count: colors.count, type: "VEC3")
        }
        if let extra = extra.vertexValues {
            let start = buffer.count
            for value in extra.values { buffer.put(value.bitPattern) }
            attributes["_" + extra.name.asToken.uppercased()] = add(from: start, count: extra.values.count, type: "SCALAR")
        }
    }

    mutating func addPart(_ name: String?, _ faces: [SIMD3<UInt32>]) {
        let start = buffer.count
        for face in faces { for corner in 0..<3 { buffer.put(face[corner]) } }
        let indices = add(from: start, count: faces.count * 3, type: "SCALAR", componentType: Self.unsignedInt, target: Self.indexTarget)
        let name = name ?? "mesh"
        document.scenes[0].nodes.append(document.nodes.count)
        document.nodes.append(Node(mesh: document.meshes.count, name: name, translation: translation))
        document.meshes.append(MeshEntry(name: name, primitives: [Primitive(attributes: attributes, indices: indices)]))
    }

    private mutating func add(
        from start: Int, count: Int, type: String, componentType: Int = float, target: Int = vertexTarget,
        bounds: (low: [Float], high: [Float])? = nil
    ) -> Int {
        document.bufferViews.append(BufferView(byteOffset: start, byteLength: buffer.count - start, target: target))
        document.accessors.append(
            Accessor(
                bufferView: document.bufferViews.count - 1, componentType: componentType, count: count, type: type, min: bounds?.low,
                max: bounds?.high))
        return document.accessors.count - 1
    }

    mutating func data() throws -> Data {
        var document = document
        document.buffers = [["byteLength": buffer.count]]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try GLBContainer.data(json: encoder.encode(document), binary: buffer.take())
    }
}
