import Backbones
import LinearAlgebra

/// The dot products of each cell of a feature grid with itself and with its neighbours.
///
/// The length of an interpolated feature is a quadratic form of them, so that it costs a few operations instead of one for each component.
public struct NeighbourGram: Sendable {
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
    public init(_ grid: FeatureGrid) {
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
    public func squaredNorm(_ stencil: BilinearStencil) -> Float {
        let w = stencil.weights
        let (a, b, c, d) = (Int(stencil.cells[0]), Int(stencil.cells[1]), Int(stencil.cells[2]), Int(stencil.cells[3]))
        // At the border cells coincide and their weights are 0, so that the products stored for them do not matter.
        let squares = w[0] * w[0] * own[a] + w[1] * w[1] * own[b] + w[2] * w[2] * own[c] + w[3] * w[3] * own[d]
        let sides = w[0] * w[1] * right[a] + w[2] * w[3] * right[c] + w[0] * w[2] * below[a] + w[1] * w[3] * below[b]
        let diagonals = w[0] * w[3] * falling[a] + w[1] * w[2] * rising[a]
        return max(0, squares + 2 * (sides + diagonals))
    }
}
