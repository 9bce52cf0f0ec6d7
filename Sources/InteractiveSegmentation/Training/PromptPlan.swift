import BSBBasics
import BSBRendering

/// Which prompts a decoder is trained on, and how many.
package struct PromptSampling: Sendable, Hashable, Codable {
    /// The share of the vertices that are clicked, spread by farthest-point sampling; published: 0.03.
    package var vertexShare = 0.03
    /// At least so many vertices are clicked, if the mesh has them.
    package var minimumVertices = 150
    /// At most so many vertices are clicked.
    package var maximumVertices = 1000
    /// At most so many (vertex, view) pairs are prompts with one click; a random choice of all pairs.
    package var maximumPrompts = 3000
    /// Views that see a vertex at a flatter angle than this cosine are not used for it.
    package var minimumFrontality: Float = 0.15
    /// For this share of the prompts, further clicks are tried; where lifts are learned, for none.
    package var secondClickShare: Float = 0.25
    /// So many second clicks of each polarity are tried for such a prompt; published: 5.
    package var secondClicks = 1
    /// How often the answer to two clicks is fed back as a hint; published: 5.
    package var refinementRounds = 2
    /// Second clicks are only tried on masks of at least this estimated IoU, as published.
    package var minimumScore: Float = 0.4
    /// An answer to two clicks that overlaps more with the first answer teaches nothing and is dropped, as published.
    package var maximumOverlap: Float = 0.9

    /// The default numbers: shared views, a floor for small meshes, and second clicks.
    package init() {}

    /// The numbers of the published click training with one click for each prompt: 3% of the vertices.
    package static var reference: PromptSampling {
        var sampling = PromptSampling()
        (sampling.minimumVertices, sampling.maximumVertices, sampling.maximumPrompts) = (1, .max, .max)
        (sampling.minimumFrontality, sampling.secondClickShare) = (0, 0)
        return sampling
    }

    /// How many of `count` vertices are clicked.
    package func vertexCount(of count: Int) -> Int {
        min(max(Int((vertexShare * Double(count)).rounded()), minimumVertices), maximumVertices, count)
    }
}

/// The clicks of a training: which vertices are clicked in which views.
package struct PromptPlan: Sendable, Hashable {
    /// The clicked vertices, by farthest-point sampling.
    package var vertices: [Int]
    /// For each view, the vertices that are first clicks there.
    package var firstClicks: [[Int]]
    /// The (vertex, view) pairs that there are, of which at most as many as asked for are used.
    package var availablePrompts: Int
    /// Prompts that repeat a view because no better one was found (published sampling only).
    package var duplicates = 0

    /// The prompts that are used.
    package var promptCount: Int { firstClicks.reduce(0) { $0 + $1.count } }

    /// A plan over shared views: every pair of a sampled vertex and a view that truly shows it is a prompt.
    ///
    /// - Throws: `Failure` if no view shows any of the vertices, and what the views throw.
    /// - Complexity: O(#views (#V + pixels)).
    package init(
        _ views: some MeshViews, surface: SurfaceModel, sampling: PromptSampling, seed: UInt64, parallelism: Parallelism = Parallelism()
    ) throws {
        let mesh = views.scene.mesh
        let sampled = mesh.farthestPoints(count: sampling.vertexCount(of: mesh.vertices.count))
        let clickable = ClickableVertices(surface: surface, minimumFrontality: sampling.minimumFrontality)
        let seen = try parallelism.map(views.cameras.count) { try clickable.seen(among: sampled, in: $0, of: views) }
        vertices = sampled
        var pairs = seen.indices.flatMap { view in seen[view].map { (view: view, vertex: $0) } }
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
    package init(vertices: [Int], promptOfView: [Int], duplicates: Int) {
        self.vertices = vertices
        firstClicks = promptOfView.map { [$0] }
        availablePrompts = promptOfView.count
        self.duplicates = duplicates
    }

    static var empty: Failure {
        Failure(
            .badInput, "training a decoder", reason: "no view shows any vertex of the mesh, so there is nothing to learn from",
            hint: "is the mesh visible from outside?")
    }
}

/// Which vertices a view truly shows, squarely enough to be clicked there.
///
/// Visible means by the renderer's face buffer, in the renderer's own pixel convention, see `VertexVisibility`. The triangle at the
/// vertex's pixel says which side of the surface is seen, whichever way it is wound; a vertex whose normal on that side turns away from the
/// eye lies on the outline, even where a triangle beside it is still seen, and is left out.
struct ClickableVertices: Sendable {
    let surface: SurfaceModel
    /// The least cosine between the normal and the direction to the eye.
    let minimumFrontality: Float

    /// Those of `vertices` that can be clicked in view `index`, ascending.
    ///
    /// Throws what the views throw. Complexity: O(#V + pixels).
    func seen(among vertices: [Int], in index: Int, of views: some MeshViews) throws -> [Int] {
        let buffers = try views.surfaces(index)
        let (camera, mesh) = (views.cameras[index], views.scene.mesh)
        let visibility = VertexVisibility(mesh: mesh, camera: camera, buffers: buffers)
        return vertices.filter { vertex in
            guard visibility.isVisible[vertex] else { return false }
            let position = visibility.positions[vertex]
            let face = buffers.faceIDs[Int(position.y) * buffers.size.width + Int(position.x)]
            guard face >= 0 else { return false }
            let toEye = camera.eye - mesh.vertices[vertex]
            let side: Float = (views.scene.faceNormals[Int(face)] * toEye).sum() < 0 ? -1 : 1
            let distance = (toEye * toEye).sum().squareRoot()
            return distance > 0 && side * (surface.normals[vertex] * toEye).sum() >= minimumFrontality * distance
        }.sorted()
    }
}
