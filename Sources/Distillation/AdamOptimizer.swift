import BSBLinearAlgebra

/// Gradient descent with steps scaled by running moments of the gradient (Kingma and Ba 2015).
package struct AdamOptimizer: Sendable {
    /// The size of a step; it may be changed between steps.
    package var learningRate: Float
    private let decay: (first: Float, second: Float) = (0.9, 0.999)
    private let epsilon: Float = 1e-8
    /// The running means of the gradient, as the parameters are shaped.
    package private(set) var first: [Matrix]
    /// The running means of the squared gradient.
    package private(set) var second: [Matrix]
    /// The steps taken.
    package private(set) var steps = 0
    /// The decays to the power of the number of steps.
    private var powers: (first: Float, second: Float) = (1, 1)

    /// An optimiser of parameters of these sizes.
    package init(_ parameters: [Matrix], learningRate: Float) {
        self.learningRate = learningRate
        first = parameters.map { Matrix(rows: $0.rows, columns: $0.columns) }
        second = first
    }

    /// An optimiser that goes on where another was after `steps` steps, to the last bit.
    package init(first: [Matrix], second: [Matrix], steps: Int, learningRate: Float) {
        self.learningRate = learningRate
        (self.first, self.second, self.steps) = (first, second, steps)
        for _ in 0..<steps { powers = (powers.first * decay.first, powers.second * decay.second) }
    }

    /// Takes one step down.
    package mutating func step(_ parameters: inout [Matrix], gradients: [Matrix]) {
        steps += 1
        powers = (powers.first * decay.first, powers.second * decay.second)
        let rate = learningRate / (1 - powers.first)
        let scale = 1 / (1 - powers.second)
        for index in parameters.indices {
            let count = parameters[index].values.count
            let decay = decay
            let epsilon = epsilon
            parameters[index].values.withUnsafeMutableBufferPointer { p in
                first[index].values.withUnsafeMutableBufferPointer { m in
                    second[index].values.withUnsafeMutableBufferPointer { v in
                        gradients[index].values.withUnsafeBufferPointer { g in
                            for i in 0..<count {
                                m[i] = decay.first * m[i] + (1 - decay.first) * g[i]
                                v[i] = decay.second * v[i] + (1 - decay.second) * g[i] * g[i]
                                p[i] -= rate * m[i] / ((v[i] * scale).squareRoot() + epsilon)
                            }
                        }
                    }
                }
            }
        }
    }
}
