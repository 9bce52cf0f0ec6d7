import BSBBasics
import BSBLinearAlgebra

/// One hidden layer of the published networks: Linear, ReLU, LayerNorm, in this order.
///
/// Its four parameters are the weights (out x in), biases, and the normalisation's gains and shifts (1 x out each).
package enum DenseBlock {
    /// What the layer computed, kept for the way back.
    package struct Trace: Sendable {
        /// n x in.
        var input: Matrix
        /// After ReLU, before normalisation, n x out.
        var activated: Matrix
        /// Normalised, before gain and shift, n x out.
        var normalized: Matrix
        /// One over the standard deviation of each row.
        var inverseDeviations: [Float]
    }

    /// The variance that normalisation adds, so that constant rows do not divide by zero.
    static let normalizationEpsilon: Float = 1e-5

    /// Random parameters of a layer: weights and biases uniform within 1 / sqrt(inputs), gains 1 and shifts 0.
    package static func parameters(inputs: Int, outputs: Int, generator: inout SeededGenerator) -> [Matrix] {
        LinearLayer.parameters(inputs: inputs, outputs: outputs, generator: &generator)
            + [Matrix(rows: 1, columns: outputs, fill: 1), Matrix(rows: 1, columns: outputs)]
    }

    /// n x in to n x out, and what the way back needs.
    package static func forward(
        _ input: Matrix, _ parameters: ArraySlice<Matrix>, parallelism: Parallelism
    ) -> (output: Matrix, trace: Trace) {
        let p = Array(parameters)
        var activated = Matrix.product(input.factor, p[0].transposed, parallelism: parallelism)
        activated.addToRows(p[1]) { max($0, 0) }
        let (normalized, inverse) = activated.layerNormalized(epsilon: normalizationEpsilon)
        var output = normalized
        output.scaleAndShiftRows(gains: p[2], shifts: p[3])
        return (output, Trace(input: input, activated: activated, normalized: normalized, inverseDeviations: inverse))
    }

    /// The gradients with respect to the four parameters and, if needed, to the input (n x in, else empty), from that with respect to the output.
    package static func backward(
        _ trace: Trace, outputGradient: Matrix, _ parameters: ArraySlice<Matrix>, needsInputGradient: Bool = true, parallelism: Parallelism
    ) -> (parameters: [Matrix], input: Matrix) {
        let p = Array(parameters)
        var delta = outputGradient
        let shifts = delta.columnSums()
        var scaled = delta
        scaled.multiply(by: trace.normalized) { $0 }
        let gains = scaled.columnSums()
        delta.scaleAndShiftRows(gains: p[2], shifts: nil)
        delta.propagateLayerNorm(normalized: trace.normalized, inverseDeviations: trace.inverseDeviations)
        delta.multiply(by: trace.activated) { $0 > 0 ? 1 : 0 }
        let weights = Matrix.product(delta.transposed, trace.input.factor, parallelism: parallelism)
        let gradients = [weights, delta.columnSums(), gains, shifts]
        guard needsInputGradient else { return (gradients, Matrix(rows: 0, columns: 0)) }
        return (gradients, Matrix.product(delta.factor, p[0].factor, parallelism: parallelism))
    }
}
