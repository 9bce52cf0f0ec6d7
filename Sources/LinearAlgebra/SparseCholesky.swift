import Basics
import CLinearAlgebra

/// The Cholesky factor of a sparse symmetric positive definite matrix, made once and used for any number of right-hand sides (CHOLMOD).
///
/// Invariant: after `init` the factor is only read, so that solves may run on several threads, each with a workspace of its own.
public final class SparseCholesky: @unchecked Sendable {
    /// The number of rows of the matrix.
    public let size: Int
    /// The smallest over the largest diagonal entry of the factor, squared: an estimate of the reciprocal condition number.
    public let reciprocalCondition: Double
    private let workspace: Workspace
    private var factor: UnsafeMutablePointer<cholmod_factor>?

    /// Right-hand sides that are solved for together; fixed, so that the result does not depend on the number of threads.
    private static let blockColumns = 32

    /// The factor of a matrix.
    ///
    /// - Parameter matrix: square and symmetric; only its lower triangle is read.
    /// - Parameter analysis: what is known of matrices with entries in the same places; found anew by default.
    /// - Throws: `Failure` if the matrix is not square, not finite or not (numerically) positive definite, or if memory runs out.
    public init(_ matrix: SparseMatrix, analysis: SparseAnalysis? = nil) throws {
        guard matrix.rows == matrix.columns, matrix.rows < Int(Int32.max) else { throw Self.failure("the matrix is not square") }
        precondition(analysis?.fits(matrix) ?? true, "an analysis of a matrix with entries in the same places")
        guard matrix.values.allSatisfy(\.isFinite) else { throw Self.failure("the matrix has entries that are not finite") }
        BLAS.useOneThreadPerCall()
        size = matrix.rows
        let workspace = Workspace()
        self.workspace = workspace
        guard size > 0 else {
            reciprocalCondition = 1
            return
        }
        var factor = matrix.withCHOLMODMatrix { a -> UnsafeMutablePointer<cholmod_factor>? in
            let symbolic = analysis.map { $0.copy(workspace.common) } ?? cholmod_analyze(a, workspace.common)
            guard let factor = symbolic else { return nil }
            cholmod_factorize(a, factor, workspace.common)
            return factor
        }
        let status = workspace.common.pointee.status
        guard let made = factor, status == CHOLMOD_OK, made.pointee.minor == made.pointee.n else {
            cholmod_free_factor(&factor, workspace.common)
            throw Self.failure(Self.reason(ofStatus: status))
        }
        let condition = cholmod_rcond(made, workspace.common)
        guard condition > 1e-16 else {
            cholmod_free_factor(&factor, workspace.common)
            throw Self.failure(Self.reason(ofStatus: CHOLMOD_NOT_POSDEF))
        }
        reciprocalCondition = condition
        self.factor = made
    }

    deinit { cholmod_free_factor(&factor, workspace.common) }

    /// The number of entries of the factor.
    public var factorEntryCount: Int {
        guard let factor else { return 0 }
        return Int(factor.pointee.is_super != 0 ? factor.pointee.xsize : factor.pointee.nzmax)
    }

    /// The X with A X = B, in place: on entry B, on return X.
    ///
    /// Each is `size` x m; the arithmetic is in double precision.
    ///
    /// Complexity: O(entries of the factor x m).
    /// - Parameter matrix: the right-hand sides, replaced by the solutions.
    /// - Parameter parallelism: the threads that share the columns; the result is the same for any number.
    /// - Throws: `Failure` if memory runs out.
    public func solve(_ matrix: inout Matrix, parallelism: Parallelism = Parallelism(threads: 1)) throws {
        precondition(matrix.rows == size, "one right-hand row for each row of the matrix")
        guard size > 0, matrix.columns > 0 else { return }
        let columns = matrix.columns
        try matrix.values.withUnsafeMutableBufferPointer { buffer in
            // Blocks are disjoint sets of columns.
            let shared = DisjointFloats(base: buffer)
            try parallelism.forEach((columns + Self.blockColumns - 1) / Self.blockColumns) { block in
                let range = (block * Self.blockColumns)..<min(columns, (block + 1) * Self.blockColumns)
                try solve(columns: range, stride: columns, in: shared.base)
            }
        }
    }

    private func solve(columns: Range<Int>, stride: Int, in values: UnsafeMutableBufferPointer<Float>) throws {
        let workspace = Workspace()
        let common = workspace.common
        var right = cholmod_allocate_dense(size, columns.count, size, CHOLMOD_REAL, common)
        defer { cholmod_free_dense(&right, common) }
        guard let right, let x = right.pointee.x?.assumingMemoryBound(to: Double.self) else { throw Self.failure("out of memory") }
        for row in 0..<size {
            for (k, column) in columns.enumerated() { x[k * size + row] = Double(values[row * stride + column]) }
        }
        var solution = cholmod_solve(CHOLMOD_A, factor, right, common)
        defer { cholmod_free_dense(&solution, common) }
        guard let y = solution?.pointee.x?.assumingMemoryBound(to: Double.self) else {
            throw Self.failure(Self.reason(ofStatus: common.pointee.status))
        }
        for row in 0..<size {
            for (k, column) in columns.enumerated() { values[row * stride + column] = Float(y[k * size + row]) }
        }
    }

    fileprivate static func failure(_ reason: String) -> Failure {
        Failure(.internal, "factoring a sparse matrix", reason: reason)
    }

    fileprivate static func reason(ofStatus status: Int32) -> String {
        switch status {
        case CHOLMOD_OUT_OF_MEMORY: "out of memory"
        case CHOLMOD_TOO_LARGE: "the factor would be too large"
        case CHOLMOD_OK, CHOLMOD_NOT_POSDEF: "the matrix is not positive definite"
        default: "CHOLMOD reports status \(status)"
        }
    }
}

/// In which order the rows of a matrix are eliminated and where its factor has entries: the same for all matrices with entries in the same
/// places, so that it is found once for all of them.
///
/// Invariant: after `init` the factor is only read.
public final class SparseAnalysis: @unchecked Sendable {
    private let workspace = Workspace()
    private let rowStarts: [Int32]
    private let columnIndices: [Int32]
    private var factor: UnsafeMutablePointer<cholmod_factor>?

    /// The analysis of a square, symmetric matrix, whose values do not matter.
    ///
    /// Throws `Failure` if it is not square or memory runs out.
    public init(of matrix: SparseMatrix) throws {
        guard matrix.rows == matrix.columns, matrix.rows < Int(Int32.max) else { throw SparseCholesky.failure("the matrix is not square") }
        (rowStarts, columnIndices) = (matrix.rowStarts, matrix.columnIndices)
        factor = matrix.withCHOLMODMatrix { cholmod_analyze($0, workspace.common) }
        guard factor != nil else { throw SparseCholesky.failure(SparseCholesky.reason(ofStatus: workspace.common.pointee.status)) }
    }

    deinit { cholmod_free_factor(&factor, workspace.common) }

    /// Whether the matrix has entries in the places of the analysed one.
    func fits(_ matrix: SparseMatrix) -> Bool { matrix.rowStarts == rowStarts && matrix.columnIndices == columnIndices }

    /// A factor that is still without numbers, to be filled and freed by the caller; nil if memory runs out.
    fileprivate func copy(_ common: UnsafeMutablePointer<cholmod_common>) -> UnsafeMutablePointer<cholmod_factor>? {
        cholmod_copy_factor(factor, common)
    }
}

/// The parameters, statistics and scratch memory that CHOLMOD wants with each call; one thread at a time may use it.
private final class Workspace {
    let common: UnsafeMutablePointer<cholmod_common>

    init() {
        common = .allocate(capacity: 1)
        cholmod_start(common)
        common.pointee.print = 0
        // Otherwise small matrices get an LDL' factorisation, which an indefinite matrix has too.
        common.pointee.final_ll = 1
        common.pointee.quick_return_if_not_posdef = 1
    }

    deinit {
        cholmod_finish(common)
        common.deallocate()
    }
}

extension SparseMatrix {
    /// The matrix as CHOLMOD sees it, without a copy.
    ///
    /// A symmetric matrix has the same arrays by rows and by columns.
    ///
    /// Invariant: CHOLMOD does not write to the matrices that it factors.
    fileprivate func withCHOLMODMatrix<R>(_ body: (UnsafeMutablePointer<cholmod_sparse>) -> R) -> R {
        rowStarts.withUnsafeBufferPointer { starts in
            columnIndices.withUnsafeBufferPointer { indices in
                values.withUnsafeBufferPointer { values in
                    var sparse = cholmod_sparse()
                    sparse.nrow = rows
                    sparse.ncol = columns
                    sparse.nzmax = values.count
                    sparse.p = UnsafeMutableRawPointer(mutating: starts.baseAddress)
                    sparse.i = UnsafeMutableRawPointer(mutating: indices.baseAddress)
                    sparse.x = UnsafeMutableRawPointer(mutating: values.baseAddress)
                    sparse.stype = 1
                    sparse.itype = CHOLMOD_INT
                    sparse.xtype = CHOLMOD_REAL
                    sparse.dtype = CHOLMOD_DOUBLE
                    sparse.sorted = 1
                    sparse.packed = 1
                    return body(&sparse)
                }
            }
        }
    }
}
