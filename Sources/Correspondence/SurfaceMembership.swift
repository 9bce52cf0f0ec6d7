import BSBBasics
import BSBLinearAlgebra
import Foundation

/// What a mesh says about the cells of a picture, each by itself: how much they are of a part of the mesh, and how like it.
package struct SurfaceMembership: Sendable {
    /// Vertices that are asked, at most.
    private static let voters = 4000
    /// What cosines are divided by before the softmax.
    private static let temperature: Float = 0.03

    private let directions: Matrix
    private let membership: [Float]
    private let areas: [Float]

    /// What the mesh says about n cells.
    package struct Values: Sendable, Hashable {
        /// n: the membership of the vertices like the cell, from 0 to 1: a mean weighted by area and the softmax of cosines.
        package var membership: [Float]
        /// n: the cosine with the most similar vertex of the part.
        package var likeness: [Float]
    }

    /// The part whose probability is given for each vertex of a mesh (#V); nil where no vertex can be asked.
    ///
    /// Complexity: O(#V + voters x d).
    package init?(of probability: [Float], on mesh: SurfaceFeatures) {
        let rows = mesh.eligible.indices.filter { mesh.eligible[$0] }
        guard !rows.isEmpty else { return nil }
        let count = min(rows.count, Self.voters)
        let chosen = (0..<count).map { rows[$0 * rows.count / count] }
        directions = mesh.field.values.gatheringRows(chosen).withNormalizedRows()
        membership = chosen.map { probability[mesh.vertex(ofRow: $0)] }
        areas = chosen.map { Float(mesh.areas[$0]) + 1e-12 }
    }

    /// What the mesh says about cells.
    ///
    /// - Parameter parallelism: the threads that share the work; the result is the same for any number.
    /// - Complexity: O(n x voters x d).
    package func values(at cells: FeatureCells, parallelism: Parallelism = Parallelism(threads: 1)) -> Values {
        var result = Matrix(rows: cells.directions.rows, columns: 2)
        result.forEachRowBlock(of: 256, parallelism: parallelism) { range, output in
            let cosines = Matrix.product(cells.directions.factor(rows: range), directions.transposed)
            for row in 0..<range.count {
                let values = cosines.row(row)
                let most = values.max() ?? 0
                var (sum, total, likeness) = (Float(0), Float(0), Float(-1))
                for (index, cosine) in values.enumerated() {
                    if membership[index] >= 0.5 { likeness = max(likeness, cosine) }
                    let exponent = (cosine - most) / Self.temperature
                    // What is less has no say in 32 bits.
                    guard exponent > -20 else { continue }
                    let weight = exp(exponent) * areas[index]
                    sum += weight * membership[index]
                    total += weight
                }
                (output[2 * row], output[2 * row + 1]) = (sum / total, likeness)
            }
        }
        let rows = 0..<result.rows
        return Values(membership: rows.map { result[$0, 0] }, likeness: rows.map { result[$0, 1] })
    }
}
