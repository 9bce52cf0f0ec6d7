import BSBBasics
import Foundation

/// Reads glTF 2.0: the default scene (or the first, or all root nodes, or all meshes), with every node's transform applied.
///
/// "The file's order" is that of the nodes from the scene's roots downwards, then of their instances, then of their primitives: vertices
/// one set after the other (a set that several primitives share in one place comes once), and one file face for each triangle. Colours
/// (linear in the file) become sRGB; nodes become groups. Skins are posed by their joints, morph targets have their default weights.
struct GLTFReader {
    private var buffers: GLTFBuffers
    private var assembly = MeshAssembly()
    private var groups = GroupRuns()
    private var poses: GLTFPoses
    private var surfaces: GLTFSurfaces
    private var pieces: [GLTFScene.Piece] = []
    private var skipped = 0
    /// Where the vertices of each set start; primitives, and nodes in one place, often share a set and differ in faces only.
    private var shared: [VertexSet: Int] = [:]
    /// The index of each node of the document among the nodes that are told.
    private var told: [Int: Int] = [:]

    private struct VertexSet: Hashable {
        var positions: Int
        var colors: Int?
        var packed: Int?
        var transform: GLTFTransform
        /// The node, where joints or weights of its own place the vertices.
        var node: Int?
    }

    private var document: GLTFDocument { buffers.document }

    static func read(_ data: Data, path: String?, options: MeshReadingOptions = MeshReadingOptions()) throws -> Mesh {
        let container = try GLBContainer(data)
        let document = try GLTFDocument(json: container.json)
        var reader = GLTFReader(GLTFBuffers(document: document, binaryChunk: container.binary, path: path), options)
        reader.assembly.remarks = container.remarks
        return try reader.read(json: container.json)
    }

    private init(_ buffers: GLTFBuffers, _ options: MeshReadingOptions) {
        self.buffers = buffers
        poses = GLTFPoses(buffers.document)
        surfaces = GLTFSurfaces(buffers.document)
        assembly.limits = options
        assembly.keepsDigits = false
    }

    private mutating func read(json: Data) throws -> Mesh {
        if let nodes = document.nodes, !nodes.isEmpty {
            try readNodes(nodes, roots: roots(nodes))
        } else {
            for (index, mesh) in (document.meshes ?? []).enumerated() {
                try readMesh(index, GLTFInstance(transform: .identity), name: mesh.name)
            }
        }
        assembly.groups = groups.finish(faceCount: assembly.faceEnds.count)
        guard !assembly.faceEnds.isEmpty else {
            throw Failure.mesh(
                skipped > 0 ? "there are only points, lines or primitives without positions" : "the scene has no mesh",
                hint: "only triangles are a surface")
        }
        addRemarks()
        assembly.materials = surfaces.materials(&buffers)
        assembly.neighbours = buffers.neighbours.files
        assembly.remarks += surfaces.remarks + buffers.neighbours.remarks
        var mesh = try assembly.mesh()
        mesh.scene = GLTFScene(json: json, buffers: buffers, pieces: pieces)
        return mesh
    }

    private mutating func addRemarks() {
        if skipped > 0 { assembly.remarks.append("\(skipped) primitives are points or lines, or have no positions, and were left out") }
        let passed = document.passedOver
        if !passed.isEmpty {
            assembly.remarks.append("required extensions that do not touch the shape were passed over: \(passed.joined(separator: ", "))")
        }
        if poses.skinned > 0 { assembly.remarks.append("\(poses.skinned) skinned meshes were posed by their joints") }
        if poses.morphed > 0 {
            assembly.remarks.append("\(poses.morphed) primitives have morph targets, which were given their default weights")
        }
    }

    private mutating func roots(_ nodes: [GLTFDocument.Node]) throws -> [Int] {
        let scenes = document.scenes ?? []
        if scenes.isEmpty {
            let children = Set(nodes.flatMap { $0.children ?? [] })
            return nodes.indices.filter { !children.contains($0) }
        }
        guard let scene = scenes.element(document.scene ?? 0) else { throw Failure.mesh("scene \(document.scene ?? 0) is not there") }
        if scenes.count > 1 {
            let name = scene.name.map { ", '\($0.prefix(60))'" } ?? ""
            let which = document.scene == nil ? "first" : "default"
            assembly.remarks.append("only the \(which) one of \(scenes.count) scenes was read\(name)")
        }
        return scene.nodes ?? []
    }

    /// Depth first with a stack of its own, so that no chain of nodes is too long; a node met twice is a loop or a node of two parents,
    /// both against the format.
    private mutating func readNodes(_ nodes: [GLTFDocument.Node], roots: [Int]) throws {
        var isVisited = [Bool](repeating: false, count: nodes.count)
        var stack = roots.reversed().map { (node: $0, parent: Int?.none) }
        while let (index, parent) = stack.popLast() {
            guard let node = nodes.element(index) else { throw Failure.mesh("node \(index) is not there") }
            guard !isVisited[index] else { throw Failure.mesh("node \(index) is its own ancestor or has two parents") }
            isVisited[index] = true
            try readNode(node, index, parent: parent)
            for child in (node.children ?? []).reversed() { stack.append((child, index)) }
        }
    }

    private mutating func readNode(_ node: GLTFDocument.Node, _ index: Int, parent: Int?) throws {
        let (vertex, face) = (assembly.vertices.count, assembly.faceEnds.count)
        let name = node.name ?? node.mesh.flatMap { document.meshes?.element($0)?.name }
        var entry = Mesh.SceneNode(
            name: name ?? "node \(index)", parent: parent.flatMap { told[$0] }, vertices: vertex..<vertex, fileFaces: face..<face)
        let transform = try poses.world(of: index)
        if let mesh = node.mesh {
            entry.isSkinned = node.skin != nil
            entry.morphTargets = document.meshes?.element(mesh)?.primitives?.compactMap { $0.targets?.count }.max() ?? 0
            let instances = try GLTFPoses.instances(of: node, index, &buffers, limits: assembly.limits)
            for (number, instance) in (instances ?? [.identity]).enumerated() {
                try readMesh(
                    mesh,
                    GLTFInstance(
                        transform: transform.after(instance), node: index, number: instances == nil ? nil : number,
                        local: instances == nil ? nil : instance), name: name)
            }
            entry.instances = instances?.count ?? 1
        }
        (entry.vertices, entry.fileFaces) = (vertex..<assembly.vertices.count, face..<assembly.faceEnds.count)
        told[index] = assembly.nodes.count
        assembly.nodes.append(entry)
    }

    private mutating func readMesh(_ index: Int, _ instance: GLTFInstance, name: String?) throws {
        guard let mesh = document.meshes?.element(index) else { throw Failure.mesh("mesh \(index) is not there") }
        groups.setObject(name, at: assembly.faceEnds.count)
        let skin = try instance.node.flatMap { try poses.skin(of: $0, &buffers) }
        for (number, primitive) in (mesh.primitives ?? []).enumerated() {
            let mode = primitive.mode ?? 4
            guard (0...6).contains(mode) else { throw Failure.mesh("mesh \(index), primitive \(number) has the unknown mode \(mode)") }
            guard mode >= 4, let positions = primitive.attributes?["POSITION"] else {
                skipped += 1
                continue
            }
            var source = try GLTFAttributes(primitive, buffers)
            let key = VertexSet(
                positions: positions, colors: primitive.attributes?["COLOR_0"], packed: source.packedView, transform: instance.transform,
                node: skin != nil || primitive.targets != nil ? instance.node : nil)
            let weights = instance.node.flatMap { document.nodes?.element($0)?.weights } ?? mesh.weights
            let first = try shared[key] ?? readVertices(&source, instance, skin, weights)
            shared[key] = first
            let corner = assembly.corners.count
            let face = assembly.faceEnds.count
            try readFaces(
                source, mode: mode, first: first, flips: skin?.flipsWinding ?? instance.transform.flipsWinding,
                place: "mesh \(index), primitive \(number)")
            surfaces.add(primitive, source, first: first, corners: assembly.corners[corner...], to: &assembly)
            buffers = source.buffers
            pieces.append(
                .init(
                    node: instance.node, instance: instance.number, mesh: index, primitive: number, firstVertex: first,
                    fileFaces: face..<assembly.faceEnds.count, transform: instance.transform, instanceTransform: instance.local,
                    isPosed: key.node != nil))
        }
    }

    private mutating func readVertices(
        _ source: inout GLTFAttributes, _ instance: GLTFInstance, _ skin: GLTFPoses.Skin?, _ weights: [Double]?
    ) throws -> Int {
        let first = assembly.vertices.count
        var values = try source.values("POSITION", components: 3)
        try assembly.limits.check(vertices: first + values.count / 3)
        try poses.morph(&values, &source, weights)
        let mixes = try skin.flatMap { try poses.mixes(of: $0, &source, count: values.count / 3) }
        for index in 0..<values.count / 3 {
            let local = SIMD3<Double>(SIMD3(values[3 * index], values[3 * index + 1], values[3 * index + 2]))
            assembly.vertices.append((mixes?[index] ?? instance.transform).apply(local))
        }
        guard source.has("COLOR_0") else { return first }
        let (channels, components) = try source.values("COLOR_0")
        guard components >= 3 else { throw Failure.mesh("the colors of vertices have \(components) components") }
        while assembly.colors.count < first { assembly.colors.append(SIMD3(repeating: .nan)) }
        for index in 0..<min(channels.count / components, values.count / 3) {
            let linear = SIMD3(channels[components * index], channels[components * index + 1], channels[components * index + 2])
            assembly.colors.append(SRGB.encode(linear))
        }
        return first
    }

    private mutating func readFaces(_ source: GLTFAttributes, mode: Int, first: Int, flips: Bool, place: String) throws {
        var source = source
        let count = try source.count()
        let indices = try source.indices() ?? (0..<UInt32(count)).map { $0 }
        if let bad = indices.first(where: { $0 >= count }) { throw Failure.mesh("\(place) refers to vertex \(bad) of \(count)") }
        let triangles = mode == 4 ? indices.count / 3 : max(0, indices.count - 2)
        try assembly.limits.check(faces: assembly.faceEnds.count + triangles)
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

/// One drawing of a node's mesh.
struct GLTFInstance {
    /// From the mesh to the scene.
    var transform: GLTFTransform
    /// The node of the document.
    var node: Int?
    /// The number among the node's instances, where it has such.
    var number: Int?
    /// From the instance to the node, where it is one of several.
    var local: GLTFTransform?
}
