import BSBImages
import BSBRendering

/// The views of a prepared mesh under a plan: cameras, what they see, and pictures of it.
///
/// View k depends on the plan, the seed and k only, so that work cut short goes on with the same views.
package struct RenderedViews: Sendable {
    /// The rays of the mesh in the unit ball.
    package let scene: RayScene
    /// How many views there are and how they look.
    package let plan: ViewPlan
    /// The cameras, in the order of the views.
    package let cameras: [Camera]
    /// The size of a view in pixels.
    package let size: RasterSize
    /// One for each light of the plan; views take them in turn.
    private let painters: [PictureRenderer]

    /// The views of a prepared mesh under `plan`, in its own colours if it was prepared with them.
    package init(of mesh: OpenMesh, plan: ViewPlan, seed: UInt64) {
        self.init(scene: mesh.scene, plan: plan, seed: seed, colors: mesh.colors)
    }

    /// The views of `scene` under `plan`, grey unless `colors` are given.
    package init(scene: RayScene, plan: ViewPlan, seed: UInt64, colors: SurfaceColors? = nil) {
        let sampler = ViewSampler(plan.style == .reference ? .reference : .fibonacci(count: plan.count), seed: seed)
        self.init(scene: scene, plan: plan, cameras: (0..<plan.count).map { sampler.camera($0) }, colors: colors)
    }

    /// Views of `scene` from given cameras, sized and shaded by `plan`, grey unless `colors` are given.
    package init(scene: RayScene, plan: ViewPlan, cameras: [Camera], colors: SurfaceColors? = nil) {
        self.scene = scene
        self.plan = plan
        self.cameras = cameras
        size = RasterSize(plan.size)
        painters = plan.style.shadings.map { PictureRenderer(scene, shading: $0, colors: colors) }
    }

    /// What view `index` shows.
    package func surfaces(_ index: Int) -> SurfaceBuffers {
        let shading = painters[0].shading
        return scene.surfaces(from: cameras[index], size: size, culling: shading.culling, interpolation: shading.interpolation)
    }

    /// The picture of view `index`, on white.
    ///
    /// Throws `Failure` if it is too large to be painted.
    package func image(_ index: Int, surfaces: SurfaceBuffers) throws -> Image {
        try painters[index % painters.count].picture(of: surfaces, from: cameras[index]).image
    }
}

extension ViewPlan.Style {
    /// The lights that go with the views, alike but for the light.
    var shadings: [Shading] {
        switch self {
        case .robust: return [.robust]
        case .reference: return [.reference]
        case .lights:
            let directions: [SIMD3<Float>] = [
                [0.26, 0.43, 0.865], [-0.78, 0.25, 0.575], [0.78, 0.25, 0.575], [0, 0.9, 0.436], [0, -0.5, 0.866],
            ]
            return directions.map { direction in
                var shading = Shading.robust
                shading.light = .lamp(direction)
                return shading
            }
        case .normals:
            var shading = Shading.robust
            shading.light = .normalColors
            return [shading]
        }
    }
}

extension ViewPlan {
    /// The plan as a part of a cache key.
    package var key: String { "\(count) \(size) \(style.rawValue)" }
}
