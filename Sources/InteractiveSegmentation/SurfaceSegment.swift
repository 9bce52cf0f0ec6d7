import BSBShapes
import Foundation

/// A click on the surface of a mesh.
package struct SurfaceClick: Sendable, Hashable, Codable {
    /// Index of the clicked vertex.
    package var vertex: Int
    /// Whether the click is on what is wanted, or on what is not.
    package var isForeground: Bool

    /// A click on vertex `vertex`.
    package init(_ vertex: Int, isForeground: Bool = true) {
        self.vertex = vertex
        self.isForeground = isForeground
    }
}

/// Where a probability becomes a yes.
public enum Threshold: String, Sendable, Hashable, Codable, CaseIterable {
    /// At one half.
    case half
    /// Where it separates the two groups of values best (Otsu 1979).
    case otsu

    /// The value from which these probabilities are a yes.
    func value(for probability: [Float]) -> Float {
        switch self {
        case .half: 0.5
        case .otsu: otsuThreshold(probability)
        }
    }
}

/// A part of a mesh: a probability for each vertex, and the cut that makes it a set.
public struct SurfaceSegment: Sendable, Hashable {
    /// #V: the probability of each vertex to be in the part.
    public var probability: [Float]
    /// The probability from which a vertex is in the part.
    public var threshold: Float

    /// The part with the given probabilities.
    ///
    /// Complexity: O(#V).
    package init(probability: [Float], threshold: Threshold = .half) {
        self.probability = probability
        self.threshold = threshold.value(for: probability)
    }

    /// #V: whether each vertex is in the part.
    public var vertexLabels: [Bool] { probability.map { $0 >= threshold } }

    /// #F of the file: whether each of the file's faces is in the part, by the mean probability of its corners.
    public func fileFaceLabels(_ mesh: Mesh) -> [Bool] {
        var sums = [Float](repeating: 0, count: mesh.fileFaceCount)
        var counts = [Float](repeating: 0, count: mesh.fileFaceCount)
        for (face, fileFace) in zip(mesh.faces, mesh.fileFace) {
            for corner in 0..<3 { sums[Int(fileFace)] += probability[Int(face[corner])] }
            counts[Int(fileFace)] += 3
        }
        return zip(sums, counts).map { $1 > 0 && $0 / $1 >= threshold }
    }
}

/// The logarithm of the odds of a probability that is kept away from 0 and 1 by `edge`.
func logOdds(_ probability: Float, edge: Float) -> Float {
    let kept = min(max(probability, edge), 1 - edge)
    return log(kept / (1 - kept))
}

/// The value in 0...1 that maximises the variance between the values below and the values from it on (Otsu 1979), in 256 steps; one
/// half where all values are in one step.
func otsuThreshold(_ values: [Float]) -> Float {
    var histogram = [Double](repeating: 0, count: 256)
    for value in values where value.isFinite { histogram[Int(min(max(value, 0), 1) * 255)] += 1 }
    let total = histogram.reduce(0, +)
    let mean = histogram.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element } / max(total, 1)
    var best = (variance: 0.0, cut: 127.5)
    var (below, belowSum) = (0.0, 0.0)
    for step in 0..<255 {
        below += histogram[step]
        belowSum += Double(step) * histogram[step]
        guard below > 0, below < total else { continue }
        let difference = mean * below - belowSum
        let variance = difference * difference / (below * (total - below))
        if variance > best.variance { best = (variance, Double(step + 1)) }
    }
    return Float(best.cut / 255)
}
