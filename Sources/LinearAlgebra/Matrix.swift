/// A dense matrix of 32-bit floats, row-major.
package struct Matrix: Hashable, Sendable {
    /// The number of rows.
    package let rows: Int
    /// The number of columns.
    package let columns: Int
    /// Row after row: rows x columns.
    package var values: [Float]

    /// A matrix filled with one value.
    package init(rows: Int, columns: Int, fill: Float = 0) {
        self.rows = rows
        self.columns = columns
        values = [Float](repeating: fill, count: rows * columns)
    }

    /// A matrix of the given values, row after row.
    package init(rows: Int, columns: Int, values: [Float]) {
        precondition(values.count == rows * columns, "values must be rows x columns")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// One entry.
    package subscript(row: Int, column: Int) -> Float {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }

    /// One row, without a copy.
    package func row(_ index: Int) -> ArraySlice<Float> {
        values[(index * columns)..<((index + 1) * columns)]
    }
}
