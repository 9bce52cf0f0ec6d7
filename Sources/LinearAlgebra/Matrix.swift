/// A dense matrix of 32-bit floats, row-major.
public struct Matrix: Hashable, Sendable {
    /// The number of rows.
    public let rows: Int
    /// The number of columns.
    public let columns: Int
    /// Row after row: rows x columns.
    public var values: [Float]

    /// A matrix filled with one value.
    public init(rows: Int, columns: Int, fill: Float = 0) {
        self.rows = rows
        self.columns = columns
        values = [Float](repeating: fill, count: rows * columns)
    }

    /// A matrix of the given values, row after row.
    public init(rows: Int, columns: Int, values: [Float]) {
        precondition(values.count == rows * columns, "values must be rows x columns")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// One entry.
    public subscript(row: Int, column: Int) -> Float {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }

    /// One row, without a copy.
    public func row(_ index: Int) -> ArraySlice<Float> {
        values[(index * columns)..<((index + 1) * columns)]
    }
}
