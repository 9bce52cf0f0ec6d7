import BSBBasics
import BSBLinearAlgebra
import Foundation

extension FeatureMLP {
    /// What the layers computed, kept for the way back.
    struct Trace: Sendable {
        /// For each hidden layer.
        var blocks: [DenseBlock.Trace] = []
        /// The last layer's input, n x width.
        var lastInput = Matrix(rows: 0, columns: 0)
        /// The network's output, n x outputs.
        var output = Matrix(rows: 0, columns: 0)
    }

    /// The way through the network.
    func forward(_ positions: [SIMD3<Float>], parallelism: Parallelism) -> Trace {
        var trace = Trace()
        var current = encode(positions, parallelism: parallelism)
        for layer in 0...shape.depth {
            let (output, block) = DenseBlock.forward(current, parameters[(4 * layer)..<(4 * layer + 4)], parallelism: parallelism)
            trace.blocks.append(block)
            current = output
        }
        let last = 4 * (shape.depth + 1)
        trace.lastInput = current
        trace.output = Matrix.product(current.factor, parameters[last].transposed, parallelism: parallelism)
        switch shape.activation {
        case .linear: trace.output.addToRows(parameters[last + 1]) { $0 }
        case .tanh: trace.output.addToRows(parameters[last + 1]) { tanh($0) }
        }
        return trace
    }

    /// The gradient of a loss with respect to all parameters, from that with respect to the output (n x outputs).
    func backward(_ trace: Trace, outputGradient: Matrix, parallelism: Parallelism) -> [Matrix] {
        var gradients = parameters
        var delta = outputGradient
        if shape.activation == .tanh { delta.multiply(by: trace.output) { 1 - $0 * $0 } }
        let last = 4 * (shape.depth + 1)
        gradients[last].set(toProductOf: delta.transposed, trace.lastInput.factor, parallelism: parallelism)
        gradients[last + 1] = delta.columnSums()
        delta = Matrix.product(delta.factor, parameters[last].factor, parallelism: parallelism)
        for layer in (0...shape.depth).reversed() {
            let range = (4 * layer)..<(4 * layer + 4)
            let back = DenseBlock.backward(
                trace.blocks[layer], outputGradient: delta, parameters[range], needsInputGradient: layer > 0, parallelism: parallelism)
            gradients.replaceSubrange(range, with: back.parameters)
            delta = back.input
        }
        return gradients
    }
}
