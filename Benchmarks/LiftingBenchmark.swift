import BSBBackbones
import BSBBasics
import BSBDistillation
import BSBExamples
import BSBLinearAlgebra
import BSBRendering
import BSBShapes

/// Features of 40 views onto a mesh: aggregated in the grid, against a feature vector for each sampled pixel.
///
/// The naive way builds the same right-hand side; both are then solved by the same factorisation.
struct LiftingBenchmark {
    private static let dimension = 64
    private static let cells = 56

    func run(_ runs: Int) throws {
        let shape = try ExampleShape(.chair, seed: 0, vertices: 5_000).mesh
        let mesh = try Normalisation(of: shape).applied(to: shape)
        let scene = try RayScene(mesh: mesh)
        let sampler = ViewSampler(.fibonacci(count: 40))
        var generator = SeededGenerator(seed: 1)
        let values = (0..<(Self.cells * Self.cells * Self.dimension)).map { _ in generator.uniform(-1, 1) }
        let scale = Float(Self.cells) / 224
        let grid = FeatureGrid(
            columns: Self.cells, rows: Self.cells, dimension: Self.dimension, values: values, map: PlaneMap(scaleX: scale, scaleY: scale))
        let views = try (0..<40).map { view in
            try ViewObservation(
                surfaces: scene.surfaces(from: sampler.camera(view), size: RasterSize(224)), grid: grid, sampling: .all)
        }
        let samples = views.reduce(0) { $0 + $1.samples.count }
        let pairs = views.reduce(0) { $0 + Self.distinctPairs($1, mesh) }
        try Comparison(
            name: "lifting 40 views, every pixel, \(Self.dimension) features",
            ours: {
                var solver = try ExactFieldSolver(mesh: mesh)
                for view in views { try solver.add(view) }
            },
            naive: {
                var sums = Matrix(rows: mesh.vertices.count, columns: Self.dimension)
                for view in views { Self.addNaively(view, mesh, to: &sums) }
            },
            work: "\(millions(pairs * Self.dimension)) against \(millions(7 * samples * Self.dimension)) million multiply-adds of features"
        ).run(runs)
    }

    /// The (vertex, cell) pairs of a view: each takes one multiply-add for each feature, however many samples share it.
    private static func distinctPairs(_ view: ViewObservation, _ mesh: Mesh) -> Int {
        var pairs = Set<SIMD2<Int32>>()
        for sample in view.samples {
            let (face, cells) = (mesh.faces[Int(sample.face)], view.grid.stencil(at: sample.point).cells)
            for corner in 0..<3 { for cell in 0..<4 { pairs.insert([Int32(face[corner]), cells[cell]]) } }
        }
        return pairs.count
    }

    /// One feature vector for each sample (4 multiply-adds a feature), spread to the three corners (3 more).
    private static func addNaively(_ view: ViewObservation, _ mesh: Mesh, to sums: inout Matrix) {
        for sample in view.samples {
            let feature = view.grid.feature(at: sample.point)
            let face = mesh.faces[Int(sample.face)]
            let (u, v) = (sample.barycentrics.x, sample.barycentrics.y)
            for (corner, weight) in [(0, 1 - u - v), (1, u), (2, v)] {
                let start = Int(face[corner]) * dimension
                for d in 0..<dimension { sums.values[start + d] += weight * feature[d] }
            }
        }
    }
}
