import BSBLinearAlgebra
import Foundation

/// How a decoder's probabilities compare with those learned at some points.
struct DecoderLoss: Sendable {
    /// The sum of the binary cross-entropies of the points.
    var sum = 0.0
    /// Points that both, or either, of what is learned and the decoder (cut at one half) have inside; for each prompt.
    var overlaps: [(both: Int, either: Int)] = []
}

extension ClickDecoder {
    /// The loss of a shard, and its gradient with respect to the parameters, each point counting `1 / pointCount`.
    ///
    /// The loss is the binary cross-entropy of the probability at a point against what it should be; of a view, only covered pixels are
    /// points.
    func lossAndGradients(_ shard: DecoderShard, pointCount: Int) -> (loss: Double, gradients: [Matrix]) {
        let trace = forward(shard.input)
        var gradient = [Float](repeating: 0, count: shard.input.features.rows)
        var sum = 0.0
        for point in shard.points {
            let p = point.probability(trace.insideProbabilities)
            sum += Self.crossEntropy(p, point.target)
            let slope = (p - point.target) / (p * (1 - p) * Float(pointCount))
            for corner in 0..<3 where point.weights[corner] != 0 {
                let own = trace.insideProbabilities[Int(point.rows[corner])]
                gradient[Int(point.rows[corner])] += point.weights[corner] * slope * own * (1 - own)
            }
        }
        return (sum, backward(shard.input, trace, logitGradient: gradient))
    }

    /// The loss of a shard whose groups have `pointsPerGroup` points each, in order.
    func loss(_ shard: DecoderShard, pointsPerGroup: [Int]) -> DecoderLoss {
        let probabilities = forward(shard.input).insideProbabilities
        var result = DecoderLoss()
        var start = 0
        for count in pointsPerGroup {
            var (both, either) = (0, 0)
            for point in shard.points[start..<(start + count)] {
                let p = point.probability(probabilities)
                result.sum += Self.crossEntropy(p, point.target)
                let (a, b) = (p >= 0.5, point.target >= 0.5)
                both += a && b ? 1 : 0
                either += a || b ? 1 : 0
            }
            result.overlaps.append((both, either))
            start += count
        }
        return result
    }

    private static func crossEntropy(_ p: Float, _ target: Float) -> Double {
        -Double(target * log(p) + (1 - target) * log(1 - p))
    }
}

extension ComparedPoint {
    /// The rendered probability, kept off 0 and 1.
    func probability(_ rows: [Float]) -> Float {
        let p = weights.x * rows[Int(self.rows.x)] + weights.y * rows[Int(self.rows.y)] + weights.z * rows[Int(self.rows.z)]
        return min(max(p, 1e-6), 1 - 1e-6)
    }
}
