import BSBBackbones
import BSBBasics
import BSBDistillation
import BSBLinearAlgebra
import BSBShapes
import TestSupport
import Testing

@Suite struct ExactFieldSolverTests {
    /// A view straight down the z axis, whose features are a linear function of the picture's point and so interpolate exactly.
    func flatView(_ mesh: Mesh, stream: UInt64, perFace: Int = 4) -> ViewObservation {
        let view = FakeView(yaw: 0, pitch: 0)
        let samples = mesh.faces.indices.flatMap { face -> [SurfaceSample] in
            var generator = SeededGenerator(seed: 9, stream: stream &* 1000 &+ UInt64(face))
            return (0..<perFace).map { _ in
                let (u, v) = (generator.uniform(0, 0.5), generator.uniform(0, 0.5))
                let f = mesh.faces[face]
                let p = (1 - u - v) * mesh.vertices[Int(f.x)] + u * mesh.vertices[Int(f.y)] + v * mesh.vertices[Int(f.z)]
                return SurfaceSample(face: Int32(face), barycentrics: [u, v], point: view.point(p))
            }
        }
        return ViewObservation(samples: samples, grid: fakeGrid(cells: 40, pixels: 64, dimension: 3) { [$0.x / 64, $0.y / 32 - 1, 0.25] })
    }

    @Test(arguments: [1, 4, 9]) func recoversLinearFunctions(cells: Int) throws {
        let mesh = squareMesh(cells)
        var solver = try ExactFieldSolver(mesh: mesh, options: .init(smoothness: 1e-12))
        let field = try solver.fit(viewCount: 3) { flatView(mesh, stream: UInt64($0)) }
        let view = FakeView(yaw: 0, pitch: 0)
        for (vertex, position) in mesh.vertices.enumerated() {
            let p = view.point(position)
            for (d, expected) in [p.x / 64, p.y / 32 - 1, 0.25].enumerated() { #expect(abs(field.values[vertex, d] - expected) < 2e-3) }
        }
        #expect(field.observed.allSatisfy { $0 })
        #expect(try solver.trainingError() < 1e-6)
    }

    @Test func singleTriangle() throws {
        let mesh = Mesh(vertices: [[0, 0, 0], [1, 0, 0], [0, 1, 0]], faces: [[0, 1, 2]])
        var solver = try ExactFieldSolver(mesh: mesh, options: .init(smoothness: 1e-12))
        let grid = FeatureGrid(columns: 3, rows: 1, dimension: 2, values: [1, 10, 2, 20, 3, 30], map: PlaneMap(scaleX: 1, scaleY: 1))
        try solver.add(
            ViewObservation(
                samples: [
                    SurfaceSample(face: 0, barycentrics: [0, 0], point: [0.5, 0.5]),
                    SurfaceSample(face: 0, barycentrics: [1, 0], point: [1.5, 0.5]),
                    SurfaceSample(face: 0, barycentrics: [0, 1], point: [2, 0.5]),
                ], grid: grid))
        let field = try solver.solve()
        #expect(distance(field.values, Matrix(rows: 3, columns: 2, values: [1, 10, 2, 20, 2.5, 25])) < 1e-4)
    }

    @Test(arguments: [false, true]) func agreesWithDenseReference(normalizes: Bool) throws {
        let mesh = sphereMesh(3)
        let views = fakeViews(3).enumerated().map { index, view in
            ViewObservation(
                samples: fakeSamples(mesh, view, perFace: 2, stream: UInt64(index), weights: true),
                grid: randomGrid(cells: 7, pixels: 64, dimension: 5, stream: UInt64(index)))
        }
        let expected = denseReference(mesh: mesh, views: views, smoothness: 1e-3, normalizesTargets: normalizes)
        var solver = try ExactFieldSolver(mesh: mesh, options: .init(smoothness: 1e-3, normalizesTargets: normalizes))
        let field = try solver.fit(viewCount: views.count) { views[$0] }
        #expect(
            distance(field.values, Matrix(rows: mesh.vertices.count, columns: 5, values: expected.field.joined().map { Float($0) })) < 2e-5)
        #expect(abs(try solver.trainingError() - expected.error) < 1e-5 * expected.error)
    }

    @Test func sameBytesForAnyNumberOfThreads() throws {
        let mesh = sphereMesh(12)
        func fit(_ threads: Int) throws -> FeatureField {
            var solver = try ExactFieldSolver(mesh: mesh, options: .init(robustPasses: 1), parallelism: Parallelism(threads: threads))
            let views = fakeViews(4)
            return try solver.fit(viewCount: 4) { smoothObservation(mesh, views[$0], stream: UInt64($0), smoothField) }
        }
        let one = try fit(1)
        #expect(try fit(2) == one)
        #expect(try fit(7) == one)
    }

    @Test func scaleOfMeshAndNumberOfSamplesDoNotMatter() throws {
        let mesh = sphereMesh(4)
        var large = mesh
        large.vertices = mesh.vertices.map { $0 * 1000 }
        let view = smoothObservation(mesh, FakeView(yaw: 0, pitch: 0), stream: 1, smoothField)
        var twice = view
        twice.samples += view.samples
        var solver = try ExactFieldSolver(mesh: mesh, options: .init(smoothness: 0.01))
        try solver.add(view)
        var other = try ExactFieldSolver(mesh: large, options: .init(smoothness: 0.01))
        try other.add(twice)
        #expect(distance(try solver.solve().values, try other.solve().values) < 1e-5)
    }

    @Test func fillsUnseenVerticesSmoothly() throws {
        let mesh = sphereMesh(8)
        var solver = try ExactFieldSolver(mesh: mesh)
        try solver.add(smoothObservation(mesh, FakeView(yaw: 0, pitch: 0), stream: 2, smoothField))
        let field = try solver.solve()
        let unseen = field.observed.indices.filter { !field.observed[$0] }
        #expect(unseen.count > mesh.vertices.count / 4)
        // Harmonic: each unseen vertex is the mean of its neighbours.
        var neighbours = [Set<Int>](repeating: [], count: mesh.vertices.count)
        for face in mesh.faces {
            for (a, b) in [(face.x, face.y), (face.y, face.z), (face.z, face.x)] {
                neighbours[Int(a)].insert(Int(b))
                neighbours[Int(b)].insert(Int(a))
            }
        }
        for vertex in unseen {
            for d in 0..<field.dimension {
                let mean = neighbours[vertex].reduce(Float(0)) { $0 + field.values[$1, d] } / Float(neighbours[vertex].count)
                #expect(abs(mean - field.values[vertex, d]) < 1e-4)
            }
        }
    }

    @Test func unseenPartsAndLooseVerticesTakeTheNearestFeatures() throws {
        var mesh = squareMesh(2)
        let loose = mesh.vertices.count
        mesh.vertices += [[0.9, 0.9, 0.3], [5, 5, 5], [5, 6, 5], [6, 5, 5]]
        mesh.faces.append([UInt32(loose + 1), UInt32(loose + 2), UInt32(loose + 3)])
        mesh = Mesh(vertices: mesh.vertices, faces: mesh.faces)
        var view = flatView(squareMesh(2), stream: 4)
        view.samples.removeAll { $0.face > 7 }
        var solver = try ExactFieldSolver(mesh: mesh)
        try solver.add(view)
        let field = try solver.solve()
        for vertex in loose..<(loose + 4) {
            #expect(field.values.row(vertex) == field.values.row(8))
            #expect(!field.observed[vertex])
        }
    }

    @Test func coincidentVerticesShareTheirFeatures() throws {
        let shared = squareMesh(3)
        let corners = shared.faces.flatMap { [$0.x, $0.y, $0.z] }
        let soup = Mesh(
            vertices: corners.map { shared.vertices[Int($0)] },
            faces: shared.faces.indices.map { [UInt32(3 * $0), UInt32(3 * $0 + 1), UInt32(3 * $0 + 2)] })
        let view = flatView(shared, stream: 5)
        var solver = try ExactFieldSolver(mesh: shared)
        try solver.add(view)
        let expected = try solver.solve()
        var soupSolver = try ExactFieldSolver(mesh: soup)
        try soupSolver.add(view)
        let field = try soupSolver.solve()
        for (vertex, original) in corners.enumerated() {
            for d in 0..<3 { #expect(abs(field.values[vertex, d] - expected.values[Int(original), d]) < 1e-5) }
        }
    }

    @Test func robustPassesIgnoreABadView() throws {
        let mesh = squareMesh(3)
        let good = flatView(mesh, stream: 6)
        var bad = good
        bad.grid = fakeGrid(cells: 4, pixels: 64, dimension: 3) { _ in [9, -9, 9] }
        func error(_ passes: Int) throws -> Double {
            var solver = try ExactFieldSolver(mesh: mesh, options: .init(robustPasses: passes, robustScale: 0.3))
            let field = try solver.fit(viewCount: 6) { $0 == 3 ? bad : good }
            var evaluation = try FieldEvaluation(field: field, mesh: mesh)
            try evaluation.add(good)
            return evaluation.meanSquaredError
        }
        #expect(try error(4) < 0.01 * error(0))
    }

    @Test func refusesWhatDoesNotFit() throws {
        let mesh = squareMesh(1)
        let view = flatView(mesh, stream: 7)
        var nothing = try ExactFieldSolver(mesh: mesh)
        #expect(throws: Failure.self) { try nothing.solve() }
        #expect(throws: Failure.self) {
            try nothing.add(ViewObservation(samples: [SurfaceSample(face: 2, barycentrics: [0, 0], point: [0, 0])], grid: view.grid))
        }
        var infinite = view
        infinite.grid.values[5] = .nan
        #expect(throws: Failure.self) { try nothing.add(infinite) }
        try nothing.add(view)
        #expect(throws: Failure.self) {
            try nothing.add(ViewObservation(samples: view.samples, grid: randomGrid(cells: 3, pixels: 64, dimension: 2, stream: 0)))
        }
        #expect(throws: Failure.self) { try ExactFieldSolver(mesh: mesh, options: .init(smoothness: 0)) }
        #expect(throws: Failure.self) { try ExactFieldSolver(mesh: Mesh(vertices: [[0, 0, 0]], faces: [[0, 0, 1]])) }
        var degenerate = try ExactFieldSolver(mesh: Mesh(vertices: [[0, 0, 0], [1, 0, 0]], faces: [[0, 0, 1], [1, 1, 1]]))
        try degenerate.add(
            ViewObservation(
                samples: [
                    SurfaceSample(face: 0, barycentrics: [0.3, 0.3], point: [0, 0]),
                    SurfaceSample(face: 1, barycentrics: [0.3, 0.3], point: [0, 0]),
                ], grid: view.grid))
        #expect(try degenerate.solve().values.values.allSatisfy(\.isFinite))
    }
}
