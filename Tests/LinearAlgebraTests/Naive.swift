import BSBBasics
import BSBLinearAlgebra

/// A matrix of numbers uniform in [-1, 1).
func randomMatrix(_ rows: Int, _ columns: Int, stream: UInt64) -> Matrix {
    var generator = SeededGenerator(seed: 7, stream: stream)
    return Matrix(rows: rows, columns: columns, values: (0..<(rows * columns)).map { _ in generator.uniform(-1, 1) })
}

/// The product by its definition, in double precision.
func naiveProduct(_ a: Matrix, _ b: Matrix) -> Matrix {
    var result = Matrix(rows: a.rows, columns: b.columns)
    for i in 0..<a.rows {
        for j in 0..<b.columns {
            result[i, j] = Float((0..<a.columns).reduce(0.0) { $0 + Double(a[i, $1]) * Double(b[$1, j]) })
        }
    }
    return result
}

func naiveTranspose(_ a: Matrix) -> Matrix {
    var result = Matrix(rows: a.columns, columns: a.rows)
    for i in 0..<a.rows { for j in 0..<a.columns { result[j, i] = a[i, j] } }
    return result
}

func dense(_ sparse: SparseMatrix) -> Matrix {
    var result = Matrix(rows: sparse.rows, columns: sparse.columns)
    for row in 0..<sparse.rows {
        for entry in sparse.entries(ofRow: row) { result[row, Int(sparse.columnIndices[entry])] = Float(sparse.values[entry]) }
    }
    return result
}

/// The largest difference between entries.
func distance(_ a: Matrix, _ b: Matrix) -> Float {
    precondition(a.rows == b.rows && a.columns == b.columns)
    return zip(a.values, b.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
