/// Lists of different lengths in two flat arrays: row i is `values[starts[i] ..< starts[i + 1]]`.
package struct CompressedRows: Hashable, Sendable {
    /// Where each row starts, and where the last one ends.
    package var starts: [Int]
    /// The rows, one after the other.
    package var values: [UInt32]

    /// The number of rows.
    package var count: Int { starts.count - 1 }

    /// Row `index`.
    @inline(__always)
    package subscript(index: Int) -> ArraySlice<UInt32> { values[starts[index]..<starts[index + 1]] }

    /// Rows from pairs (row, value), each row in the order of the pairs.
    ///
    /// `pairs` is called twice with a function to hand each pair to, and must give the same ones.
    package init(rows: Int, pairs: ((_ row: UInt32, _ value: UInt32) -> Void) -> Void) {
        var starts = [Int](repeating: 0, count: rows + 1)
        pairs { row, _ in starts[Int(row) + 1] += 1 }
        for row in 0..<rows { starts[row + 1] += starts[row] }
        var values = [UInt32](repeating: 0, count: starts[rows])
        var next = starts
        pairs { row, value in
            values[next[Int(row)]] = value
            next[Int(row)] += 1
        }
        self.starts = starts
        self.values = values
    }
}
