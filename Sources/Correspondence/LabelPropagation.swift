import BSBBackbones
import BSBBasics
import BSBLinearAlgebra
import Foundation

/// The cells of a picture's features, ready to be compared with those of other pictures.
package struct FeatureCells: Sendable {
    /// cells x d, of length 1 each; zero for those without a direction.
    package let directions: Matrix
    /// The cells' centres, as shares of the picture's longer side.
    package let centers: [SIMD2<Float>]

    /// The cells of a picture of the given size.
    ///
    /// Complexity: O(cells x d).
    package init(_ grid: FeatureGrid, width: Int, height: Int) {
        directions = Matrix(rows: grid.rows * grid.columns, columns: grid.dimension, values: grid.values).withNormalizedRows()
        let side = Float(max(width, height))
        centers = (0..<grid.rows * grid.columns).map { cell in
            grid.point(column: Float(cell % grid.columns), row: Float(cell / grid.columns)) / side
        }
    }
}

/// Labels carried from pictures to another one by what is alike.
///
/// It is the video protocol of DINO (Caron 2021, after Jabri 2020): the label of a cell is the mean of those of the k most similar cells of all references, weighted by the softmax of their cosines.
package struct LabelPropagation: Sendable, Hashable, Codable {
    /// The most similar cells that have a say, k.
    package var neighbours = 5
    /// What cosines are divided by before the softmax.
    package var temperature: Float = 0.1

    /// The published k and temperature.
    package init() {}

    /// A picture whose cells have labels.
    package struct Reference: Sendable {
        /// Its cells.
        package var cells: FeatureCells
        /// cells x labels: the share of each label.
        package var labels: Matrix
        /// How far from its own place a cell may be sought here, in shares of the picture's longer side; nil for anywhere.
        package var reach: Float?

        /// Cells with labels.
        package init(_ cells: FeatureCells, labels: Matrix, reach: Float? = nil) {
            precondition(labels.rows == cells.directions.rows, "labels for each cell")
            (self.cells, self.labels, self.reach) = (cells, labels, reach)
        }
    }

    /// The labels of a picture's cells.
    ///
    /// - Parameters:
    ///   - cells: n cells.
    ///   - references: at least one, all with the same labels.
    ///   - parallelism: the threads that share the work; the result is the same for any number.
    /// - Returns: n x labels, the share of each label; rows of zeros where nothing was in reach.
    /// - Complexity: O(n m (d + k)) for m cells in all references.
    package func labels(of cells: FeatureCells, from references: [Reference], parallelism: Parallelism = Parallelism(threads: 1)) -> Matrix
    {
        let (count, kinds) = (cells.directions.rows, references[0].labels.columns)
        var made = Matrix(rows: count, columns: kinds)
        made.forEachRowBlock(of: 256, parallelism: parallelism) { range, output in
            var best = [Nearest](repeating: Nearest(limit: neighbours), count: range.count)
            for (index, reference) in references.enumerated() {
                let cosines = Matrix.product(cells.directions.factor(rows: range), reference.cells.directions.transposed)
                for row in 0..<range.count {
                    let center = cells.centers[range.lowerBound + row]
                    cosines.values.withUnsafeBufferPointer { values in
                        let start = row * cosines.columns
                        for column in 0..<cosines.columns where values[start + column] > best[row].least {
                            if let reach = reference.reach {
                                let offset = reference.cells.centers[column] - center
                                guard max(abs(offset.x), abs(offset.y)) <= reach else { continue }
                            }
                            best[row].insert(values[start + column], index, column)
                        }
                    }
                }
            }
            for row in 0..<range.count {
                guard let most = best[row].found.first?.cosine else { continue }
                let weights = best[row].found.map { exp(($0.cosine - most) / temperature) }
                let total = weights.reduce(0, +)
                for (neighbour, weight) in zip(best[row].found, weights) {
                    let labels = references[neighbour.reference].labels
                    for kind in 0..<kinds { output[row * kinds + kind] += labels[neighbour.cell, kind] * weight / total }
                }
            }
        }
        return made
    }

    /// The most similar cells so far, the most similar first; of equals the first.
    private struct Nearest {
        var limit: Int
        var found: [(cosine: Float, reference: Int, cell: Int)] = []
        var least: Float = -.infinity

        init(limit: Int) {
            self.limit = limit
            found.reserveCapacity(limit + 1)
        }

        mutating func insert(_ cosine: Float, _ reference: Int, _ cell: Int) {
            let place = found.firstIndex { $0.cosine < cosine } ?? found.count
            found.insert((cosine, reference, cell), at: place)
            if found.count > limit { found.removeLast() }
            if found.count == limit { least = found[limit - 1].cosine }
        }
    }
}
