import BSBBasics
import BSBLinearAlgebra

/// Many right-hand sides of one sparse system: in blocks on all threads, against one after the other.
struct SolverBenchmark {
    private static let side = 100
    private static let columns = 64

    func run(_ runs: Int) throws {
        let factor = try SparseCholesky(Self.lattice())
        var generator = SeededGenerator(seed: 1)
        let count = factor.size * Self.columns
        let right = Matrix(rows: factor.size, columns: Self.columns, values: (0..<count).map { _ in generator.uniform(-1, 1) })
        try Comparison(
            name: "\(Self.columns) right-hand sides of a system of \(factor.size) rows",
            ours: {
                var solution = right
                factor.solve(&solution, parallelism: Parallelism())
            },
            naive: {
                for column in 0..<Self.columns {
                    var solution = Matrix(rows: right.rows, columns: 1, values: (0..<right.rows).map { right[$0, column] })
                    factor.solve(&solution)
                }
            },
            work: "\(millions(2 * factor.factorEntryCount * Self.columns)) million multiply-adds"
        ).run(runs)
    }

    /// The Laplacian of a triangulated square, plus a little on the diagonal.
    private static func lattice() -> SparseMatrix {
        var triplets = (0..<(side * side)).map { SparseMatrix.Triplet(row: Int32($0), column: Int32($0), value: 0.01) }
        for y in 0..<side {
            for x in 0..<side {
                for (dx, dy) in [(1, 0), (0, 1), (1, 1)] where x + dx < side && y + dy < side {
                    let (a, b) = (Int32(y * side + x), Int32((y + dy) * side + x + dx))
                    for (row, column, value) in [(a, a, 1.0), (b, b, 1), (a, b, -1), (b, a, -1)] {
                        triplets.append(.init(row: row, column: column, value: value))
                    }
                }
            }
        }
        return SparseMatrix(rows: side * side, columns: side * side, triplets: triplets)
    }
}
