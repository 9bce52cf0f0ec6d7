import BSBBasics

/// Where nodes, joints, weights and instances of a glTF document put vertices.
struct GLTFPoses {
    private let document: GLTFDocument
    private var parents: [Int]
    private var worlds: [GLTFTransform?]
    /// The number of skinned meshes that were posed.
    private(set) var skinned = 0
    /// The number of primitives with morph targets.
    private(set) var morphed = 0

    /// A skin: for each joint the map from the mesh to the scene.
    struct Skin {
        var joints: [GLTFTransform]
        /// Whether the joints mirror the mesh.
        var flipsWinding: Bool { joints.reduce(0) { $0 + ($1.determinant < 0 ? -1 : 1) } < 0 }
    }

    init(_ document: GLTFDocument) {
        self.document = document
        let nodes = document.nodes ?? []
        parents = [Int](repeating: -1, count: nodes.count)
        for (index, node) in nodes.enumerated() {
            for child in node.children ?? [] where nodes.indices.contains(child) && parents[child] < 0 { parents[child] = index }
        }
        worlds = [GLTFTransform?](repeating: nil, count: nodes.count)
    }

    /// The map from a node to the scene.
    ///
    /// - Throws: `Failure` for a node that is not there, a bad transform, or a loop of parents.
    mutating func world(of index: Int) throws -> GLTFTransform {
        guard let nodes = document.nodes, nodes.indices.contains(index) else { throw Failure.mesh("node \(index) is not there") }
        var chain: [Int] = []
        var current = index
        while current >= 0, worlds[current] == nil {
            chain.append(current)
            guard chain.count <= nodes.count else { throw Failure.mesh("node \(index) is its own ancestor or has two parents") }
            current = parents[current]
        }
        var world = current >= 0 ? worlds[current]! : .identity
        for node in chain.reversed() {
            world = world.after(try GLTFTransform(nodes[node], index: node))
            worlds[node] = world
        }
        return world
    }

    /// The skin of a node, if it has one.
    ///
    /// The skinned node's own transform counts for nothing: the joints alone place its mesh.
    mutating func skin(of node: Int, _ buffers: inout GLTFBuffers) throws -> Skin? {
        guard let index = document.nodes?.element(node)?.skin else { return nil }
        guard let skin = document.skins?.element(index), let joints = skin.joints, !joints.isEmpty else {
            throw Failure.mesh("skin \(index) is not there or has no joints")
        }
        let inverse = try skin.inverseBindMatrices.map { try buffers.values($0, components: 16) } ?? []
        guard inverse.isEmpty || inverse.count >= 16 * joints.count else {
            throw Failure.mesh("skin \(index) has \(inverse.count / 16) matrices for \(joints.count) joints")
        }
        skinned += 1
        return Skin(
            joints: try joints.enumerated().map { number, joint in
                let world = try world(of: joint)
                guard !inverse.isEmpty else { return world }
                return world.after(GLTFTransform(columns: inverse[(16 * number)..<(16 * number + 16)].map(Double.init)))
            })
    }

    /// The map of each vertex of a skinned primitive, mixed from its joints by their weights; nil without weights.
    func mixes(of skin: Skin, _ source: inout GLTFAttributes, count: Int) throws -> [GLTFTransform]? {
        var mixes = [GLTFTransform](repeating: .zero, count: count)
        var totals = [Double](repeating: 0, count: count)
        var set = 0
        while source.has("JOINTS_\(set)"), source.has("WEIGHTS_\(set)"), set < 8 {
            let joints = try source.values("JOINTS_\(set)", components: 4)
            let weights = try source.values("WEIGHTS_\(set)", components: 4)
            guard joints.count >= 4 * count, weights.count >= 4 * count else { throw Failure.mesh("a skinned mesh has too few weights") }
            for vertex in 0..<count {
                for place in (4 * vertex)..<(4 * vertex + 4) where weights[place] > 0 {
                    guard let joint = Int(exactly: joints[place]).flatMap({ skin.joints.element($0) }) else {
                        throw Failure.mesh("a skinned mesh refers to joint \(joints[place]) of \(skin.joints.count)")
                    }
                    mixes[vertex].add(joint, times: Double(weights[place]))
                    totals[vertex] += Double(weights[place])
                }
            }
            set += 1
        }
        guard totals.contains(where: { $0 > 0 }) else { return nil }
        for vertex in 0..<count {
            let mix = mixes[vertex]
            mixes[vertex] = totals[vertex] > 0 ? .zero : skin.joints[0]
            if totals[vertex] > 0 { mixes[vertex].add(mix, times: 1 / totals[vertex]) }
        }
        return mixes
    }

    /// Moves positions by the morph targets of a primitive.
    mutating func morph(_ positions: inout [Float], _ source: inout GLTFAttributes, _ weights: [Double]?) throws {
        guard let targets = source.primitive.targets, !targets.isEmpty else { return }
        morphed += 1
        for (target, weight) in zip(targets, weights ?? []) where weight != 0 {
            guard let accessor = target["POSITION"] else { continue }
            let offsets = try source.values(accessor: accessor, components: 3)
            guard offsets.count == positions.count else {
                throw Failure.mesh("a morph target has another number of vertices than its mesh")
            }
            for index in positions.indices { positions[index] += Float(weight) * offsets[index] }
        }
    }

    /// The maps of a node's instances (EXT_mesh_gpu_instancing) to the node; nil without.
    static func instances(
        of node: GLTFDocument.Node, _ index: Int, _ buffers: inout GLTFBuffers, limits: MeshReadingOptions
    ) throws -> [GLTFTransform]? {
        guard let attributes = node.extensions?.instancing?.attributes else { return nil }
        var numbers: [String: [Float]] = [:]
        var count: Int?
        for (name, components) in [("TRANSLATION", 3), ("ROTATION", 4), ("SCALE", 3)] {
            guard let accessor = attributes[name] else { continue }
            let values = try buffers.values(accessor, components: components)
            guard (count ?? values.count / components) == values.count / components else {
                throw Failure.mesh("node \(index) has instances whose numbers do not agree")
            }
            count = values.count / components
            numbers[name] = values
        }
        try limits.check(faces: count ?? 0)
        return (0..<(count ?? 1)).map { instance in
            func values(_ name: String, _ usual: [Double]) -> [Double] {
                guard let values = numbers[name] else { return usual }
                return (0..<usual.count).map { Double(values[usual.count * instance + $0]) }
            }
            return GLTFTransform(
                translation: values("TRANSLATION", [0, 0, 0]), rotation: values("ROTATION", [0, 0, 0, 1]),
                scale: values("SCALE", [1, 1, 1]))
        }
    }
}
