import Backbones
import Basics
import Foundation
import Images
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

    /// The views of `scene` under `plan`.
    public init(scene: RayScene, plan: ViewPlan, seed: UInt64) {
        let sampler = ViewSampler(plan.style == .reference ? .reference : .fibonacci(count: plan.count), seed: seed)
        self.init(scene: scene, plan: plan, cameras: (0..<plan.count).map { sampler.camera($0) })
    }

    /// Views of `scene` from given cameras, sized and shaded by `plan`.
    public init(scene: RayScene, plan: ViewPlan, cameras: [Camera]) {
        self.scene = scene
        self.plan = plan
        self.cameras = cameras
        size = RasterSize(plan.size)
        painter = PictureRenderer(scene, shading: plan.style.shading)
    }

    /// What view `index` shows.
    public func surfaces(_ index: Int) -> SurfaceBuffers {
        let shading = painter.shading
        return scene.surfaces(from: cameras[index], size: size, culling: shading.culling, interpolation: shading.interpolation)
    }

    /// The picture of view `index`, grey on white.
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

extension ViewPlan {
    /// The plan as a part of a cache key.
    var key: String { "\(count) \(size) \(style.rawValue)" }
}
