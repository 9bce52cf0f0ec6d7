import BSBBasics
import BSBLinearAlgebra

/// A linear map with a bias: y = W x + b for each row x, with W out x in and b 1 x out.
package enum LinearLayer {
    /// Random weights (out x in) and biases (1 x out), uniform within 1 / sqrt(inputs).
    package static func parameters(inputs: Int, outputs: Int, generator: inout SeededGenerator) -> [Matrix] {
        let bound = 1 / Float(inputs).squareRoot()
        return [(outputs, inputs), (1, outputs)].map { rows, columns in
            Matrix(rows: rows, columns: columns, values: (0..<(rows * columns)).map { _ in generator.uniform(-bound, bound) })
        }
    }

    /// n x in to n x out.
    package static func forward(_ input: MatrixFactor, weights: Matrix, biases: Matrix, parallelism: Parallelism) -> Matrix {
        var output = Matrix.product(input, weights.transposed, parallelism: parallelism)
        output.addToRows(biases) { $0 }
        return output
    }

    /// The gradients with respect to W and b, from the input (n x in) and the gradient with respect to the output (n x out).
    package static func gradients(
        input: MatrixFactor, outputGradient: Matrix, parallelism: Parallelism
    ) -> (weights: Matrix, biases: Matrix) {
        (Matrix.product(outputGradient.transposed, input, parallelism: parallelism), outputGradient.columnSums())
    }
}
