import BSBDistillation
import BSBLinearAlgebra
import Foundation

extension ClickDecoder {
    /// What the network computed, kept for the way back.
    struct Trace: Sendable {
        var attention: AttentionTrace
        var blocks: [DenseBlock.Trace]
        /// The last layer's input.
        var lastInput: Matrix
        /// n: the probability of each row to be inside.
        var insideProbabilities: [Float]
    }

    /// The way through the network.
    func forward(_ input: DecoderInput) -> Trace {
        let (answers, attention) = attend(input)
        var current = Matrix.joiningColumns(input.features, answers)
        var blocks: [DenseBlock.Trace] = []
        for layer in shape.hidden.indices {
            let place = Place.hidden(layer)
            let (output, block) = DenseBlock.forward(current, parameters[place..<(place + 4)], parallelism: Self.serial)
            blocks.append(block)
            current = output
        }
        let logits = LinearLayer.forward(
            current.factor, weights: parameters[outputPlace], biases: parameters[outputPlace + 1], parallelism: Self.serial)
        // Softmax over two logits is the logistic function of their difference.
        let probabilities = (0..<logits.rows).map { 1 / (1 + exp(logits.values[2 * $0] - logits.values[2 * $0 + 1])) }
        return Trace(attention: attention, blocks: blocks, lastInput: current, insideProbabilities: probabilities)
    }

    /// The gradient of a loss with respect to all parameters, from that with respect to the difference of the two logits: n.
    func backward(_ input: DecoderInput, _ trace: Trace, logitGradient: [Float]) -> [Matrix] {
        var gradients = parameters.map { Matrix(rows: $0.rows, columns: $0.columns) }
        let outer = Matrix(rows: logitGradient.count, columns: 2, values: logitGradient.flatMap { [-$0, $0] })
        let last = LinearLayer.gradients(input: trace.lastInput.factor, outputGradient: outer, parallelism: Self.serial)
        (gradients[outputPlace], gradients[outputPlace + 1]) = (last.weights, last.biases)
        var delta = Matrix.product(outer.factor, parameters[outputPlace].factor)
        for layer in shape.hidden.indices.reversed() {
            let range = Place.hidden(layer)..<(Place.hidden(layer) + 4)
            let back = DenseBlock.backward(trace.blocks[layer], outputGradient: delta, parameters[range], parallelism: Self.serial)
            gradients.replaceSubrange(range, with: back.parameters)
            delta = back.input
        }
        attendBackward(
            input, trace.attention, answerGradient: delta.columns(shape.features..<(shape.features + shape.attention)), into: &gradients)
        return gradients
    }
}

extension Matrix {
    /// Two matrices of as many rows, side by side.
    package static func joiningColumns(_ left: Matrix, _ right: Matrix) -> Matrix {
        let columns = left.columns + right.columns
        var result = Matrix(rows: left.rows, columns: columns)
        let (a, b) = (left.columns, right.columns)
        result.values.withUnsafeMutableBufferPointer { values in
            left.values.withUnsafeBufferPointer { left in
                right.values.withUnsafeBufferPointer { right in
                    for i in 0..<(left.count / max(a, 1)) {
                        for j in 0..<a { values[i * columns + j] = left[i * a + j] }
                        for j in 0..<b { values[i * columns + a + j] = right[i * b + j] }
                    }
                }
            }
        }
        return result
    }

    /// Some columns of all rows.
    fileprivate func columns(_ range: Range<Int>) -> Matrix {
        var result = Matrix(rows: rows, columns: range.count)
        let (columns, rows) = (columns, rows)
        result.values.withUnsafeMutableBufferPointer { result in
            values.withUnsafeBufferPointer { values in
                for i in 0..<rows {
                    for j in 0..<range.count { result[i * range.count + j] = values[i * columns + range.lowerBound + j] }
                }
            }
        }
        return result
    }
}
