import BSBBasics
import BSBLinearAlgebra
import Foundation

/// Gives each node of an object a point of a surface by what it looks like, by what a view says that it shows, and by its neighbours' points.
///
/// A view draws another shape of the kind with its limbs elsewhere, and the most similar point of a single node mixes up left and right. So
/// each node has a distribution q over points spread over the surface, and from round to round
///
///     log q_i(s) = likeness w_l + w_v exp(-|x_s - v_i|² / 2 r_v²) + w_n Σ_t m_i(t) exp(-|x_s - x_t|² / 2 r_n²)
///
/// (a mean field), with v_i the point that the view shows at the node, and m_i the mean distribution of the nodes around it.
struct PointSettling: Sendable {
    /// What counts how much; lengths are in radii of the unit ball.
    struct Weights: Sendable {
        var likeness: Float = 8
        var view: Float = 3
        var viewReach: Float = 0.3
        var neighbours: Float = 10
        var neighbourReach: Float = 0.15
        /// How many nodes away neighbours are at most, along rows and columns.
        var ring = 2
        var rounds = 8
    }

    private let likeness: Likeness
    private let positions: [SIMD3<Float>]
    private let weights: Weights
    private let parallelism: Parallelism

    /// A settling of the nodes inside a lattice.
    ///
    /// - Parameter positions: the points spread over the surface.
    init(_ likeness: Likeness, positions: [SIMD3<Float>], weights: Weights = Weights(), parallelism: Parallelism) {
        (self.likeness, self.positions, self.weights, self.parallelism) = (likeness, positions, weights, parallelism)
    }

    /// For each node inside the lattice its point, near the surface.
    ///
    /// - Parameter features: points x d, of length 1: what the points look like.
    /// - Parameter view: for each node inside what the view shows there; nil where it shows nothing.
    /// - Complexity: O(rounds x nodes x points²) multiplications in matrix products.
    func points(features: Matrix, view: [SIMD3<Float>?]) -> [SIMD3<Float>] {
        let count = positions.count
        guard count > 0 else { return [] }
        let own = evidence(features, view)
        let kernel = Matrix(
            rows: count, columns: count,
            values: parallelism.map(count) { row in
                positions.map { exp(-Self.squared($0 - positions[row]) / (2 * weights.neighbourReach * weights.neighbourReach)) }
            }.flatMap { $0 })
        var share = Self.softmax(own, parallelism)
        for _ in 0..<weights.rounds {
            var logs = own
            let support = Matrix.product(around(share).factor, kernel.factor, parallelism: parallelism)
            for index in logs.values.indices { logs.values[index] += weights.neighbours * support.values[index] }
            share = Self.softmax(logs, parallelism)
        }
        return modes(of: share, mass: Matrix.product(share.factor, kernel.factor, parallelism: parallelism))
    }

    /// For each node the point around which most of its distribution lies, or rather the mean of what lies there.
    private func modes(of share: Matrix, mass: Matrix) -> [SIMD3<Float>] {
        parallelism.map(share.rows) { node in
            let row = mass.row(node)
            let best = row.indices.reduce(row.startIndex) { row[$1] > row[$0] ? $1 : $0 } - row.startIndex
            var (sum, total) = (SIMD3<Float>.zero, Float(0))
            for (point, weight) in share.row(node).enumerated()
            where Self.squared(positions[point] - positions[best]) < weights.neighbourReach * weights.neighbourReach {
                sum += positions[point] * weight
                total += weight
            }
            return total > 0 ? sum / total : positions[best]
        }
    }

    /// nodes x points: what each node says by itself.
    private func evidence(_ features: Matrix, _ view: [SIMD3<Float>?]) -> Matrix {
        var logs = Matrix.product(likeness.lattice.features.factor, features.transposed, parallelism: parallelism)
        let count = positions.count
        for node in 0..<logs.rows {
            for point in 0..<count {
                let index = node * count + point
                var value = weights.likeness * likeness.value(logs.values[index], row: node)
                if let shown = view[node] {
                    value += weights.view * exp(-Self.squared(positions[point] - shown) / (2 * weights.viewReach * weights.viewReach))
                }
                logs.values[index] = value
            }
        }
        return logs
    }

    /// For each node the mean of the distributions of the nodes around it.
    private func around(_ share: Matrix) -> Matrix {
        let lattice = likeness.lattice
        let rows = parallelism.map(share.rows) { index -> [Float] in
            let node = lattice.inside[index]
            let (x, y) = (node % lattice.columns, node / lattice.columns)
            var (sum, count) = ([Float](repeating: 0, count: share.columns), Float(0))
            for row in max(0, y - weights.ring)...min(lattice.rows - 1, y + weights.ring) {
                for column in max(0, x - weights.ring)...min(lattice.columns - 1, x + weights.ring) {
                    let other = lattice.row[row * lattice.columns + column]
                    guard other >= 0, other != index else { continue }
                    for (point, value) in share.row(other).enumerated() { sum[point] += value }
                    count += 1
                }
            }
            return count > 0 ? sum.map { $0 / count } : Array(share.row(index))
        }
        return Matrix(rows: share.rows, columns: share.columns, values: rows.flatMap { $0 })
    }

    private static func softmax(_ logs: Matrix, _ parallelism: Parallelism) -> Matrix {
        let rows = parallelism.map(logs.rows) { index -> [Float] in
            let row = logs.row(index)
            let most = row.max() ?? 0
            let values = row.map { exp($0 - most) }
            let total = values.reduce(0, +)
            return values.map { $0 / total }
        }
        return Matrix(rows: logs.rows, columns: logs.columns, values: rows.flatMap { $0 })
    }

    private static func squared(_ offset: SIMD3<Float>) -> Float { (offset * offset).sum() }
}
