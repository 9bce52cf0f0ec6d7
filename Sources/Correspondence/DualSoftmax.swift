import BSBLinearAlgebra
import Foundation

/// How similar two things are *to each other*, rather than to everything: soft mutual nearest neighbours.
///
/// Some features (a smooth side, a shadow) are much like all others, and are taken for the nearest of many queries. Let P(v | p) be the
/// softmax over all v of the cosines s(p, v) / T, and P(p | v) that over all p; both directions agree where P(v | p) P(p | v) is large
/// (Rocco et al., NeurIPS 2018; Cheng et al. 2021). For one p, its logarithm is 2 s(p, v) / T less `log Σ exp(s(q, v) / T)` over all q and less a
/// constant: so v is ranked by s(p, v) less half of its **popularity**, T times that logarithm. It is a soft form of the paper's best buddies.
package enum DualSoftmax {
    /// What cosines are divided by before the softmax, T: as where attention is measured.
    package static let temperature: Float = 0.05

    /// T times the logarithm of the mean of `exp(s / T)`, of the cosines of each candidate with all queries: n values.
    ///
    /// The mean, and not the sum, so that the value is a cosine's and does not depend on how many queries there are.
    /// - Parameters:
    ///   - candidates: n x d unit rows; rows of zeros have the value 0.
    ///   - queries: m x d unit rows.
    /// - Complexity: O(n m d).
    package static func popularity(of candidates: Matrix, among queries: Matrix) -> [Float] {
        guard queries.rows > 0 else { return [Float](repeating: 0, count: candidates.rows) }
        return popularity(Matrix.product(candidates.factor, queries.transposed))
    }

    /// The same of cosines at hand, n x m.
    package static func popularity(_ cosines: Matrix) -> [Float] {
        (0..<cosines.rows).map { index in
            let row = cosines.row(index)
            let largest = row.max() ?? 0
            let sum = row.reduce(into: Float(0)) { $0 += exp(($1 - largest) / temperature) }
            return largest + temperature * log(sum / Float(row.count))
        }
    }
}
