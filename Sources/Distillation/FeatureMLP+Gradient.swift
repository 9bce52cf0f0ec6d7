import Basics
import Foundation
import LinearAlgebra

extension FeatureMLP {
    /// What the layers computed, kept for the way back.
    struct Trace: Sendable {
        /// For each hidden layer: its input, n x in.
        var inputs: [Matrix] = []
        /// For each hidden layer: after ReLU, before normalisation, n x width.
        var activated: [Matrix] = []
        /// For each hidden layer: normalised, before gain and shift, n x width.
        var normalized: [Matrix] = []
        /// For each hidden layer: one over the standard deviation of each row.
        var inverseDeviations: [[Float]] = []
        /// The last layer's input, n x width.
        var lastInput = Matrix(rows: 0, columns: 0)
        /// The network's output, n x outputs.
        var output = Matrix(rows: 0, columns: 0)
    }

    /// The variance that normalisation adds, so that constant rows do not divide by zero.
    static let normalizationEpsilon: Float = 1e-5

    /// The way through the network.
    func forward(_ positions: [SIMD3<Float>], parallelism: Parallelism) -> Trace {
        var trace = Trace()
        var current = encode(positions, parallelism: parallelism)
        for layer in 0...shape.depth {
            trace.inputs.append(current)
            var activated = Matrix.product(current.factor, parameters[4 * layer].transposed, parallelism: parallelism)
            activated.addToRows(parameters[4 * layer + 1]) { max($0, 0) }
            let (normalized, inverse) = activated.layerNormalized(epsilon: Self.normalizationEpsilon)
            current = normalized
            current.scaleAndShiftRows(gains: parameters[4 * layer + 2], shifts: parameters[4 * layer + 3])
            trace.activated.append(activated)
            trace.normalized.append(normalized)
            trace.inverseDeviations.append(inverse)
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
        var gradients = parameters.map { Matrix(rows: $0.rows, columns: $0.columns) }
        var delta = outputGradient
        if shape.activation == .tanh { delta.multiply(by: trace.output) { 1 - $0 * $0 } }
        let last = 4 * (shape.depth + 1)
        gradients[last].set(toProductOf: delta.transposed, trace.lastInput.factor, parallelism: parallelism)
        gradients[last + 1] = delta.columnSums()
        delta = Matrix.product(delta.factor, parameters[last].factor, parallelism: parallelism)
        for layer in (0...shape.depth).reversed() {
            gradients[4 * layer + 3] = delta.columnSums()
            var scaled = delta
            scaled.multiply(by: trace.normalized[layer]) { $0 }
            gradients[4 * layer + 2] = scaled.columnSums()
            delta.scaleAndShiftRows(gains: parameters[4 * layer + 2], shifts: nil)
            delta.propagateLayerNorm(normalized: trace.normalized[layer], inverseDeviations: trace.inverseDeviations[layer])
            delta.multiply(by: trace.activated[layer]) { $0 > 0 ? 1 : 0 }
            gradients[4 * layer].set(toProductOf: delta.transposed, trace.inputs[layer].factor, parallelism: parallelism)
            gradients[4 * layer + 1] = delta.columnSums()
            guard layer > 0 else { break }
            delta = Matrix.product(delta.factor, parameters[4 * layer].factor, parallelism: parallelism)
        }
        return gradients
    }
}

extension Matrix {
    /// Adds a row to each row, then applies a function.
    fileprivate mutating func addToRows(_ row: Matrix, then function: (Float) -> Float) {
        let (rows, columns) = (rows, columns)
        values.withUnsafeMutableBufferPointer { values in
            row.values.withUnsafeBufferPointer { row in
                for i in 0..<rows {
                    for j in 0..<columns { values[i * columns + j] = function(values[i * columns + j] + row[j]) }
                }
            }
        }
    }

    /// Multiplies each column with its gain and adds its shift.
    fileprivate mutating func scaleAndShiftRows(gains: Matrix, shifts: Matrix?) {
        let (rows, columns) = (rows, columns)
        let shifts = shifts?.values ?? [Float](repeating: 0, count: columns)
        values.withUnsafeMutableBufferPointer { values in
            gains.values.withUnsafeBufferPointer { gains in
                shifts.withUnsafeBufferPointer { shifts in
                    for i in 0..<rows {
                        for j in 0..<columns { values[i * columns + j] = values[i * columns + j] * gains[j] + shifts[j] }
                    }
                }
            }
        }
    }

    /// Multiplies each entry with a function of another matrix's.
    fileprivate mutating func multiply(by other: Matrix, _ function: (Float) -> Float) {
        let count = values.count
        values.withUnsafeMutableBufferPointer { values in
            other.values.withUnsafeBufferPointer { other in
                for i in 0..<count { values[i] *= function(other[i]) }
            }
        }
    }

    /// The sum of the rows: 1 x columns.
    fileprivate func columnSums() -> Matrix {
        var result = Matrix(rows: 1, columns: columns)
        result.values.withUnsafeMutableBufferPointer { sums in
            values.withUnsafeBufferPointer { values in
                for i in 0..<rows { Vectors.add(1, UnsafeBufferPointer(rebasing: values[(i * columns)..<((i + 1) * columns)]), to: sums) }
            }
        }
        return result
    }

    /// Each row with mean 0 and variance 1, and one over the standard deviations that it was divided by.
    fileprivate func layerNormalized(epsilon: Float) -> (normalized: Matrix, inverseDeviations: [Float]) {
        var result = self
        var inverse = [Float](repeating: 0, count: rows)
        let (rows, columns) = (rows, columns)
        result.values.withUnsafeMutableBufferPointer { values in
            for i in 0..<rows {
                let row = UnsafeMutableBufferPointer(rebasing: values[(i * columns)..<((i + 1) * columns)])
                let mean = row.laneSum { $0 } / Float(columns)
                let variance = row.laneSum { ($0 - mean) * ($0 - mean) } / Float(columns)
                inverse[i] = 1 / (variance + epsilon).squareRoot()
                for j in 0..<columns { row[j] = (row[j] - mean) * inverse[i] }
            }
        }
        return (result, inverse)
    }

    /// From the gradient with respect to normalised rows to that with respect to the rows before.
    fileprivate mutating func propagateLayerNorm(normalized: Matrix, inverseDeviations: [Float]) {
        let (rows, columns) = (rows, columns)
        values.withUnsafeMutableBufferPointer { values in
            normalized.values.withUnsafeBufferPointer { normalized in
                for i in 0..<rows {
                    let range = (i * columns)..<((i + 1) * columns)
                    let delta = UnsafeMutableBufferPointer(rebasing: values[range])
                    let x = UnsafeBufferPointer(rebasing: normalized[range])
                    let mean = delta.laneSum { $0 } / Float(columns)
                    let projection = Vectors.dot(UnsafeBufferPointer(delta), x) / Float(columns)
                    for j in 0..<columns { delta[j] = inverseDeviations[i] * (delta[j] - mean - x[j] * projection) }
                }
            }
        }
    }
}

extension UnsafeMutableBufferPointer<Float> {
    /// The sum of a function of the elements, in eight partial sums.
    @inline(__always)
    fileprivate func laneSum(_ function: (Float) -> Float) -> Float {
        var lanes = SIMD8<Float>.zero
        var i = 0
        while i + 8 <= count {
            for lane in 0..<8 { lanes[lane] += function(self[i + lane]) }
            i += 8
        }
        var sum = lanes.sum()
        while i < count {
            sum += function(self[i])
            i += 1
        }
        return sum
    }
}
