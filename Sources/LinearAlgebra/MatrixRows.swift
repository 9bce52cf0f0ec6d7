import BSBBasics

extension Matrix {
    /// For each row of `queries` the row of this matrix, of at least one, with the largest inner product, the first of equals.
    ///
    /// - Parameter parallelism: the threads that share the work; the result is the same for any number.
    /// - Complexity: O(n m d).
    package func mostSimilarRows(to queries: Matrix, parallelism: Parallelism) -> [Int] {
        precondition(rows > 0, "rows to choose from")
        let block = 512
        return parallelism.map((queries.rows + block - 1) / block) { index -> [Int] in
            let range = (index * block)..<min(queries.rows, (index + 1) * block)
            let products = Matrix.product(queries.factor(rows: range), transposed, parallelism: Parallelism(threads: 1))
            return (0..<products.rows).map { row in
                let values = products.row(row)
                return values.indices.max { (values[$0], $1) < (values[$1], $0) }! - values.startIndex
            }
        }.flatMap { $0 }
    }

    /// The Euclidean length of each row, summed in double precision.
    ///
    /// Complexity: O(rows x columns).
    package func rowNorms() -> [Float] {
        values.withUnsafeBufferPointer { buffer in
            (0..<rows).map { Float(Vectors.squaredNorm(buffer[($0 * columns)..<(($0 + 1) * columns)]).squareRoot()) }
        }
    }

    /// Scales each row to length 1; rows of length 0, and of a length that is not finite, become 0.
    ///
    /// Dot products of such rows are cosines. Complexity: O(rows x columns).
    package mutating func normalizeRows() {
        let norms = rowNorms()
        let columns = columns
        values.withUnsafeMutableBufferPointer { buffer in
            for (row, norm) in norms.enumerated() {
                let range = (row * columns)..<((row + 1) * columns)
                guard norm > 0, norm.isFinite else {
                    for i in range { buffer[i] = 0 }
                    continue
                }
                for i in range { buffer[i] /= norm }
            }
        }
    }

    /// A copy with rows of length 1; see ``normalizeRows()``.
    package func withNormalizedRows() -> Matrix {
        var result = self
        result.normalizeRows()
        return result
    }

    /// The rows at the given indices, in that order.
    package func gatheringRows(_ indices: [Int]) -> Matrix {
        var gathered = [Float]()
        gathered.reserveCapacity(indices.count * columns)
        for index in indices { gathered.append(contentsOf: row(index)) }
        return Matrix(rows: indices.count, columns: columns, values: gathered)
    }

    /// The mean of each column, summed in double precision; zeros if there is no row.
    package func columnMeans() -> [Float] {
        var sums = [Double](repeating: 0, count: columns)
        for row in 0..<rows {
            for column in 0..<columns { sums[column] += Double(values[row * columns + column]) }
        }
        return sums.map { Float($0 / Double(max(rows, 1))) }
    }
}
