import BSBBackbones
import BSBBasics
import BSBLinearAlgebra
import BSBShapes
import TestSupport
import Testing

@testable import BSBDistillation

@Suite struct MLPFieldSolverTests {
    let small = MLPFieldSolver.Options(width: 48, depth: 1, sigma: 0.5, activation: .linear, learningRate: 3e-3, epochs: 12)

    @Test func lossAndItsGradientAgreeWithDefinition() throws {
        let mesh = sphereMesh(3)
        let surface = Adjacency(mesh)
        let view = ViewObservation(
            samples: fakeSamples(mesh, FakeView(yaw: 1, pitch: 0), perFace: 2, stream: 1, weights: true),
            grid: randomGrid(cells: 6, pixels: 64, dimension: 3, stream: 2))
        let equations = try ViewEquations(view, of: surface, normalizesTargets: false, parallelism: Parallelism(threads: 1))
        var generator = SeededGenerator(seed: 1)
        let features = Matrix(
            rows: equations.points.count, columns: 3, values: (0..<(equations.points.count * 3)).map { _ in generator.uniform(-1, 1) })
        func naiveLoss(_ features: [Double]) -> Double {
            var (sum, weight) = (0.0, 0.0)
            for sample in view.samples {
                let face = surface.triangles[Int(sample.face)]
                let y = view.grid.feature(at: sample.point)
                for d in 0..<3 {
                    let rendered = (0..<3).reduce(0.0) { part, corner in
                        part + Double(sample.corners[corner]) * features[equations.points.firstIndex(of: Int32(face[corner]))! * 3 + d]
                    }
                    sum += Double(sample.weight) * (rendered - Double(y[d])) * (rendered - Double(y[d]))
                }
                weight += Double(sample.weight)
            }
            return sum / (3 * weight)
        }
        let (loss, gradient) = equations.renderingLoss(of: features, on: surface, parallelism: Parallelism(threads: 1))
        var values = features.values.map(Double.init)
        #expect(abs(loss - naiveLoss(values)) < 1e-6)
        for i in stride(from: 0, to: values.count, by: 5) {
            let value = values[i]
            values[i] = value + 1e-4
            let above = naiveLoss(values)
            values[i] = value - 1e-4
            let below = naiveLoss(values)
            values[i] = value
            #expect(abs(Double(gradient.values[i]) - (above - below) / 2e-4) < 1e-6)
        }
    }

    @Test func adamTakesThePublishedFirstSteps() {
        var parameters = [Matrix(rows: 1, columns: 2, values: [1, -1])]
        var optimizer = AdamOptimizer(parameters, learningRate: 0.1)
        optimizer.step(&parameters, gradients: [Matrix(rows: 1, columns: 2, values: [3, -0.01])])
        #expect(distance(parameters[0], Matrix(rows: 1, columns: 2, values: [0.9, -0.9])) < 1e-5)
        optimizer.step(&parameters, gradients: [Matrix(rows: 1, columns: 2, values: [-3, -0.01])])
        // Moments after the second step: m = 0.9 * 0.3 - 0.3 = -0.03, corrected / 0.19; v = 9, corrected.
        #expect(distance(parameters[0], Matrix(rows: 1, columns: 2, values: [0.9 + 0.1 * 0.03 / 0.19 / 3, -0.8])) < 1e-4)
    }

    @Test func fitsASmoothFieldButNotBetterThanTheExactSolver() throws {
        let mesh = sphereMesh(6)
        let views = fakeViews(8).enumerated().map { smoothObservation(mesh, $0.element, stream: UInt64($0.offset), smoothField) }
        var solver = try MLPFieldSolver(mesh: mesh, options: small)
        let field = try solver.fit(viewCount: views.count) { views[$0] }
        var exact = try ExactFieldSolver(mesh: mesh, options: .init(smoothness: 1e-9))
        let exactField = try exact.fit(viewCount: views.count) { views[$0] }
        var (mlp, best) = (try FieldEvaluation(field: field, mesh: mesh), try FieldEvaluation(field: exactField, mesh: mesh))
        for view in views {
            try mlp.add(view)
            try best.add(view)
        }
        #expect(mlp.meanSquaredError < 0.01, "\(mlp.meanSquaredError)")
        #expect(mlp.meanCosine > 0.95)
        #expect(best.meanSquaredError <= mlp.meanSquaredError)
        #expect(abs(try exact.trainingError() - best.meanSquaredError) < 1e-6)
        #expect(solver.lossHistory.count == 8 * 12)
        #expect(mlp.sampleCount == views.reduce(0) { $0 + $1.samples.count })
    }

    @Test func tanhCannotReachLargeFeatures() throws {
        let mesh = sphereMesh(4)
        let views = fakeViews(4).enumerated().map {
            smoothObservation(mesh, $0.element, stream: UInt64($0.offset)) { [3 + $0.x, -2 * $0.y] }
        }
        var options = small
        options.activation = .tanh
        var solver = try MLPFieldSolver(mesh: mesh, options: options)
        let field = try solver.fit(viewCount: 4) { views[$0] }
        #expect(field.values.values.allSatisfy { abs($0) <= 1 })
    }

    @Test func sameBytesForTheSameSeedOnAnyNumberOfThreads() throws {
        let mesh = sphereMesh(5)
        func fit(_ threads: Int, seed: UInt64) throws -> FeatureField {
            var options = small
            (options.epochs, options.seed) = (1, seed)
            var solver = try MLPFieldSolver(mesh: mesh, options: options, parallelism: Parallelism(threads: threads))
            let views = fakeViews(3)
            return try solver.fit(viewCount: 3) { smoothObservation(mesh, views[$0], stream: UInt64($0), smoothField) }
        }
        let one = try fit(1, seed: 0)
        #expect(try fit(3, seed: 0) == one)
        #expect(try fit(1, seed: 1) != one)
    }

    @Test func refusesNothingToTrainOn() throws {
        var solver = try MLPFieldSolver(mesh: sphereMesh(2))
        #expect(throws: Failure.self) { try solver.solve() }
        #expect(throws: Failure.self) { try MLPFieldSolver(mesh: sphereMesh(2), options: .init(epochs: 0)) }
        #expect(throws: Failure.self) { try MLPFieldSolver(mesh: Mesh(vertices: [[0, .nan, 0]], faces: [])) }
    }
}
