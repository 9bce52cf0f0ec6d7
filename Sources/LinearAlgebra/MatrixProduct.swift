import BSBBasics
import BSBCLinearAlgebra

/// Consecutive rows of a matrix, possibly transposed: a factor of a product.
///
/// Nothing is copied.
package struct MatrixFactor: Sendable {
    let matrix: Matrix
    let rowRange: Range<Int>
    let isTransposed: Bool

    /// The number of rows of the factor as it stands in the product.
    package var rows: Int { isTransposed ? matrix.columns : rowRange.count }
    /// The number of columns of the factor as it stands in the product.
    package var columns: Int { isTransposed ? rowRange.count : matrix.columns }
    /// The same values with rows and columns exchanged.
    package var transposed: MatrixFactor { MatrixFactor(matrix: matrix, rowRange: rowRange, isTransposed: !isTransposed) }
}

extension Matrix {
    /// The rows in `range` as a factor of a product, without a copy.
    package func factor(rows range: Range<Int>) -> MatrixFactor {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows outside the matrix")
        return MatrixFactor(matrix: self, rowRange: range, isTransposed: false)
    }

    /// All rows as a factor of a product, without a copy.
    package var factor: MatrixFactor { factor(rows: 0..<rows) }
    /// The transpose as a factor of a product, without a copy.
    package var transposed: MatrixFactor { factor.transposed }

    /// The product of two matrices or views.
    ///
    /// Complexity: O(n m k) for n x k times k x m.
    ///
    /// - Parameter left: n x k.
    /// - Parameter right: k x m.
    /// - Parameter parallelism: the threads that share the work; the result is the same for any number.
    package static func product(
        _ left: MatrixFactor, _ right: MatrixFactor, parallelism: Parallelism = Parallelism(threads: 1)
    ) -> Matrix {
        var result = Matrix(rows: left.rows, columns: right.columns)
        result.set(toProductOf: left, right, parallelism: parallelism)
        return result
    }

    /// Sets the first rows of this matrix to `scale * left * right + keeping * itself`, in place.
    ///
    /// - Parameters:
    ///   - left: n x k, where n is at most `rows`; rows from n on stay as they are.
    ///   - right: k x `columns`.
    ///   - scale: what the product is multiplied with.
    ///   - keeping: what the old values are multiplied with; 0 overwrites whatever they are, NaN included.
    ///   - parallelism: the threads that share the work; the result is the same for any number.
    package mutating func set(
        toProductOf left: MatrixFactor, _ right: MatrixFactor, scale: Float = 1, keeping: Float = 0,
        parallelism: Parallelism = Parallelism(threads: 1)
    ) {
        precondition(left.columns == right.rows && right.columns == columns && left.rows <= rows, "sizes of a product must agree")
        let tiles = ProductTiles(rows: left.rows, columns: columns)
        guard tiles.count > 0 else { return }
        BLAS.useOneThreadPerCall()
        let columns = columns
        left.matrix.values.withUnsafeBufferPointer { a in
            right.matrix.values.withUnsafeBufferPointer { b in
                values.withUnsafeMutableBufferPointer { c in
                    let product = TileProduct(
                        left: left.pointer(in: a), right: right.pointer(in: b), output: DisjointFloats(base: c), inner: left.columns,
                        outputStride: columns, scale: scale, keeping: keeping)
                    parallelism.forEach(tiles.count) { product.compute(tiles[$0]) }
                }
            }
        }
    }
}

extension MatrixFactor {
    fileprivate func pointer(in values: UnsafeBufferPointer<Float>) -> FactorPointer {
        FactorPointer(
            base: UnsafeBufferPointer(rebasing: values[(rowRange.lowerBound * matrix.columns)..<(rowRange.upperBound * matrix.columns)]),
            stride: matrix.columns, isTransposed: isTransposed)
    }
}

/// The cut of a product into tiles.
///
/// It depends on the sizes alone, never on the number of threads, so that sums are always formed alike.
private struct ProductTiles {
    let rows: Int
    let columns: Int
    static let height = 192
    static let width = 1536

    private var across: Int { (columns + Self.width - 1) / Self.width }
    var count: Int { (rows + Self.height - 1) / Self.height * across }

    subscript(index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
        let (top, left) = (index / across * Self.height, index % across * Self.width)
        return (top..<min(rows, top + Self.height), left..<min(columns, left + Self.width))
    }
}

/// A factor while its values are held in place by `withUnsafeBufferPointer`.
private struct FactorPointer: @unchecked Sendable {
    let base: UnsafeBufferPointer<Float>
    let stride: Int
    let isTransposed: Bool

    var order: CBLAS_TRANSPOSE { isTransposed ? CblasTrans : CblasNoTrans }
    /// Where the rows of the factor from `row` on begin.
    func from(row: Int) -> UnsafePointer<Float>? { base.baseAddress.map { $0 + (isTransposed ? row : row * stride) } }
    /// Where the columns of the factor from `column` on begin.
    func from(column: Int) -> UnsafePointer<Float>? { base.baseAddress.map { $0 + (isTransposed ? column * stride : column) } }
}

/// One product in progress.
///
/// Invariant: the pointers outlive it, and its tiles do not overlap.
private struct TileProduct: @unchecked Sendable {
    let left: FactorPointer
    let right: FactorPointer
    let output: DisjointFloats
    let inner: Int
    let outputStride: Int
    let scale: Float
    let keeping: Float

    func compute(_ tile: (rows: Range<Int>, columns: Range<Int>)) {
        guard let c = output.base.baseAddress else { return }
        let corner = c + tile.rows.lowerBound * outputStride + tile.columns.lowerBound
        cblas_sgemm(
            CblasRowMajor, left.order, right.order, Int32(tile.rows.count), Int32(tile.columns.count), Int32(inner), scale,
            left.from(row: tile.rows.lowerBound), Int32(max(1, left.stride)), right.from(column: tile.columns.lowerBound),
            Int32(max(1, right.stride)), keeping, corner, Int32(outputStride))
    }
}

/// The state of the BLAS library, which is one for the whole process.
enum BLAS {
    /// Makes every call use the thread that calls.
    ///
    /// Threads are this package's own, over fixed tiles: OpenBLAS cuts a product by the number
    /// of its threads, which would change the rounding.
    static func useOneThreadPerCall() { _ = oneThread }

    private static let oneThread: Void = openblas_set_num_threads(1)
}
