import Backbones
import Basics
import Foundation
import Images
import InteractiveSegmentation
import Rendering

/// The views of a prepared mesh under a plan: cameras, what they see, and pictures of it.
///
/// View k depends on the plan, the seed and k only, so that work cut short goes on with the same views.
public struct RenderedViews: Sendable {
    /// The rays of the mesh in the unit ball.
    public let scene: RayScene
    /// How many views there are and how they look.
    public let plan: ViewPlan
    /// The cameras, in the order of the views.
    public let cameras: [Camera]
    /// The size of a view in pixels.
    public let size: RasterSize
    private let painter: PictureRenderer

    /// The views of a prepared mesh under `plan`, in its own colours if it was prepared with them.
    public init(of mesh: PreparedMesh, plan: ViewPlan, seed: UInt64) {
        self.init(scene: mesh.scene, plan: plan, seed: seed, colors: mesh.colors)
    }

    /// The views of `scene` under `plan`, grey unless `colors` are given.
    public init(scene: RayScene, plan: ViewPlan, seed: UInt64, colors: SurfaceColors? = nil) {
        let sampler = ViewSampler(plan.style == .reference ? .reference : .fibonacci(count: plan.count), seed: seed)
        self.init(scene: scene, plan: plan, cameras: (0..<plan.count).map { sampler.camera($0) }, colors: colors)
    }

    /// Views of `scene` from given cameras, sized and shaded by `plan`, grey unless `colors` are given.
    public init(scene: RayScene, plan: ViewPlan, cameras: [Camera], colors: SurfaceColors? = nil) {
        self.scene = scene
        self.plan = plan
        self.cameras = cameras
        size = RasterSize(plan.size)
        painter = PictureRenderer(scene, shading: plan.style.shading, colors: colors)
    }

    /// What view `index` shows.
    public func surfaces(_ index: Int) -> SurfaceBuffers {
        let shading = painter.shading
        return scene.surfaces(from: cameras[index], size: size, culling: shading.culling, interpolation: shading.interpolation)
    }

    /// The picture of view `index`, on white.
    ///
    /// Throws `Failure` if it is too large to be painted.
    public func image(_ index: Int, surfaces: SurfaceBuffers) throws -> Image {
        try painter.picture(of: surfaces, from: cameras[index]).image
    }
}

extension ViewPlan.Style {
    /// The light that goes with the views.
    var shading: Shading {
        switch self {
        case .robust: .robust
        case .reference: .reference
        }
    }
}

/// The segmenter's views of a mesh, embedded once and kept in the cache.
public struct EmbeddedViews: MeshViews {
    private let views: RenderedViews
    private let embeddings: [ImageEmbedding]

    /// The rays of the mesh in the unit ball.
    public var scene: RayScene { views.scene }
    /// The cameras, in the order of the views.
    public var cameras: [Camera] { views.cameras }
    /// The size of a view in pixels.
    public var size: RasterSize { views.size }

    /// The number of views that had to be embedded, because the cache did not have them.
    public let embedded: Int

    /// The embedded views of a mesh; what the cache lacks is rendered, embedded and stored.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    public init(of mesh: PreparedMesh, at bench: Workbench) throws {
        let settings = bench.settings
        let views = RenderedViews(of: mesh, plan: settings.segmentViews, seed: settings.seed)
        let key = CacheDirectory.key([
            "segmenter views", mesh.look, settings.normalisation.rawValue, settings.segmentViews.key, "\(settings.seed)",
            bench.segmenter.identity.hash,
        ])
        let made = try bench.stage("Looking at the mesh, to segment it", views.cameras.count) { index -> (ImageEmbedding, Bool) in
            let name = "view-\(index).grid"
            if let data = bench.cache.read(folder: key, name: name), let embedding = ImageEmbedding(cached: data) {
                return (embedding, false)
            }
            let embedding = try bench.segmenter.embed(try views.image(index, surfaces: views.surfaces(index)))
            bench.cache.write(embedding.cacheData, folder: key, name: name)
            return (embedding, true)
        }
        self.views = views
        embeddings = made.map(\.0)
        embedded = made.count(where: \.1)
    }

    /// What view `index` shows.
    public func surfaces(_ index: Int) throws -> SurfaceBuffers { views.surfaces(index) }
    /// The segmenter's embedding of view `index`.
    public func embedding(_ index: Int) throws -> ImageEmbedding { embeddings[index] }
}

extension ViewPlan {
    /// The plan as a part of a cache key.
    var key: String { "\(count) \(size) \(style.rawValue)" }
}
