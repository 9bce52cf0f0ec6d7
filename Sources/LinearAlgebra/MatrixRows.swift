extension Matrix {
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
