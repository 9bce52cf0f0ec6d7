import Basics
import Foundation
import LinearAlgebra

/// How a decoder's probabilities compare with the masks at some pixels.
struct DecoderLoss: Sendable {
    /// The sum of the binary cross-entropies of the pixels.
    var sum = 0.0
    /// Pixels that both, or either, of the mask and the decoder (cut at one half) have inside; for each prompt.
    var overlaps: [(both: Int, either: Int)] = []
}

extension ClickDecoder {
    /// The loss of a shard, and its gradient with respect to the parameters, each pixel counting `1 / pixelCount`.
    ///
    /// The loss is the binary cross-entropy of the rendered probability against the mask, over covered pixels only.
    func lossAndGradients(_ shard: DecoderShard, pixelCount: Int) -> (loss: Double, gradients: [Matrix]) {
        let trace = forward(shard.input)
        var gradient = [Float](repeating: 0, count: shard.input.features.rows)
        var sum = 0.0
        for pixel in shard.pixels {
            let p = pixel.probability(trace.insideProbabilities)
            sum += Self.crossEntropy(p, pixel.target)
            let slope = (p - pixel.target) / (p * (1 - p) * Float(pixelCount))
            for corner in 0..<3 where pixel.weights[corner] != 0 {
                let own = trace.insideProbabilities[Int(pixel.rows[corner])]
                gradient[Int(pixel.rows[corner])] += pixel.weights[corner] * slope * own * (1 - own)
            }
        }
        return (sum, backward(shard.input, trace, logitGradient: gradient))
    }

    /// The loss of a shard whose groups have `pixelsPerGroup` pixels each, in order.
    func loss(_ shard: DecoderShard, pixelsPerGroup: [Int]) -> DecoderLoss {
        let probabilities = forward(shard.input).insideProbabilities
        var result = DecoderLoss()
        var start = 0
        for count in pixelsPerGroup {
            var (both, either) = (0, 0)
            for pixel in shard.pixels[start..<(start + count)] {
                let p = pixel.probability(probabilities)
                result.sum += Self.crossEntropy(p, pixel.target)
                let (a, b) = (p >= 0.5, pixel.target >= 0.5)
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

extension ComparedPixel {
    /// The rendered probability, kept off 0 and 1.
    func probability(_ rows: [Float]) -> Float {
        let p = weights.x * rows[Int(self.rows.x)] + weights.y * rows[Int(self.rows.y)] + weights.z * rows[Int(self.rows.z)]
        return min(max(p, 1e-6), 1 - 1e-6)
    }
}
