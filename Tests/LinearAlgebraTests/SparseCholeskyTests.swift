import BSBBasics
import BSBLinearAlgebra
import Testing

@Suite struct SparseCholeskyTests {
    /// The graph Laplacian of a `side` x `side` lattice, plus `shift` on the diagonal.
    func lattice(_ side: Int, shift: Double) -> SparseMatrix {
        var triplets = (0..<(side * side)).map { SparseMatrix.Triplet(row: Int32($0), column: Int32($0), value: shift) }
        func link(_ a: Int, _ b: Int) {
            for (row, column, value) in [(a, a, 1.0), (b, b, 1), (a, b, -1), (b, a, -1)] {
                triplets.append(.init(row: Int32(row), column: Int32(column), value: value))
            }
        }
        for y in 0..<side {
            for x in 0..<side {
                if x + 1 < side { link(y * side + x, y * side + x + 1) }
                if y + 1 < side { link(y * side + x, (y + 1) * side + x) }
            }
        }
        return SparseMatrix(rows: side * side, columns: side * side, triplets: triplets)
    }

    @Test func knownSolution() throws {
        let matrix = SparseMatrix(
            rows: 2, columns: 2,
            triplets: [
                .init(row: 0, column: 0, value: 4), .init(row: 0, column: 1, value: 2), .init(row: 1, column: 0, value: 2),
                .init(row: 1, column: 1, value: 3),
            ])
        var x = Matrix(rows: 2, columns: 1, values: [8, 8])
        try SparseCholesky(matrix).solve(&x)
        #expect(distance(x, Matrix(rows: 2, columns: 1, values: [1, 2])) < 1e-6)
    }

    @Test(arguments: [1, 3, 12, 40])
    func inverts(side: Int) throws {
        let matrix = lattice(side, shift: 0.1)
        let factor = try SparseCholesky(matrix)
        let expected = randomMatrix(side * side, 70, stream: 11)
        let right = matrix.times(expected)
        var solution = right
        factor.solve(&solution)
        #expect(distance(solution, expected) < 1e-4)
        var threaded = right
        factor.solve(&threaded, parallelism: Parallelism(threads: 3))
        #expect(threaded == solution)
        #expect(factor.size == side * side && factor.factorEntryCount >= side * side)
    }

    @Test(arguments: [1, 3, 40]) func oneAnalysisServesAllMatricesOfItsPattern(side: Int) throws {
        let analysis = try SparseAnalysis(of: lattice(side, shift: 0))
        for shift in [0.1, 5] {
            let matrix = lattice(side, shift: shift)
            let right = randomMatrix(side * side, 2, stream: 12)
            var (shared, own) = (right, right)
            try SparseCholesky(matrix, analysis: analysis).solve(&shared)
            try SparseCholesky(matrix).solve(&own)
            #expect(shared == own)
        }
        #expect(throws: Failure.self) { try SparseCholesky(lattice(side, shift: -0.5), analysis: analysis) }
        #expect(throws: Failure.self) { try SparseAnalysis(of: SparseMatrix(rows: 2, columns: 3, triplets: [])) }
    }

    @Test func refusesWhatIsNotPositiveDefinite() {
        #expect(throws: Failure.self) { try SparseCholesky(lattice(8, shift: 0)) }
        #expect(throws: Failure.self) { try SparseCholesky(lattice(8, shift: -0.5)) }
        #expect(throws: Failure.self) { try SparseCholesky(lattice(3, shift: .nan)) }
        #expect(throws: Failure.self) { try SparseCholesky(SparseMatrix(rows: 2, columns: 3, triplets: [])) }
        #expect(throws: Failure.self) { try SparseCholesky(SparseMatrix(rows: 2, columns: 2, triplets: [])) }
        let indefinite = SparseMatrix(
            rows: 2, columns: 2, triplets: [.init(row: 0, column: 0, value: 1), .init(row: 1, column: 1, value: -1)])
        #expect(throws: Failure.self) { try SparseCholesky(indefinite) }
    }

    @Test func emptySystem() throws {
        var nothing = Matrix(rows: 0, columns: 3)
        try SparseCholesky(SparseMatrix(rows: 0, columns: 0, triplets: [])).solve(&nothing)
        #expect(nothing.values.isEmpty)
    }
}
