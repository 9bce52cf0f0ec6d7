import BSBBasics
import BSBCLinearAlgebra

/// The Cholesky factor of a sparse symmetric positive definite matrix, made once and used for any number of right-hand sides (Eigen).
///
/// Invariant: after `init` the factor is only read, so that solves may run on several threads.
package final class SparseCholesky: @unchecked Sendable {
    /// The number of rows of the matrix.
    package let size: Int
    /// The smallest over the largest diagonal entry of the factor, squared: an estimate of the reciprocal condition number.
    package let reciprocalCondition: Double
    private let factor: OpaquePointer?

    /// The factor of a matrix.
    ///
    /// Complexity: O(multiplications of the elimination), about O(n^1.5) for the n vertices of a surface.
    ///
    /// - Parameter matrix: square and symmetric; only its lower triangle is read.
    /// - Parameter analysis: what is known of matrices with entries in the same places; found anew by default.
    /// - Throws: `Failure` if the matrix is not square, not finite or not (numerically) positive definite, or if memory runs out.
    package init(_ matrix: SparseMatrix, analysis: SparseAnalysis? = nil) throws {
        guard matrix.rows == matrix.columns, matrix.rows < Int(Int32.max) else { throw Self.failure("the matrix is not square") }
        precondition(analysis?.fits(matrix) ?? true, "an analysis of a matrix with entries in the same places")
        guard matrix.values.allSatisfy(\.isFinite) else { throw Self.failure("the matrix has entries that are not finite") }
        size = matrix.rows
        guard size > 0 else {
            (reciprocalCondition, factor) = (1, nil)
            return
        }
        let analysis = try analysis ?? SparseAnalysis(of: matrix)
        guard analysis.isAffordable else { throw Self.failure("the factor would be too large") }
        // A symmetric matrix has the same arrays by rows and by columns.
        var made: OpaquePointer?
        try Self.check(
            csparse_factor(analysis.factor, Int32(size), matrix.rowStarts, matrix.columnIndices, matrix.values, &made))
        let condition = Self.reciprocalCondition(of: csparse_columns(made), size)
        guard condition > 1e-16 else {
            csparse_free(made)
            throw Self.failure("the matrix is not positive definite")
        }
        (reciprocalCondition, factor) = (condition, made)
    }

    deinit { csparse_free(factor) }

    /// The number of entries of the factor.
    package var factorEntryCount: Int { factor.map { Int(csparse_columns($0).count) } ?? 0 }

    /// The X with A X = B, in place: on entry B, on return X.
    ///
    /// Each is `size` x m; the arithmetic is in double precision.
    ///
    /// Complexity: O(entries of the factor x m).
    /// - Parameter matrix: the right-hand sides, replaced by the solutions.
    /// - Parameter parallelism: the threads that share the columns; the result is the same for any number.
    package func solve(_ matrix: inout Matrix, parallelism: Parallelism = Parallelism(threads: 1)) {
        precondition(matrix.rows == size, "one right-hand row for each row of the matrix")
        guard let factor, matrix.columns > 0 else { return }
        let triangle = Triangle(csparse_columns(factor), size: size)
        let (columns, width) = (matrix.columns, Lanes.scalarCount)
        matrix.values.withUnsafeMutableBufferPointer { buffer in
            // Blocks are disjoint sets of columns, and each lane is computed alone: the cut changes nothing.
            let shared = DisjointFloats(base: buffer)
            parallelism.forEach((columns + width - 1) / width) { block in
                triangle.solve((block * width)..<min(columns, (block + 1) * width), stride: columns, in: shared.base)
            }
        }
    }

    private static func reciprocalCondition(of columns: CSparseColumns, _ size: Int) -> Double {
        let diagonal = (0..<size).map { columns.values[Int(columns.starts[$0])] }
        guard let least = diagonal.min(), let most = diagonal.max(), most > 0 else { return 0 }
        return (least / most) * (least / most)
    }

    fileprivate static func failure(_ reason: String) -> Failure {
        Failure(.internal, "factoring a sparse matrix", reason: reason)
    }

    fileprivate static func check(_ status: CSparseStatus) throws {
        switch status {
        case CSPARSE_OK: return
        case CSPARSE_OUT_OF_MEMORY: throw failure("out of memory")
        default: throw failure("the matrix is not positive definite")
        }
    }
}

/// In which order the rows of a matrix are eliminated and where its factor has entries: the same for all matrices with entries in the same
/// places, so that it is found once for all of them.
///
/// Invariant: after `init` the factor is only read.
package final class SparseAnalysis: @unchecked Sendable {
    private let rowStarts: [Int32]
    private let columnIndices: [Int32]
    fileprivate let factor: OpaquePointer?

    /// The analysis of a square, symmetric matrix, whose values do not matter.
    ///
    /// Throws `Failure` if it is not square or memory runs out.
    package init(of matrix: SparseMatrix) throws {
        guard matrix.rows == matrix.columns, matrix.rows < Int(Int32.max) else { throw SparseCholesky.failure("the matrix is not square") }
        (rowStarts, columnIndices) = (matrix.rowStarts, matrix.columnIndices)
        var made: OpaquePointer?
        try SparseCholesky.check(csparse_analyze(Int32(matrix.rows), rowStarts, columnIndices, &made))
        factor = made
    }

    deinit { csparse_free(factor) }

    /// Whether the factor's entries fit into memory and are found in seconds, as those of surfaces are; not so where everything touches
    /// everything, as triangles between random points do.
    var isAffordable: Bool {
        guard let factor else { return true }
        let cost = csparse_cost(factor)
        return cost.entries <= Double(1 << 27) && cost.multiplications <= 3e10
    }

    /// Whether the matrix has entries in the places of the analysed one.
    func fits(_ matrix: SparseMatrix) -> Bool { matrix.rowStarts == rowStarts && matrix.columnIndices == columnIndices }
}

/// Right-hand sides that are solved for together: a factor is read once for all of them.
private typealias Lanes = SIMD8<Double>

/// The factor's columns while it is alive; see ``CSparseColumns``.
private struct Triangle: @unchecked Sendable {
    let starts: UnsafePointer<Int32>
    let rows: UnsafePointer<Int32>
    let values: UnsafePointer<Double>
    let permutation: UnsafePointer<Int32>
    let size: Int

    init(_ columns: CSparseColumns, size: Int) {
        (starts, rows, values, permutation) = (columns.starts, columns.rows, columns.values, columns.permutation)
        self.size = size
    }

    /// Solves for the given columns of a row-major matrix with `stride` columns, in place: P' L^-T L^-1 P B.
    func solve(_ range: Range<Int>, stride: Int, in values: UnsafeMutableBufferPointer<Float>) {
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: size) { x in
            for row in 0..<size {
                var lanes = Lanes.zero
                for (lane, column) in range.enumerated() { lanes[lane] = Double(values[row * stride + column]) }
                x.initializeElement(at: Int(permutation[row]), to: lanes)
            }
            substituteForwards(x)
            substituteBackwards(x)
            for row in 0..<size {
                let lanes = x[Int(permutation[row])]
                for (lane, column) in range.enumerated() { values[row * stride + column] = Float(lanes[lane]) }
            }
        }
    }

    /// L^-1 x.
    private func substituteForwards(_ x: UnsafeMutableBufferPointer<Lanes>) {
        for column in 0..<size {
            let (first, end) = (Int(starts[column]), Int(starts[column + 1]))
            let solved = x[column] / values[first]
            x[column] = solved
            for entry in (first + 1)..<end { x[Int(rows[entry])] -= values[entry] * solved }
        }
    }

    /// L^-T x.
    private func substituteBackwards(_ x: UnsafeMutableBufferPointer<Lanes>) {
        for column in stride(from: size - 1, through: 0, by: -1) {
            let (first, end) = (Int(starts[column]), Int(starts[column + 1]))
            var sum = x[column]
            for entry in (first + 1)..<end { sum -= values[entry] * x[Int(rows[entry])] }
            x[column] = sum / values[first]
        }
    }
}
