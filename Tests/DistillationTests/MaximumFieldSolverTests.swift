import BSBBackbones
import BSBBasics
import BSBShapes
import Testing

@testable import BSBDistillation

@Suite struct MaximumFieldSolverTests {
    /// Two triangles side by side; vertex 3 is only in the second.
    private let mesh = Mesh(vertices: [[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0], [9, 9, 9]], faces: [[0, 1, 2], [1, 3, 2]])

    private func view(_ feature: [Float], face: Int32, _ barycentrics: SIMD2<Float>) -> ViewObservation {
        let grid = FeatureGrid(columns: 1, rows: 1, dimension: feature.count, values: feature, map: PlaneMap(scaleX: 1, scaleY: 1))
        return ViewObservation(samples: [SurfaceSample(face: face, barycentrics: barycentrics, point: [0.5, 0.5])], grid: grid)
    }

    @Test func largestComponentsWin() throws {
        var solver = MaximumFieldSolver(mesh: mesh)
        let views = [view([3, 4], face: 0, [0.1, 0.1]), view([4, -3], face: 0, [0.2, 0.1]), view([0, -2], face: 1, [0.8, 0.1])]
        let field = try solver.fit(viewCount: 3) { views[$0] }
        #expect(Array(field.values.row(0)) == [0.8, 0.8])
        #expect(Array(field.values.row(3)) == [0, -1])
        #expect(field.observed == [true, false, false, true, false])
        // Vertex 4 is nearest to vertex 3.
        #expect(Array(field.values.row(4)) == [0, -1])
    }

    @Test func misfitsAreRefused() throws {
        var solver = MaximumFieldSolver(mesh: mesh)
        #expect(throws: Failure.self) { try solver.solve() }
        try solver.add(view([1, 0], face: 0, [0, 0]))
        #expect(throws: Failure.self) { try solver.add(view([1, 0, 0], face: 0, [0, 0])) }
        #expect(throws: Failure.self) { try solver.add(view([1, 0], face: 2, [0, 0])) }
    }
}
