import BSBBackbones
import BSBBasics
import BSBLinearAlgebra

/// The dot products of each cell of a feature grid with itself and with its neighbours.
///
/// The length of an interpolated feature is a quadratic form of them, so that it costs a few operations instead of one for each component.
package struct NeighbourGram: Sendable {
    private let columns: Int
    /// #cells each: with itself, with the cell to the right, below, below right; and of the cell to the right with the one below.
    private var own: [Float]
    private var right: [Float]
    private var below: [Float]
    private var falling: [Float]
    private var rising: [Float]

    /// The dot products of a grid.
    ///
    /// Complexity: O(cells x dimension).
    package init(_ grid: FeatureGrid) {
        columns = grid.columns
        let count = grid.columns * grid.rows
        own = [Float](repeating: 0, count: count)
        (right, below, falling, rising) = (own, own, own, own)
        let (columns, rows, dimension) = (grid.columns, grid.rows, grid.dimension)
        grid.values.withUnsafeBufferPointer { values in
            func dot(_ a: Int, _ b: Int) -> Float {
                Vectors.dot(
                    UnsafeBufferPointer(rebasing: values[(a * dimension)..<((a + 1) * dimension)]),
                    UnsafeBufferPointer(rebasing: values[(b * dimension)..<((b + 1) * dimension)]))
            }
            for cell in 0..<count {
                let (hasRight, hasBelow) = (cell % columns + 1 < columns, cell / columns + 1 < rows)
                own[cell] = dot(cell, cell)
                if hasRight { right[cell] = dot(cell, cell + 1) }
                if hasBelow { below[cell] = dot(cell, cell + columns) }
                if hasRight, hasBelow {
                    falling[cell] = dot(cell, cell + columns + 1)
                    rising[cell] = dot(cell + 1, cell + columns)
                }
            }
        }
    }

    /// The squared length of the feature that a stencil makes.
    package func squaredNorm(_ stencil: BilinearStencil) -> Float {
        let w = stencil.weights
        let (a, b, c, d) = (Int(stencil.cells[0]), Int(stencil.cells[1]), Int(stencil.cells[2]), Int(stencil.cells[3]))
        // At the border cells coincide and their weights are 0, so that the products stored for them do not matter.
        let squares = w[0] * w[0] * own[a] + w[1] * w[1] * own[b] + w[2] * w[2] * own[c] + w[3] * w[3] * own[d]
        let sides = w[0] * w[1] * right[a] + w[2] * w[3] * right[c] + w[0] * w[2] * below[a] + w[1] * w[3] * below[b]
        let diagonals = w[0] * w[3] * falling[a] + w[1] * w[2] * rising[a]
        return max(0, squares + 2 * (sides + diagonals))
    }

    /// The squared lengths of the features on the way from left to right at a height between four cells, as a polynomial in the fraction
    /// x of that way: `constant + linear x + quadratic x²`.
    ///
    /// With u and v the features at the left and the right end, the feature is u + x (v - u), so its squared length is
    /// u·u + 2 x (u·v - u·u) + x² (u·u - 2 u·v + v·v).
    ///
    /// - Parameters:
    ///   - cells: upper left, upper right, lower left, lower right.
    ///   - y: the height as a fraction of the way from the upper to the lower cells.
    package func squaredNorms(cells: SIMD4<Int32>, height y: Float) -> (constant: Float, linear: Float, quadratic: Float) {
        let (a, b, c, d) = (Int(cells[0]), Int(cells[1]), Int(cells[2]), Int(cells[3]))
        let z = 1 - y
        let uu = z * z * own[a] + 2 * z * y * below[a] + y * y * own[c]
        let vv = z * z * own[b] + 2 * z * y * below[b] + y * y * own[d]
        let uv = z * z * right[a] + z * y * (falling[a] + rising[a]) + y * y * right[c]
        return (uu, 2 * (uv - uu), uu - 2 * uv + vv)
    }
}
