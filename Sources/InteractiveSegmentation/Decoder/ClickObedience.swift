import BSBLinearAlgebra
import Foundation

/// Makes an answer agree with the clicks, there and in what belongs together with them.
///
/// A network that is wrong at a click stays wrong, whatever is clicked: it has learned what the part is, not that the user is right. So what
/// its log-odds lack at the clicks is spread over the surface by Gaussian-process regression: at a click that the answer denies the missing
/// log-odds are added, at one that it obeys nothing, and elsewhere what follows from these by how much a vertex belongs together with each
/// clicked one. That is
///
///     exp(-|p - q|^2 / (2 x 0.1^2))
///
/// for vertices whose probabilities in the parts of the decoder's context, see ``VertexContext``, differ by |p - q| in the root mean square.
/// docs/iseg.md has what it brings.
struct ClickObedience: Sendable {
    /// How far apart in probability parts may be that belong together.
    static let partSpread: Float = 0.1
    /// The log-odds that the answer has at a click at least, up to ``noise``; 2 is a probability of 0.88.
    static let margin: Float = 2
    /// The variance of the log-odds at a click, in units of the prior's: keeps clicks that deny each other from being exaggerated.
    static let noise = 0.05

    /// #V x (parts + 3), see ``VertexContext``.
    private let context: Matrix
    private var parts: Int { context.columns - 3 }

    /// What belongs together on a mesh with this context; nil if the decoder has none.
    init?(context: Matrix) {
        guard context.columns > 3 else { return nil }
        self.context = context
    }

    /// The probabilities #V of a network, made to agree with distinct clicks.
    ///
    /// - Throws: `Failure` if memory runs out.
    /// - Complexity: O(#V x clicks x context + clicks^3).
    func applied(to probability: [Float], clicks: [SurfaceClick]) throws -> [Float] {
        let missing = clicks.map { click -> Float in
            let odds = logOdds(probability[click.vertex], edge: 1e-6)
            return click.isForeground ? max(0, Self.margin - odds) : min(0, -Self.margin - odds)
        }
        guard missing.contains(where: { $0 != 0 }) else { return probability }
        let affinity = clicks.map { affinities(to: $0.vertex) }
        var weights = Matrix(rows: clicks.count, columns: 1, values: missing)
        let entries = clicks.indices.flatMap { row in
            clicks.indices.map { column in
                let value = Double(affinity[row][clicks[column].vertex]) + (row == column ? Self.noise : 0)
                return SparseMatrix.Triplet(row: Int32(row), column: Int32(column), value: value)
            }
        }
        try SparseCholesky(SparseMatrix(rows: clicks.count, columns: clicks.count, triplets: entries)).solve(&weights)
        return probability.indices.map { vertex in
            var odds = logOdds(probability[vertex], edge: 1e-6)
            for click in clicks.indices { odds += weights.values[click] * affinity[click][vertex] }
            return 1 / (1 + exp(-odds))
        }
    }

    /// How much each vertex belongs together with one: #V, from 0 to 1.
    private func affinities(to vertex: Int) -> [Float] {
        // The context has probabilities from -1 to 1, so that differences are twice those that are meant.
        let scale = 1 / (8 * Self.partSpread * Self.partSpread * Float(parts))
        return context.values.withUnsafeBufferPointer { values in
            let own = vertex * context.columns
            return (0..<context.rows).map { row in
                let other = row * context.columns
                var squared: Float = 0
                for part in 0..<parts {
                    let difference = values[other + part] - values[own + part]
                    squared += difference * difference
                }
                return exp(-scale * squared)
            }
        }
    }
}
