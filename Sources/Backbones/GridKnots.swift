/// Where the centres of a grid's cells are in its plane, ascending, for grids whose cells are not a unit apart.
package struct GridKnots: Sendable, Hashable {
    /// The centre of each column.
    package var x: [Float]
    /// The centre of each row.
    package var y: [Float]

    /// Centres of columns and rows.
    package init(x: [Float], y: [Float]) {
        self.x = x
        self.y = y
    }
}

extension FeatureGrid {
    /// Where a coordinate of the picture is among the columns: whole numbers at their centres, clamped to the outermost two.
    package func column(at x: Float) -> Float { Self.place(map.scaleX * x + map.offsetX, columns, knots?.x) }

    /// Where a coordinate of the picture is among the rows: whole numbers at their centres, clamped to the outermost two.
    package func row(at y: Float) -> Float { Self.place(map.scaleY * y + map.offsetY, rows, knots?.y) }

    /// The point of the picture at a place among columns and rows, which may lie outside of the grid.
    package func point(column: Float, row: Float) -> SIMD2<Float> {
        map.inverse([Self.coordinate(column, knots?.x), Self.coordinate(row, knots?.y)])
    }

    private static func place(_ coordinate: Float, _ count: Int, _ knots: [Float]?) -> Float {
        guard let knots else {
            // In this order of operands a coordinate that is not a number counts as 0.
            return min(max(0, coordinate - 0.5), Float(count - 1))
        }
        guard coordinate > knots[0] else { return 0 }
        guard coordinate < knots[count - 1] else { return Float(count - 1) }
        var (low, high) = (0, count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if knots[middle] <= coordinate { low = middle } else { high = middle }
        }
        return Float(low) + (coordinate - knots[low]) / (knots[high] - knots[low])
    }

    private static func coordinate(_ place: Float, _ knots: [Float]?) -> Float {
        guard let knots else { return place + 0.5 }
        guard knots.count > 1 else { return knots[0] }
        let low = min(max(0, Int(place)), knots.count - 2)
        return knots[low] + (place - Float(low)) * (knots[low + 1] - knots[low])
    }
}

extension FeatureGrid {
    /// The grid that interpolates as the published code does: bilinear to the pixels of the model's frame, and from those that show the
    /// picture bilinear to the picture's.
    ///
    /// Between two pixels of the frame that lie between the same cells' centres both steps together are one. So it is enough to have the
    /// features of the two pixels around each centre, or of the last that shows the picture: at most two columns and rows for one.
    ///
    /// - Parameters:
    ///   - stride: pixels of the frame for a cell.
    ///   - width: the columns of the frame that show the picture.
    ///   - height: the rows of the frame that show the picture.
    /// - Complexity: O(cells x dimension).
    func interpolatedOverFrame(stride: Float, width: Int, height: Int) -> FeatureGrid {
        precondition(knots == nil, "a grid is interpolated over a frame once")
        let x = Self.framePixels(columns, stride, width).map { (Float($0) + 0.5) / stride }
        let y = Self.framePixels(rows, stride, height).map { (Float($0) + 0.5) / stride }
        let plane = FeatureGrid(columns: columns, rows: rows, dimension: dimension, values: values, map: PlaneMap(scaleX: 1, scaleY: 1))
        let features = y.flatMap { y in x.flatMap { plane.feature(at: [$0, y]) } }
        return FeatureGrid(columns: x.count, rows: y.count, dimension: dimension, values: features, map: map, knots: GridKnots(x: x, y: y))
    }

    /// The pixels of a frame on both sides of each cell's centre, or the last of the first `extent` for those beyond it.
    private static func framePixels(_ cells: Int, _ stride: Float, _ extent: Int) -> [Int] {
        let around = (0..<cells).flatMap { cell in
            let center = (Float(cell) + 0.5) * stride - 0.5
            return [Int(center.rounded(.down)), Int(center.rounded(.up))]
        }
        return Set(around.map { min(max(0, $0), extent - 1) }).sorted()
    }
}
