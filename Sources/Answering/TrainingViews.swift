import BSBBackbones
import BSBBasics
import BSBInteractiveSegmentation
import BSBRendering
import BSBWorkbench
import Foundation

/// Keeps a training's state in a folder of the cache.
struct CachedTraining: TrainingStore {
    let cache: CacheDirectory
    package let recipe: Recipe

    package func read(_ name: String) -> Data? { cache.read(recipe.item(name)) }
    package func write(_ data: Data, as name: String) { cache.write(data, recipe.item(name)) }
}

/// The published way to choose training views: so many random views of each sampled vertex, each of which is rendered and embedded for
/// one prompt only.
struct ReferenceViews: MeshViews {
    let views: RenderedViews
    package let segmenter: any PromptSegmenter
    let plan: PromptPlan

    /// Tries before the last good view of a vertex is repeated, as published.
    private static let tries = 200

    var scene: RayScene { views.scene }
    var cameras: [Camera] { views.cameras }
    var size: RasterSize { views.size }

    /// `viewsPerVertex` views (published: 100) of each vertex that `sampling` chooses.
    ///
    /// Throws `Failure` if no vertex can be seen.
    init(of mesh: OpenMesh, at bench: Workbench, sampling: PromptSampling, viewsPerVertex: Int) throws {
        let scene = mesh.scene
        let vertices = scene.mesh.farthestPoints(count: sampling.vertexCount(of: scene.mesh.vertices.count))
        var (cameras, prompts, duplicates): ([Camera], [Int], Int) = ([], [], 0)
        for (place, vertex) in vertices.enumerated() {
            var last: Camera?
            for view in 0..<viewsPerVertex {
                let stream = UInt64(place) &* UInt64(viewsPerVertex) &+ UInt64(view)
                if let camera = Self.camera(seeing: vertex, mesh, seed: bench.settings.seed &+ stream &* 0x9E37_79B9) {
                    last = camera
                } else {
                    duplicates += last == nil ? 0 : 1
                }
                guard let last else { continue }
                cameras.append(last)
                prompts.append(vertex)
            }
        }
        guard !cameras.isEmpty else {
            throw Failure(
                .badInput, "training a decoder", reason: "no view shows any of the vertices", hint: "is the mesh visible from outside?")
        }
        var plan = bench.settings.segmentViews
        plan.style = .reference
        views = RenderedViews(scene: scene, plan: plan, cameras: cameras, colors: mesh.colors)
        segmenter = bench.segmenter
        self.plan = PromptPlan(vertices: vertices, promptOfView: prompts, duplicates: duplicates)
    }

    func surfaces(_ index: Int) throws -> SurfaceBuffers { views.surfaces(index) }

    func embedding(_ index: Int) throws -> ImageEmbedding {
        try segmenter.embed(try views.image(index, surfaces: views.surfaces(index)))
    }

    /// A random camera that the vertex faces, as wound, and that nothing hides it from.
    private static func camera(seeing vertex: Int, _ mesh: OpenMesh, seed: UInt64) -> Camera? {
        let (scene, sampler) = (mesh.scene, ViewSampler(.decoderReference, seed: seed))
        let (point, normal) = (scene.mesh.vertices[vertex], mesh.surface.normals[vertex])
        // Views from behind are not counted among the tries, as published; about half of all are.
        let all = (0..<4 * tries).map { sampler.camera($0) }
        let candidates = Array(all.filter { (normal * ($0.eye - point)).sum() >= 0 }.prefix(tries))
        let rays = candidates.map { Ray(origin: $0.eye, direction: point - $0.eye, near: 0, far: 1 - 1e-4) }
        return zip(candidates, scene.occluded(rays)).first { !$0.1 }?.0
    }
}
