import Basics
import Rendering
import Shapes

/// Which prompts a decoder is trained on, and how many.
public struct PromptSampling: Sendable, Hashable, Codable {
    /// The share of the vertices that are clicked, spread by farthest-point sampling; published: 0.03.
    public var vertexShare = 0.03
    /// At least so many vertices are clicked, if the mesh has them.
    public var minimumVertices = 150
    /// At most so many vertices are clicked.
    public var maximumVertices = 1000
    /// At most so many (vertex, view) pairs are prompts with one click; a random choice of all pairs.
    public var maximumPrompts = 4000
    /// Views that see a vertex at a flatter angle than this cosine are not used for it.
    public var minimumFrontality: Float = 0.15
    /// For this share of the prompts, second clicks are tried.
    public var secondClickShare: Float = 0.5
    /// So many second clicks of each polarity are tried for such a prompt; published: 5.
    public var secondClicks = 1
    /// How often the answer to two clicks is fed back as a hint; published: 5.
    public var refinementRounds = 2
    /// Second clicks are only tried on masks of at least this estimated IoU, as published.
    public var minimumScore: Float = 0.4
    /// An answer to two clicks that overlaps more with the first answer teaches nothing and is dropped, as published.
    public var maximumOverlap: Float = 0.9

    /// The default numbers: shared views, a floor for small meshes, and second clicks.
    public init() {}

    /// The numbers of the published click training with one click for each prompt: 3% of the vertices.
    public static var reference: PromptSampling {
        var sampling = PromptSampling()
        (sampling.minimumVertices, sampling.maximumVertices, sampling.maximumPrompts) = (1, .max, .max)
        (sampling.minimumFrontality, sampling.secondClickShare) = (0, 0)
        return sampling
    }

    /// How many of `count` vertices are clicked.
    public func vertexCount(of count: Int) -> Int {
        min(max(Int((vertexShare * Double(count)).rounded()), minimumVertices), maximumVertices, count)
    }
}

/// The clicks of a training: which vertices are clicked in which views.
public struct PromptPlan: Sendable, Hashable {
    /// The clicked vertices, by farthest-point sampling.
    public var vertices: [Int]
    /// For each view, the vertices that are first clicks there.
    public var firstClicks: [[Int]]
    /// For each view, the vertices that can be seen in it, and so may be second clicks; ascending.
    public var visible: [[Int]]
    /// The (vertex, view) pairs that there are, of which at most as many as asked for are used.
    public var availablePrompts: Int
    /// Prompts that repeat a view because no better one was found (published sampling only).
    public var duplicates = 0

    /// The prompts that are used.
    public var promptCount: Int { firstClicks.reduce(0) { $0 + $1.count } }

    /// A plan over shared views: every pair of a sampled vertex and a view that truly shows it is a prompt.
    ///
    /// Visible means by the renderer's face buffer, in the renderer's own pixel convention, see `VertexVisibility`.
    /// - Throws: `Failure` if no view shows any of the vertices, and what the views throw.
    /// - Complexity: O(#views (#V + pixels)).
    public init(
        _ views: some MeshViews, surface: SurfaceModel, sampling: PromptSampling, seed: UInt64, parallelism: Parallelism = Parallelism()
    ) throws {
        let mesh = views.scene.mesh
        let sampled = mesh.farthestPoints(count: sampling.vertexCount(of: mesh.vertices.count))
        let seen = try parallelism.map(views.cameras.count) { index in
            let visibility = VertexVisibility(mesh: mesh, camera: views.cameras[index], buffers: try views.surfaces(index))
            return sampled.filter { vertex in
                visibility.isVisible[vertex]
                    && surface.frontality(of: vertex, from: views.cameras[index], mesh) >= sampling.minimumFrontality
            }
        }
        vertices = sampled
        let sorted = seen.map { $0.sorted() }
        visible = sorted
        var pairs = seen.indices.flatMap { view in sorted[view].map { (view: view, vertex: $0) } }
        availablePrompts = pairs.count
        guard !pairs.isEmpty else { throw Self.empty }
        if pairs.count > sampling.maximumPrompts {
            var generator = SeededGenerator(seed: seed, stream: 0xC11C)
            for place in 0..<sampling.maximumPrompts { pairs.swapAt(place, place + generator.index(below: pairs.count - place)) }
            pairs.removeSubrange(sampling.maximumPrompts...)
        }
        firstClicks = Array(repeating: [], count: seen.count)
        for pair in pairs { firstClicks[pair.view].append(pair.vertex) }
        for view in firstClicks.indices { firstClicks[view].sort() }
    }

    /// A plan of the published kind: each view belongs to one prompt.
    public init(vertices: [Int], promptOfView: [Int], duplicates: Int) {
        self.vertices = vertices
        firstClicks = promptOfView.map { [$0] }
        visible = firstClicks
        availablePrompts = promptOfView.count
        self.duplicates = duplicates
    }

    static var empty: Failure {
        Failure(
            .badInput, "training a decoder", reason: "no view shows any vertex of the mesh, so there is nothing to learn from",
            hint: "is the mesh visible from outside?")
    }
}

extension SurfaceModel {
    /// The cosine between the surface's normal at a vertex and the direction to a camera, whichever way the surface is wound.
    func frontality(of vertex: Int, from camera: Camera, _ mesh: Mesh) -> Float {
        let toEye = camera.eye - mesh.vertices[vertex]
        let distance = (toEye * toEye).sum().squareRoot()
        return distance > 0 ? abs((normals[vertex] * toEye).sum()) / distance : 0
    }
}
