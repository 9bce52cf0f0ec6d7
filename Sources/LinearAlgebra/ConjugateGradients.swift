import BSBBasics

/// Solves with a sparse symmetric positive definite matrix step by step (Hestenes and Stiefel 1952), scaled by its diagonal.
///
/// It needs no more memory than the matrix, whatever is connected with what, and few steps where everything is close to everything: just
/// where a factor would be large.
package struct ConjugateGradients: Sendable {
    private let matrix: SparseMatrix
    /// One over the diagonal.
    private let scale: [Double]

    /// The most steps.
    static let mostSteps = 1000
    /// The share of the right-hand side that may be left.
    static let tolerance = 1e-7

    /// A solver for a matrix.
    ///
    /// - Throws: `Failure` if its diagonal is not positive: then it is not positive definite.
    package init(_ matrix: SparseMatrix) throws {
        let diagonal = (0..<matrix.rows).map { matrix[$0, $0] }
        guard matrix.rows == matrix.columns, diagonal.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw Failure(.internal, "solving a sparse system", reason: "the matrix is not positive definite")
        }
        self.matrix = matrix
        scale = diagonal.map { 1 / $0 }
    }

    /// The X with A X = B, in place: on entry B, on return X; each is rows x m.
    ///
    /// - Parameter columns: the right-hand sides, replaced by the solutions.
    /// - Parameter parallelism: the threads that share the columns; the result is the same for any number.
    /// - Complexity: O(entries x m) for each step.
    package func solve(_ columns: inout Matrix, parallelism: Parallelism = Parallelism(threads: 1)) {
        precondition(columns.rows == matrix.rows, "one right-hand row for each row of the matrix")
        let (count, width, input) = (columns.columns, Lanes.scalarCount, columns)
        let solved = parallelism.map((count + width - 1) / width) { block in
            solution(of: input, block * width..<min(count, (block + 1) * width))
        }
        for (block, lanes) in solved.enumerated() {
            for row in 0..<matrix.rows {
                for column in block * width..<min(count, (block + 1) * width) {
                    columns[row, column] = Float(lanes[row][column - block * width])
                }
            }
        }
    }

    private typealias Lanes = SIMD8<Double>

    /// The solution for up to eight columns, each as if it were alone.
    private func solution(of input: Matrix, _ columns: Range<Int>) -> [Lanes] {
        var residual = (0..<matrix.rows).map { row -> Lanes in
            var lanes = Lanes.zero
            for (lane, column) in columns.enumerated() { lanes[lane] = Double(input[row, column]) }
            return lanes
        }
        var solution = [Lanes](repeating: .zero, count: matrix.rows)
        var direction = zip(residual, scale).map { $0 * $1 }
        var product = solution
        var energy = Self.dot(residual, direction)
        let goal = energy * (Self.tolerance * Self.tolerance)
        for _ in 0..<Self.mostSteps {
            // Columns that are done take steps of length 0.
            let isOpen = energy .> goal
            guard any(isOpen) else { break }
            multiply(direction, into: &product)
            let curvature = Self.dot(direction, product)
            let step = Lanes.zero.replacing(with: energy / curvature, where: isOpen .& (curvature .> 0))
            for row in solution.indices {
                solution[row] += step * direction[row]
                residual[row] -= step * product[row]
            }
            var next = Lanes.zero
            for row in residual.indices { next += residual[row] * residual[row] * scale[row] }
            let ratio = Lanes.zero.replacing(with: next / energy, where: isOpen)
            for row in direction.indices { direction[row] = residual[row] * scale[row] + ratio * direction[row] }
            energy = next.replacing(with: Lanes.zero, where: step .== Lanes.zero)
        }
        return solution
    }

    private func multiply(_ x: [Lanes], into result: inout [Lanes]) {
        matrix.columnIndices.withUnsafeBufferPointer { indices in
            matrix.values.withUnsafeBufferPointer { values in
                for row in result.indices {
                    var sum = Lanes.zero
                    for entry in matrix.entries(ofRow: row) { sum += values[entry] * x[Int(indices[entry])] }
                    result[row] = sum
                }
            }
        }
    }

    private static func dot(_ a: [Lanes], _ b: [Lanes]) -> Lanes {
        var sum = Lanes.zero
        for row in a.indices { sum += a[row] * b[row] }
        return sum
    }
}

/// Solves with a sparse symmetric positive definite matrix: by its Cholesky factor, or by conjugate gradients where that would be too large.
package enum SparseSolver: Sendable {
    /// By the factor.
    case factor(SparseCholesky)
    /// Step by step.
    case steps(ConjugateGradients)

    /// What suits a matrix.
    ///
    /// - Parameter matrix: square and symmetric.
    /// - Parameter analysis: what is known of matrices with entries in the same places; found anew by default.
    /// - Throws: as ``SparseCholesky`` and ``ConjugateGradients``.
    package init(_ matrix: SparseMatrix, analysis: SparseAnalysis? = nil) throws {
        let analysis = try analysis ?? SparseAnalysis(of: matrix)
        self = analysis.isAffordable ? .factor(try SparseCholesky(matrix, analysis: analysis)) : .steps(try ConjugateGradients(matrix))
    }

    /// The X with A X = B, in place; see ``SparseCholesky/solve(_:parallelism:)``.
    package func solve(_ matrix: inout Matrix, parallelism: Parallelism = Parallelism(threads: 1)) {
        switch self {
        case .factor(let solver): solver.solve(&matrix, parallelism: parallelism)
        case .steps(let solver): solver.solve(&matrix, parallelism: parallelism)
        }
    }
}
