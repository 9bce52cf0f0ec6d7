import BSBBasics
import BSBExamples
import BSBRendering
import BSBShapes

/// 1,000 views of 224 x 224 pixels: packets of coherent rays, against one ray at a time.
struct ViewsBenchmark {
    func run(_ runs: Int) throws {
        let mesh = try ExampleShape(.chair, seed: 0, vertices: 5_000).mesh
        let scene = try RayScene(mesh: Normalisation(of: mesh).applied(to: mesh))
        let sampler = ViewSampler(.fibonacci(count: 1_000))
        let size = RasterSize(224)
        let parallelism = Parallelism()
        let share = 0.02
        let naive = {
            parallelism.forEach(Int(1_000 * share)) { view in
                let camera = sampler.camera(view * Int(1 / share))
                for y in 0..<size.height {
                    for x in 0..<size.width {
                        _ = scene.nearestHits([camera.ray(through: [Float(x) + 0.5, Float(y) + 0.5], size: size)])
                    }
                }
            }
        }
        let ours = { parallelism.forEach(1_000) { _ = scene.surfaces(from: sampler.camera($0), size: size) } }
        let rays = 1_000 * size.width * size.height
        try Comparison(
            name: "1,000 views of a mesh of \(mesh.faces.count) faces", ours: ours, naive: naive, naiveShare: share,
            work: "\(rays / 1_000_000) million rays"
        ).run(runs)
    }
}
