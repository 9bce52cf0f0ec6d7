/// Corners of a polygon by where they are: about one for each cell of a grid.
struct CornerGrid {
    /// The corners.
    private(set) var corners: [Int] = []
    private var low = SIMD2<Double>.zero
    private var scale = SIMD2<Double>.zero
    private var side = 1
    private var rows = CompressedRows(rows: 1) { _ in }

    /// A grid of no corners.
    init() {}

    /// The grid of the corners at `points`.
    ///
    /// - Complexity: O(corners).
    init(_ corners: [Int], _ points: [SIMD2<Double>]) {
        self.corners = corners
        guard let first = corners.first else { return }
        var high = points[first]
        low = high
        for corner in corners { (low, high) = (pointwiseMin(low, points[corner]), pointwiseMax(high, points[corner])) }
        side = max(1, Int(Double(corners.count).squareRoot()))
        let extent = high - low
        scale = SIMD2(extent.x > 0 ? Double(side) / extent.x : 0, extent.y > 0 ? Double(side) / extent.y : 0)
        rows = CompressedRows(rows: side * side) { emit in
            for corner in corners {
                let cell = cell(points[corner])
                emit(UInt32(cell.y * side + cell.x), UInt32(corner))
            }
        }
    }

    private func cell(_ point: SIMD2<Double>) -> SIMD2<Int> {
        let place = ((point - low) * scale).clamped(lowerBound: .zero, upperBound: SIMD2(repeating: Double(side - 1)))
        // What is not a number is in the first cell.
        return SIMD2(place.x >= 0 ? Int(place.x) : 0, place.y >= 0 ? Int(place.y) : 0)
    }

    /// The columns and rows of cells that a box touches.
    func cells(from low: SIMD2<Double>, to high: SIMD2<Double>) -> (columns: ClosedRange<Int>, rows: ClosedRange<Int>) {
        let (first, last) = (cell(low), cell(high))
        return (first.x...max(first.x, last.x), first.y...max(first.y, last.y))
    }

    /// The corners of a cell.
    subscript(column: Int, row: Int) -> ArraySlice<UInt32> { rows[row * side + column] }
}
