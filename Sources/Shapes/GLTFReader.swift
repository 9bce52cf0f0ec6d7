import Basics
import Foundation

/// Reads glTF 2.0: the default scene (or the first, or all root nodes, or all meshes), with every node's transform applied.
///
/// "The file's order" is that of the nodes from the scene's roots downwards, then of their primitives: vertices one set after the other
/// (a set that several primitives share in one place comes once),
/// and one file face for each triangle. Colours (linear in the file) become sRGB; nodes become groups.
struct GLTFReader {
    private var buffers: GLTFBuffers
    private var assembly = MeshAssembly()
    private var groups = GroupRuns()
    private var skipped = 0
    /// Where the vertices of each set start; primitives, and nodes in one place, often share a set and differ in faces only.
    private var shared: [VertexSet: Int] = [:]

    private struct VertexSet: Hashable {
        var positions: Int
        var colors: Int?
        var transform: GLTFTransform
    }

    private var document: GLTFDocument { buffers.document }

    static func read(_ data: Data, path: String?) throws -> Mesh {
        let container = try GLBContainer(data)
        let document = try GLTFDocument(json: container.json)
        var reader = GLTFReader(buffers: GLTFBuffers(document: document, binaryChunk: container.binary, path: path))
        reader.assembly.remarks = container.remarks
        return try reader.read()
    }

    private init(buffers: GLTFBuffers) {
        self.buffers = buffers
    }

    private mutating func read() throws -> Mesh {
        if let nodes = document.nodes, !nodes.isEmpty {
            try readNodes(nodes, roots: roots(nodes))
        } else {
            for (index, mesh) in (document.meshes ?? []).enumerated() { try readMesh(index, transform: .identity, name: mesh.name) }
        }
        if skipped > 0 { assembly.remarks.append("\(skipped) primitives are points or lines, or have no positions, and were left out") }
        assembly.groups = groups.finish(faceCount: assembly.faceEnds.count)
        readMaterials()
        return try assembly.mesh()
    }

    private mutating func roots(_ nodes: [GLTFDocument.Node]) throws -> [Int] {
        let scenes = document.scenes ?? []
        if scenes.isEmpty {
            let children = Set(nodes.flatMap { $0.children ?? [] })
            return nodes.indices.filter { !children.contains($0) }
        }
        guard let scene = scenes.element(document.scene ?? 0) else { throw Failure.mesh("scene \(document.scene ?? 0) is not there") }
        if scenes.count > 1 { assembly.remarks.append("only the default one of \(scenes.count) scenes was read") }
        return scene.nodes ?? []
    }

    /// Depth first with a stack of its own, so that no chain of nodes is too long; a node met twice is a loop or a node of two parents,
    /// both against the format.
    private mutating func readNodes(_ nodes: [GLTFDocument.Node], roots: [Int]) throws {
        var isVisited = [Bool](repeating: false, count: nodes.count)
        var stack = roots.reversed().map { (node: $0, parent: GLTFTransform.identity) }
        while let (index, parent) = stack.popLast() {
            guard let node = nodes.element(index) else { throw Failure.mesh("node \(index) is not there") }
            guard !isVisited[index] else { throw Failure.mesh("node \(index) is its own ancestor or has two parents") }
            isVisited[index] = true
            let transform = try parent.followed(by: node, index: index)
            if let mesh = node.mesh {
                try readMesh(mesh, transform: transform, name: node.name ?? document.meshes?.element(mesh)?.name)
            }
            for child in (node.children ?? []).reversed() { stack.append((child, transform)) }
        }
    }

    private mutating func readMesh(_ index: Int, transform: GLTFTransform, name: String?) throws {
        guard let mesh = document.meshes?.element(index) else { throw Failure.mesh("mesh \(index) is not there") }
        groups.setObject(name, at: assembly.faceEnds.count)
        for (number, primitive) in (mesh.primitives ?? []).enumerated() {
            let mode = primitive.mode ?? 4
            guard (0...6).contains(mode) else { throw Failure.mesh("mesh \(index), primitive \(number) has the unknown mode \(mode)") }
            guard mode >= 4, let positions = primitive.attributes?["POSITION"] else {
                skipped += 1
                continue
            }
            let colors = primitive.attributes?["COLOR_0"]
            let key = VertexSet(positions: positions, colors: colors, transform: transform)
            let first = try shared[key] ?? readVertices(positions: positions, colors: colors, transform: transform)
            shared[key] = first
            let count = try buffers.count(positions)
            let corner = assembly.corners.count
            try readFaces(
                primitive, mode: mode, first: first, count: count, flips: transform.flipsWinding,
                place: "mesh \(index), primitive \(number)")
            readCoordinates(primitive, first: first, corners: corner..<assembly.corners.count)
        }
    }

    /// Notes the material of a primitive's faces and where their corners lie in its picture.
    ///
    /// What is wrong with them leaves the faces without: the shape does not depend on it.
    private mutating func readCoordinates(_ primitive: GLTFDocument.Primitive, first: Int, corners: Range<Int>) {
        guard !(document.materials ?? []).isEmpty else { return }
        let material = primitive.material.flatMap { document.materials?.element($0) }
        assembly.materialOfFace += [Int32](repeating: Int32(material == nil ? -1 : primitive.material ?? -1), count: corners.count / 3)
        let set = material?.pbrMetallicRoughness?.baseColorTexture?.texCoord ?? 0
        let values = primitive.attributes?["TEXCOORD_\(set)"].flatMap { try? buffers.values($0, components: 2) } ?? []
        for corner in corners {
            let place = 2 * (Int(assembly.corners[corner]) - first)
            assembly.coordinates.append(place >= 0 && place + 1 < values.count ? SIMD2(values[place], values[place + 1]) : .nowhere)
        }
    }

    private mutating func readMaterials() {
        assembly.materials = (document.materials ?? []).map { material in
            let surface = material.pbrMetallicRoughness
            let factor = (surface?.baseColorFactor ?? []).map { $0.isFinite ? Float($0) : 1 }
            let linear = factor.count >= 3 ? SIMD3(factor[0], factor[1], factor[2]) : .one
            return .init(
                name: material.name ?? "", color: SRGB.encode(linear),
                picture: surface?.baseColorTexture.flatMap { buffers.picture(texture: $0.index) })
        }
    }

    private mutating func readVertices(positions: Int, colors: Int?, transform: GLTFTransform) throws -> Int {
        let first = assembly.vertices.count
        let values = try buffers.values(positions, components: 3)
        guard first + values.count / 3 <= Mesh.maximumCount else {
            throw Failure.mesh("the scene has more than \(Mesh.maximumCount) vertices")
        }
        for index in 0..<values.count / 3 {
            assembly.vertices.append(transform.apply(SIMD3(values[3 * index], values[3 * index + 1], values[3 * index + 2])))
        }
        guard let colors else { return first }
        let components = try buffers.components(colors)
        let channels = try buffers.values(colors, components: max(3, components))
        while assembly.colors.count < first { assembly.colors.append(SIMD3(repeating: .nan)) }
        for index in 0..<min(channels.count / components, values.count / 3) {
            let linear = SIMD3(channels[components * index], channels[components * index + 1], channels[components * index + 2])
            assembly.colors.append(SRGB.encode(linear))
        }
        return first
    }

    private mutating func readFaces(
        _ primitive: GLTFDocument.Primitive, mode: Int, first: Int, count: Int, flips: Bool, place: String
    ) throws {
        let indices = try primitive.indices.map { try buffers.indices($0) } ?? (0..<UInt32(count)).map { $0 }
        if let bad = indices.first(where: { $0 >= count }) { throw Failure.mesh("\(place) refers to vertex \(bad) of \(count)") }
        let triangles = mode == 4 ? indices.count / 3 : max(0, indices.count - 2)
        guard assembly.faceEnds.count + triangles <= Mesh.maximumCount / 3 else { throw Failure.mesh("the scene has too many triangles") }
        if mode == 4, indices.count % 3 != 0 { assembly.remarks.append("\(place) has \(indices.count) indices, which is no multiple of 3") }
        for triangle in 0..<triangles {
            var corners: SIMD3<Int>
            switch mode {
            case 4: corners = SIMD3(3 * triangle, 3 * triangle + 1, 3 * triangle + 2)
            case 5: corners = triangle % 2 == 0 ? SIMD3(triangle, triangle + 1, triangle + 2) : SIMD3(triangle, triangle + 2, triangle + 1)
            default: corners = SIMD3(0, triangle + 1, triangle + 2)
            }
            if flips { corners = SIMD3(corners.x, corners.z, corners.y) }
            for corner in 0..<3 { assembly.corners.append(UInt32(first) + indices[corners[corner]]) }
            assembly.faceEnds.append(assembly.corners.count)
        }
    }
}

/// The two chunks of a GLB file, or a JSON file as it is.
struct GLBContainer {
    private(set) var json = Data()
    private(set) var binary: Data?
    private(set) var remarks: [String] = []

    init(_ data: Data) throws {
        let bytes = [UInt8](data.prefix(12))
        guard bytes.starts(with: Array("glTF".utf8)) else {
            json = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
            return
        }
        guard bytes.count == 12 else { throw Failure.mesh("the file ends within the header", offset: data.count) }
        let version = Self.number(data, 4)
        guard version == 2 else { throw Failure.mesh("GLB version \(version) is not read", offset: 4, hint: "only version 2 is") }
        let length = Self.number(data, 8)
        guard length <= data.count else { throw Failure.mesh("the file has \(data.count) bytes of \(length)", offset: 8) }
        if length < data.count { remarks.append("\(data.count - length) bytes follow the end of the GLB") }
        try readChunks(data, end: length)
        guard !json.isEmpty else { throw Failure.mesh("the file has no JSON chunk") }
    }

    /// The JSON chunk should come first; files in which it does not are unambiguous all the same.
    private mutating func readChunks(_ data: Data, end: Int) throws {
        var offset = 12
        while offset + 8 <= end {
            let size = Self.number(data, offset)
            let kind = Self.number(data, offset + 4)
            guard size <= end - offset - 8 else {
                throw Failure.mesh("a chunk of \(size) bytes does not fit into the file", offset: offset)
            }
            let start = data.startIndex + offset + 8
            if kind == 0x4E4F_534A, json.isEmpty {
                json = Data(data[start..<start + size])
            } else if kind == 0x004E_4942, binary == nil {
                binary = Data(data[start..<start + size])
            }
            offset += 8 + size
        }
        if offset < end { remarks.append("\(end - offset) stray bytes end the GLB") }
    }

    private static func number(_ data: Data, _ offset: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(data[data.startIndex + offset + $1]) << (8 * $1) }
    }
}
