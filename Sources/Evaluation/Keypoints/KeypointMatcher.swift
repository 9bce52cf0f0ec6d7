import BSBBackbones
import BSBCorrespondence
import BSBLinearAlgebra
import Foundation

/// Finds in one photo the points that mean the same as points of another, by features alone.
///
/// Features are interpolated twofold, so that an answer is less than half a cell off for want of cells.
struct KeypointMatcher: Sendable {
    /// A photo as the matcher sees it.
    struct Photo: Sendable {
        /// Columns and rows of the doubled grid that show the picture.
        let columns: Int
        let rows: Int
        /// columns x rows unit features, one a row.
        let features: Matrix
        /// The centre of each cell in pixels of the picture.
        let centers: [SIMD2<Float>]
        private let grid: FeatureGrid

        /// What it takes of memory.
        var bytes: Int { MemoryLayout<Float>.stride * (features.values.count + grid.values.count + 2 * centers.count) }

        init(_ grid: FeatureGrid, width: Int, height: Int) {
            self.grid = grid
            // The cells whose centres are in the picture.
            func places(_ count: Int, _ extent: Int, _ point: (Float) -> Float) -> [Float] {
                (0..<2 * count).map { point(Float($0) / 2 - 0.25) }.filter { $0 >= 0 && $0 < Float(extent) }
            }
            let x = places(grid.columns, width) { grid.point(column: $0, row: 0).x }
            let y = places(grid.rows, height) { grid.point(column: 0, row: $0).y }
            (columns, rows) = (x.count, y.count)
            centers = y.flatMap { y in x.map { SIMD2($0, y) } }
            features = Matrix(rows: centers.count, columns: grid.dimension, values: centers.flatMap { Self.unit(grid.feature(at: $0)) })
        }

        /// The unit feature at a point of the picture.
        func feature(at point: SIMD2<Float>) -> [Float] { Self.unit(grid.feature(at: point)) }

        private static func unit(_ feature: [Float]) -> [Float] {
            let squared = feature.reduce(0) { $0 + $1 * $1 }
            return squared > 0 ? feature.map { $0 / squared.squareRoot() } : feature
        }

        /// Where a point is among columns and rows.
        func place(of point: SIMD2<Float>) -> SIMD2<Float> {
            func place(_ value: Float, _ first: Float, _ second: Float) -> Float { second > first ? (value - first) / (second - first) : 0 }
            return [
                place(point.x, centers[0].x, columns > 1 ? centers[1].x : centers[0].x),
                place(point.y, centers[0].y, rows > 1 ? centers[columns].y : centers[0].y),
            ]
        }
    }

    /// A match counts for the exponential of its mutual similarity over this: softer than an answer, since any number of neighbours vote.
    var temperature: Float = 4 * DualSoftmax.temperature
    /// The standard deviation, in cells of the features' own grid, of the weights of neighbours that vote.
    var spread: Float = 8

    /// Where a point of one photo is in another, by three rules.
    struct Match: Sendable, Hashable {
        /// The centre of the most similar cell.
        var nearest: SIMD2<Float>
        /// The centre of the cell that is mutually most similar (``DualSoftmax``): still by features alone.
        var mutual: SIMD2<Float>
        /// The same with the votes of the point's neighbours.
        var voted: SIMD2<Float>
    }

    /// For each point the centre of the cell of `target` that means the same.
    ///
    /// A neighbour votes for each displacement with its similarity to the cell there; a cell's score is its similarity times the votes for
    /// its displacement, as in probabilistic Hough matching (Cho et al., CVPR 2015) around each point. All similarities that vote are mutual.
    /// - Complexity: O(cells of the source x cells of the target x (dimension + points)).
    func matches(of points: [SIMD2<Float>], from source: Photo, to target: Photo) -> [Match] {
        let queries = Matrix(rows: points.count, columns: source.features.columns, values: points.flatMap { source.feature(at: $0) })
        let own = Matrix.product(queries.factor, target.features.factor.transposed)
        // Every second column and row of the doubled grid is enough to vote, and to tell what a cell has in common with all others.
        let voters = source.centers.indices.filter { $0 % source.columns % 2 == 0 && $0 / source.columns % 2 == 0 }
        let voting = Matrix(rows: voters.count, columns: source.features.columns, values: voters.flatMap { source.features.row($0) })
        let cosines = Matrix.product(voting.factor, target.features.factor.transposed)
        let penalties = DualSoftmax.popularity(cosines).map { $0 / 2 }
        let cells = target.centers.count
        let weights = cosines.values.enumerated().map { weight($1 - penalties[$0 % cells]) }
        return points.indices.map { index in
            let similar = Array(own.row(index))
            let mutual = zip(similar, penalties).map(-)
            let votes = votes(around: source.place(of: points[index]), voters, weights, source, target)
            let scores = zip(mutual, votes).map { weight($0) * $1 }
            return Match(
                nearest: target.centers[Self.best(similar)], mutual: target.centers[Self.best(mutual)],
                voted: target.centers[Self.best(scores)])
        }
    }

    private func weight(_ similarity: Float) -> Float { exp(similarity / temperature) }

    private static func best(_ values: [Float]) -> Int {
        values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
    }

    /// For each cell of the target the votes of a point's neighbours for it, each moved by the neighbour's own distance from the point.
    private func votes(
        around place: SIMD2<Float>, _ voters: [Int], _ similarities: [Float], _ source: Photo, _ target: Photo
    ) -> [Float] {
        let (columns, rows) = (target.columns, target.rows)
        var votes = [Float](repeating: 0, count: columns * rows)
        // The grid is doubled, and so are distances.
        let deviation = 2 * spread
        for (number, voter) in voters.enumerated() {
            let (column, row) = (voter % source.columns, voter / source.columns)
            let (dx, dy) = (Float(column) - place.x, Float(row) - place.y)
            let share = Float(exp(Double(-(dx * dx + dy * dy) / (2 * deviation * deviation))))
            guard share > 0.02 else { continue }
            let (right, down) = (-Int(dx.rounded()), -Int(dy.rounded()))
            for y in max(0, down)..<max(max(0, down), min(rows, rows + down)) {
                let from = number * columns * rows + (y - down) * columns
                for x in max(0, right)..<max(max(0, right), min(columns, columns + right)) {
                    votes[y * columns + x] += share * similarities[from + x - right]
                }
            }
        }
        return votes
    }
}
