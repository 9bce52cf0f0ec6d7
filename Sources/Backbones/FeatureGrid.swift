/// A regular grid of feature vectors over a picture, with the exact map from the picture's plane to the grid's.
///
/// Cell (c, r) has its centre at (c + 0.5, r + 0.5) of the grid plane, as pixels have in the picture's plane. A feature between centres
/// is the bilinear mean of the four around it, clamped at the border (`align_corners = false`). A grid with ``knots`` has its centres there.
package struct FeatureGrid: Sendable, Hashable {
    /// The number of cells in a row.
    package let columns: Int
    /// The number of rows.
    package let rows: Int
    /// The length of each feature vector.
    package let dimension: Int
    /// rows x columns x dimension, row-major.
    package var values: [Float]
    /// From the picture's plane to the grid's plane.
    package private(set) var map: PlaneMap
    /// Where the cells' centres are in the grid's plane, if not a unit apart.
    package let knots: GridKnots?

    /// A grid of the given vectors.
    package init(columns: Int, rows: Int, dimension: Int, values: [Float], map: PlaneMap, knots: GridKnots? = nil) {
        precondition(values.count == columns * rows * dimension, "values must be rows x columns x dimension")
        precondition(knots.map { $0.x.count == columns && $0.y.count == rows } ?? true, "there is a knot for each column and row")
        self.columns = columns
        self.rows = rows
        self.dimension = dimension
        self.values = values
        self.map = map
        self.knots = knots
    }
}

extension FeatureGrid {
    /// The grid of a larger picture from which this one's picture was cut out with its corner at `offset`.
    ///
    /// Points outside the cut have the features of its border.
    package func moved(by offset: SIMD2<Float>) -> FeatureGrid {
        var moved = self
        moved.map.offsetX -= map.scaleX * offset.x
        moved.map.offsetY -= map.scaleY * offset.y
        return moved
    }
}

/// An axis-aligned affine map between two planes: `to = scale * from + offset`.
package struct PlaneMap: Sendable, Hashable, Codable {
    /// The factor of x.
    package var scaleX: Float
    /// The factor of y.
    package var scaleY: Float
    /// What is added to x after scaling.
    package var offsetX: Float
    /// What is added to y after scaling.
    package var offsetY: Float

    /// The map (x, y) to (scaleX x + offsetX, scaleY y + offsetY).
    package init(scaleX: Float, scaleY: Float, offsetX: Float = 0, offsetY: Float = 0) {
        self.scaleX = scaleX
        self.scaleY = scaleY
        self.offsetX = offsetX
        self.offsetY = offsetY
    }

    /// The image of a point.
    package func callAsFunction(_ point: SIMD2<Float>) -> SIMD2<Float> {
        [scaleX * point.x + offsetX, scaleY * point.y + offsetY]
    }

    /// The map back.
    package var inverse: PlaneMap {
        PlaneMap(scaleX: 1 / scaleX, scaleY: 1 / scaleY, offsetX: -offsetX / scaleX, offsetY: -offsetY / scaleY)
    }
}

/// The (up to) four cells around a point of the picture and their bilinear weights, which sum to 1.
package struct BilinearStencil: Sendable {
    /// Indices of cells (row x columns + column): upper left, upper right, lower left, lower right.
    package var cells: SIMD4<Int32>
    /// The share of each cell.
    package var weights: SIMD4<Float>
}

extension FeatureGrid {
    /// The cells and weights that make the feature at a point of the picture's plane.
    package func stencil(at point: SIMD2<Float>) -> BilinearStencil {
        let (x, y) = (column(at: point.x), row(at: point.y))
        let (c0, r0) = (Int32(x), Int32(y))
        let (c1, r1) = (min(c0 + 1, Int32(columns - 1)), min(r0 + 1, Int32(rows - 1)))
        let (fx, fy) = (x - Float(c0), y - Float(r0))
        let stride = Int32(columns)
        return BilinearStencil(
            cells: [r0 * stride + c0, r0 * stride + c1, r1 * stride + c0, r1 * stride + c1],
            weights: [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy])
    }

    /// The interpolated feature at a point of the picture's plane.
    ///
    /// Complexity: O(dimension).
    package func feature(at point: SIMD2<Float>) -> [Float] {
        let stencil = stencil(at: point)
        var result = [Float](repeating: 0, count: dimension)
        for corner in 0..<4 where stencil.weights[corner] != 0 {
            let start = Int(stencil.cells[corner]) * dimension
            for d in 0..<dimension { result[d] += stencil.weights[corner] * values[start + d] }
        }
        return result
    }
}
