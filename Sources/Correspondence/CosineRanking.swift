import BSBBasics
import BSBLinearAlgebra

/// Rows of a matrix with the lengths of their vectors, ready to be compared with queries by cosine.
///
/// A vector of length zero, or with an entry that is not finite, has no direction; its similarity with anything is `-infinity`, so
/// that it is never the most similar.
package struct CosineRanking: Sendable {
    /// n x d vectors.
    package let vectors: Matrix
    /// n: 1 / length of each vector, or nil for one without a direction.
    private let inverseLengths: [Float?]

    /// Measures the rows of `vectors`.
    ///
    /// Complexity: O(n d).
    package init(_ vectors: Matrix) {
        self.vectors = vectors
        inverseLengths = (0..<vectors.rows).map { inverseLength(vectors.row($0)) }
    }

    /// The cosine of every row with a query of length d, n values: the paper's equation 3.
    ///
    /// Complexity: O(n d).
    package func similarities(to query: [Float]) -> [Float] {
        precondition(query.count == vectors.columns, "a query has as many entries as a row")
        guard let queryScale = inverseLength(query[...]) else { return [Float](repeating: -.infinity, count: vectors.rows) }
        return (0..<vectors.rows).map { row in
            guard let scale = inverseLengths[row] else { return -.infinity }
            return dot(vectors.row(row), query[...]) * scale * queryScale
        }
    }

    /// The row most similar to a query, the lowest of equals, or nil if nothing can be compared.
    ///
    /// - Complexity: O(n d).
    package func mostSimilar(to query: [Float], eligible: [Bool]) -> (row: Int, similarity: Float)? {
        var best: (row: Int, similarity: Float)?
        for (row, similarity) in similarities(to: query).enumerated() where eligible[row] && similarity > best?.similarity ?? -.infinity {
            best = (row, similarity)
        }
        return best
    }

    /// The rows most similar to a query, most similar first; of two equally similar rows the lower index goes first.
    ///
    /// - Parameters:
    ///   - query: a vector of length d.
    ///   - count: how many rows to return at most.
    ///   - eligible: n flags; rows without one are left out.
    /// - Complexity: O(n d + n log count).
    package func mostSimilar(to query: [Float], count: Int, eligible: [Bool]) -> [(row: Int, similarity: Float)] {
        let similarities = similarities(to: query)
        let rows = similarities.indices.filter { eligible[$0] && similarities[$0] > -.infinity }
        let ranked = rows.sorted { (similarities[$0], $1) > (similarities[$1], $0) }
        return ranked.prefix(count).map { ($0, similarities[$0]) }
    }
}

/// The inner product of two vectors of equal length.
func dot(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
    a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { b in Vectors.dot(a, b) } }
}

private func inverseLength(_ vector: ArraySlice<Float>) -> Float? {
    let squared = dot(vector, vector)
    return squared > 0 && squared.isFinite ? 1 / squared.squareRoot() : nil
}
