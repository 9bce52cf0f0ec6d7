import Foundation
import BSBLinearAlgebra

@testable import BSBDistillation

/// The network and its loss by their definitions, one position at a time in double precision.
struct NaiveNetwork {
    let shape: FeatureMLP.Shape
    let frequencies: Matrix
    var parameters: [[Double]]

    init(_ network: FeatureMLP) {
        shape = network.shape
        frequencies = network.frequencies
        parameters = network.parameters.map { $0.values.map(Double.init) }
    }

    func output(at position: SIMD3<Float>) -> [Double] {
        let p = SIMD3<Double>(position)
        let angles = (0..<shape.width).map { k in
            2 * Double.pi * (p.x * Double(frequencies[0, k]) + p.y * Double(frequencies[1, k]) + p.z * Double(frequencies[2, k]))
        }
        var x = [p.x, p.y, p.z] + angles.map { sin($0) } + angles.map { cos($0) }
        for layer in 0...shape.depth {
            var h = linear(x, weights: parameters[4 * layer], biases: parameters[4 * layer + 1]).map { max($0, 0) }
            let mean = h.reduce(0, +) / Double(h.count)
            let variance = h.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(h.count)
            h = h.map { ($0 - mean) / (variance + 1e-5).squareRoot() }
            x = h.indices.map { h[$0] * parameters[4 * layer + 2][$0] + parameters[4 * layer + 3][$0] }
        }
        let last = 4 * (shape.depth + 1)
        let y = linear(x, weights: parameters[last], biases: parameters[last + 1])
        return shape.activation == .tanh ? y.map { tanh($0) } : y
    }

    private func linear(_ x: [Double], weights: [Double], biases: [Double]) -> [Double] {
        biases.indices.map { i in x.indices.reduce(biases[i]) { $0 + weights[i * x.count + $1] * x[$1] } }
    }

    /// The sum of the outputs' products with fixed numbers: its gradient with respect to the output is those numbers.
    func loss(at positions: [SIMD3<Float>], outputGradient: Matrix) -> Double {
        positions.indices.reduce(0.0) { sum, row in
            zip(output(at: positions[row]), outputGradient.row(row)).reduce(sum) { $0 + $1.0 * Double($1.1) }
        }
    }
}
