/// An output of a graph that is a piece of its features, and how much it counts.
struct FeaturePiece: Sendable, Hashable, Decodable {
    /// The name of the output: unit vectors in a grid of their own.
    var output: String
    /// The share of the squared length that the piece has, not negative.
    var weight: Float
}

/// What photos are compared by: the pieces that features are made of, as they are, and what is around each cell.
///
/// The head that makes features of the pieces was trained on renders, which is good for meshes and costs what photos of the world have in
/// common. Each cell has its own pieces, one after the other, and their mean over the cells around it, which tells a wheel in front from one
/// behind; the cosine of two cells is then the mean of what both are like themselves and what stands around them.
enum PieceJoin {
    /// The cells across what is around a cell, its own in the middle.
    static let around = 9

    /// The join in the cells of the first grid, 2 x the pieces' lengths, of unit length.
    ///
    /// - Parameters:
    ///   - pieces: grids over the same picture.
    ///   - weights: one for each piece.
    /// - Complexity: O(cells x dimension).
    static func grid(of pieces: [FeatureGrid], weights: [Float]) -> FeatureGrid {
        let (columns, rows) = (pieces[0].columns, pieces[0].rows)
        let dimension = pieces.map(\.dimension).reduce(0, +)
        let toPicture = pieces[0].map.inverse
        var own: [Float] = []
        own.reserveCapacity(columns * rows * dimension)
        for row in 0..<rows {
            for column in 0..<columns {
                let center = toPicture([Float(column) + 0.5, Float(row) + 0.5])
                for (piece, weight) in zip(pieces, weights) { own += piece.feature(at: center).map { $0 * weight.squareRoot() } }
            }
        }
        // Along rows, then along columns, which is the mean over the square as far as the grid goes.
        let along = means(own, count: columns, stride: dimension, lines: rows, lineStride: columns * dimension, dimension)
        let square = means(along, count: rows, stride: columns * dimension, lines: columns, lineStride: dimension, dimension)
        var values: [Float] = []
        values.reserveCapacity(2 * own.count)
        for cell in 0..<columns * rows {
            let range = cell * dimension..<(cell + 1) * dimension
            let squared = own[range].reduce(0) { $0 + $1 * $1 } + square[range].reduce(0) { $0 + $1 * $1 }
            let scale = squared > 0 ? 1 / squared.squareRoot() : 0
            values += own[range].map { $0 * scale }
            values += square[range].map { $0 * scale }
        }
        return FeatureGrid(columns: columns, rows: rows, dimension: 2 * dimension, values: values, map: pieces[0].map)
    }

    /// Means over the vectors around each one of a line, for each of many lines.
    private static func means(
        _ values: [Float], count: Int, stride: Int, lines: Int, lineStride: Int, _ dimension: Int
    ) -> [Float] {
        var result = [Float](repeating: 0, count: values.count)
        values.withUnsafeBufferPointer { values in
            result.withUnsafeMutableBufferPointer { result in
                for line in 0..<lines {
                    for index in 0..<count {
                        let near = max(0, index - around / 2)...min(count - 1, index + around / 2)
                        let target = line * lineStride + index * stride
                        for other in near {
                            let source = line * lineStride + other * stride
                            for d in 0..<dimension { result[target + d] += values[source + d] }
                        }
                        for d in 0..<dimension { result[target + d] /= Float(near.count) }
                    }
                }
            }
        }
        return result
    }
}
