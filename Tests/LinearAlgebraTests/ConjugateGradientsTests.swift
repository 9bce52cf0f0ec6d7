import BSBBasics
import BSBLinearAlgebra
import Testing

@Suite struct ConjugateGradientsTests {
    /// A graph Laplacian of `count` nodes with `degree` edges to random others each, plus one on the diagonal.
    private func random(_ count: Int, degree: Int) -> SparseMatrix {
        var generator = SeededGenerator(seed: 3)
        var triplets = (0..<Int32(count)).map { SparseMatrix.Triplet(row: $0, column: $0, value: 1) }
        for a in 0..<Int32(count) {
            for _ in 0..<degree {
                let b = Int32(generator.index(below: count))
                guard a != b else { continue }
                for (row, column, value) in [(a, a, 1.0), (b, b, 1), (a, b, -1), (b, a, -1)] {
                    triplets.append(.init(row: row, column: column, value: value))
                }
            }
        }
        return SparseMatrix(rows: count, columns: count, triplets: triplets)
    }

    @Test(arguments: [1, 2, 30, 500]) func agreesWithTheFactor(count: Int) throws {
        let matrix = random(count, degree: 3)
        let expected = randomMatrix(count, 21, stream: 4)
        let right = matrix.times(expected)
        var (steps, threaded, factor) = (right, right, right)
        try ConjugateGradients(matrix).solve(&steps)
        try ConjugateGradients(matrix).solve(&threaded, parallelism: Parallelism(threads: 3))
        try SparseCholesky(matrix).solve(&factor)
        #expect(distance(steps, factor) < 1e-4 && threaded == steps)
    }

    @Test func whatIsNotPositiveDefiniteIsRefusedAndZeroStaysZero() throws {
        let flat = SparseMatrix(rows: 2, columns: 2, triplets: [.init(row: 0, column: 0, value: 1)])
        #expect(throws: Failure.self) { try ConjugateGradients(flat) }
        var nothing = Matrix(rows: 30, columns: 3)
        try ConjugateGradients(random(30, degree: 2)).solve(&nothing)
        #expect(nothing.values.allSatisfy { $0 == 0 })
    }

    @Test func aSystemWhoseFactorWouldFillTheMemoryIsSolvedStepByStep() throws {
        let matrix = random(12_000, degree: 8)
        let solver = try SparseSolver(matrix)
        guard case .steps = solver else {
            Issue.record("everything touches everything: the factor is nearly full")
            return
        }
        #expect(throws: Failure.self) { try SparseCholesky(matrix) }
        let expected = randomMatrix(12_000, 2, stream: 9)
        var solution = matrix.times(expected)
        solver.solve(&solution)
        #expect(distance(solution, expected) < 1e-3)
        guard case .factor = try SparseSolver(random(200, degree: 3)) else {
            Issue.record("a small system has a factor")
            return
        }
    }
}
