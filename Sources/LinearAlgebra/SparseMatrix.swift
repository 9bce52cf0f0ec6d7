import BSBBasics

/// A sparse matrix of 64-bit floats in compressed rows, columns ascending within each row, each entry once.
package struct SparseMatrix: Hashable, Sendable {
    /// The number of rows.
    package let rows: Int
    /// The number of columns.
    package let columns: Int
    /// #rows + 1: where the entries of each row begin in `columnIndices` and `values`.
    package let rowStarts: [Int32]
    /// The column of each entry.
    package let columnIndices: [Int32]
    /// The value of each entry.
    package let values: [Double]

    /// A number to be added to one entry.
    package struct Triplet: Sendable {
        /// The row of the entry.
        package var row: Int32
        /// The column of the entry.
        package var column: Int32
        /// What is added to the entry.
        package var value: Double

        /// `value` at (`row`, `column`).
        package init(row: Int32, column: Int32, value: Double) {
            self.row = row
            self.column = column
            self.value = value
        }
    }

    /// The matrix whose entries are the sums of the triplets at their place, added in the order given.
    ///
    /// Complexity: O(rows + columns + #triplets).
    package init(rows: Int, columns: Int, triplets: [Triplet]) {
        precondition(
            triplets.allSatisfy { $0.row >= 0 && $0.row < rows && $0.column >= 0 && $0.column < columns }, "triplets outside the matrix")
        precondition(triplets.count <= Int32.max, "too many triplets")
        let byColumn = stableOrder(of: triplets.map(\.column), keys: columns, starting: nil)
        let order = stableOrder(of: triplets.map(\.row), keys: rows, starting: byColumn)
        var starts = [Int32](repeating: 0, count: rows + 1)
        var indices = [Int32]()
        var sums = [Double]()
        var last: (row: Int32, column: Int32) = (-1, -1)
        for item in order {
            let triplet = triplets[Int(item)]
            if (triplet.row, triplet.column) == last {
                sums[sums.count - 1] += triplet.value
            } else {
                last = (triplet.row, triplet.column)
                indices.append(triplet.column)
                sums.append(triplet.value)
                starts[Int(triplet.row) + 1] += 1
            }
        }
        for row in 0..<rows { starts[row + 1] += starts[row] }
        self.init(rows: rows, columns: columns, rowStarts: starts, columnIndices: indices, values: sums)
    }

    /// The matrix of the given compressed rows, in which columns must ascend within each row.
    package init(rows: Int, columns: Int, rowStarts: [Int32], columnIndices: [Int32], values: [Double]) {
        precondition(
            rowStarts.count == rows + 1 && columnIndices.count == values.count && rowStarts.last.map(Int.init) == values.count,
            "rows must be compressed")
        self.rows = rows
        self.columns = columns
        self.rowStarts = rowStarts
        self.columnIndices = columnIndices
        self.values = values
    }

    /// The indices of a row's entries in `columnIndices` and `values`.
    package func entries(ofRow row: Int) -> Range<Int> { Int(rowStarts[row])..<Int(rowStarts[row + 1]) }

    /// One entry, 0 where none is stored.
    ///
    /// Complexity: O(entries of the row).
    package subscript(row: Int, column: Int) -> Double {
        entries(ofRow: row).first { columnIndices[$0] == Int32(column) }.map { values[$0] } ?? 0
    }

    /// The main diagonal, as long as the shorter side.
    package var diagonal: [Double] { (0..<min(rows, columns)).map { self[$0, $0] } }

    /// The matrix with rows and columns exchanged.
    ///
    /// Complexity: O(rows + columns + entries).
    package var transposed: SparseMatrix {
        let triplets = (0..<rows).flatMap { row in
            entries(ofRow: row).map { Triplet(row: columnIndices[$0], column: Int32(row), value: values[$0]) }
        }
        return SparseMatrix(rows: columns, columns: rows, triplets: triplets)
    }

    /// The product with a dense matrix, `columns` x m to `rows` x m, summed in single precision.
    ///
    /// Complexity: O(entries x m).
    ///
    /// - Parameter dense: as many rows as this has columns.
    /// - Parameter parallelism: the threads that share the rows; the result is the same for any number.
    package func times(_ dense: Matrix, parallelism: Parallelism = Parallelism(threads: 1)) -> Matrix {
        precondition(dense.rows == columns, "sizes of a product must agree")
        var result = Matrix(rows: rows, columns: dense.columns)
        let width = dense.columns
        result.forEachRowBlock(of: 128, parallelism: parallelism) { range, output in
            dense.values.withUnsafeBufferPointer { input in
                for row in range {
                    let start = (row - range.lowerBound) * width
                    let target = UnsafeMutableBufferPointer(rebasing: output[start..<(start + width)])
                    for entry in entries(ofRow: row) {
                        let from = Int(columnIndices[entry]) * width
                        Vectors.add(Float(values[entry]), UnsafeBufferPointer(rebasing: input[from..<(from + width)]), to: target)
                    }
                }
            }
        }
        return result
    }
}

/// The indices of `keys` by ascending key; equal keys stay in the order of `starting` (or of the indices): one pass of a counting sort.
private func stableOrder(of keys: [Int32], keys count: Int, starting: [Int32]?) -> [Int32] {
    var next = [Int32](repeating: 0, count: count + 1)
    for key in keys { next[Int(key) + 1] += 1 }
    for key in 0..<count { next[key + 1] += next[key] }
    var order = [Int32](repeating: 0, count: keys.count)
    for position in 0..<keys.count {
        let item = starting?[position] ?? Int32(position)
        let key = Int(keys[Int(item)])
        order[Int(next[key])] = item
        next[key] += 1
    }
    return order
}
