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
        popularity(Matrix.product(queries.factor, candidates.transposed))
    }

    /// The same of cosines at hand, m queries x n candidates.
    package static func popularity(_ cosines: Matrix) -> [Float] {
        guard cosines.rows > 0 else { return [Float](repeating: 0, count: cosines.columns) }
        var largest = Array(cosines.row(0))
        for query in 1..<cosines.rows {
            for (candidate, cosine) in cosines.row(query).enumerated() { largest[candidate] = max(largest[candidate], cosine) }
        }
        var sums = [Float](repeating: 0, count: cosines.columns)
        for query in 0..<cosines.rows {
            for (candidate, cosine) in cosines.row(query).enumerated() {
                sums[candidate] += exp((cosine - largest[candidate]) / temperature)
            }
        }
        return zip(largest, sums).map { $0 + temperature * log($1 / Float(cosines.rows)) }
    }
}
