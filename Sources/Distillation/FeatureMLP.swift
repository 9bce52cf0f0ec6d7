import BSBBasics
import BSBLinearAlgebra
import Foundation

/// A coordinate network: from a position to a feature vector, through random Fourier features (the paper, section on vertex features).
///
/// gamma(x) = [x, sin(2 pi x B), cos(2 pi x B)]; then `depth + 1` times Linear, ReLU, LayerNorm (in this order); then Linear and the
/// output's activation. The random matrix B is part of the model and is stored with it.
package struct FeatureMLP: Sendable, Hashable {
    /// What the last layer ends with.
    package enum OutputActivation: String, Sendable, Codable, CaseIterable {
        /// Components within -1 ... 1, as published; features beyond are cut off.
        case tanh
        /// Any number, as the features of vision models are.
        case linear
    }

    /// The sizes of a network and the spread of its frequencies.
    package struct Shape: Hashable, Sendable, Codable {
        /// The length of the features; also published: 256 or 1024.
        package var outputs: Int
        /// The length of each hidden layer, and the number of frequencies; published: 256 for 256 outputs, 1024 for 1024.
        package var width: Int
        /// The number of hidden layers after the first; published: 4.
        package var depth: Int
        /// The standard deviation of the entries of B; published: 5, for positions in the unit sphere.
        package var sigma: Float
        /// What the last layer ends with; published: tanh.
        package var activation: OutputActivation

        /// The published shape for features of the given length, unless told otherwise.
        package init(outputs: Int, width: Int = 256, depth: Int = 4, sigma: Float = 5, activation: OutputActivation = .tanh) {
            self.outputs = outputs
            self.width = width
            self.depth = depth
            self.sigma = sigma
            self.activation = activation
        }

        /// Whether the network can be made, in memory that a machine may have.
        var isSensible: Bool { (1...8192).contains(outputs) && (1...8192).contains(width) && (0...64).contains(depth) && sigma.isFinite }

        /// The length of gamma(x).
        var inputs: Int { 3 + 2 * width }

        /// The rows and columns of each of the network's parameters: for each hidden layer its weights (out x in), biases, and the
        /// normalisation's gains and shifts; then the last layer's weights and biases.
        var parameterSizes: [(rows: Int, columns: Int)] {
            let hidden = (0...depth).flatMap { layer in
                [(width, layer == 0 ? inputs : width), (1, width), (1, width), (1, width)]
            }
            return hidden + [(outputs, width), (1, outputs)]
        }
    }

    /// The network's sizes.
    package let shape: Shape
    /// B: 3 x width.
    package let frequencies: Matrix
    /// Weights and biases: see `Shape.parameterSizes`.
    package internal(set) var parameters: [Matrix]

    /// The number of trained parameters.
    package var parameterCount: Int { parameters.reduce(0) { $0 + $1.values.count } }

    /// A network with random parameters: weights and biases uniform within 1 / sqrt(inputs), gains 1 and shifts 0.
    ///
    /// - Throws: `Failure` if a size is not positive.
    package init(_ shape: Shape, seed: UInt64) throws {
        guard shape.isSensible else {
            throw Failure(.usage, "making a coordinate network", reason: "its sizes must be positive, at most 8192, and at most 64 layers")
        }
        var generator = SeededGenerator(seed: seed)
        self.shape = shape
        frequencies = Matrix(rows: 3, columns: shape.width, values: (0..<(3 * shape.width)).map { _ in shape.sigma * generator.gaussian() })
        parameters = shape.parameterSizes.enumerated().map { index, size in
            let isLast = index >= 4 * (shape.depth + 1)
            let role = isLast ? index - 4 * (shape.depth + 1) : index % 4
            if role >= 2 { return Matrix(rows: 1, columns: size.columns, fill: role == 2 ? 1 : 0) }
            let fanIn = index < 4 ? shape.inputs : shape.width
            let bound = 1 / Float(fanIn).squareRoot()
            let values = (0..<(size.rows * size.columns)).map { _ in generator.uniform(-bound, bound) }
            return Matrix(rows: size.rows, columns: size.columns, values: values)
        }
    }

    /// A network of the given parameters.
    ///
    /// - Throws: `Failure` if they do not have the sizes that the shape asks for.
    init(shape: Shape, frequencies: Matrix, parameters: [Matrix]) throws {
        let sizes = parameters.map { [$0.rows, $0.columns] }
        guard frequencies.rows == 3, frequencies.columns == shape.width, sizes == shape.parameterSizes.map({ [$0.rows, $0.columns] }) else {
            throw Failure(.badInput, "making a coordinate network", reason: "its parameters do not have the sizes of its shape")
        }
        self.shape = shape
        self.frequencies = frequencies
        self.parameters = parameters
    }

    /// The features at positions: #positions x outputs.
    ///
    /// Complexity: O(#positions x parameters).
    /// - Parameter parallelism: the threads that share the work; the result is the same for any number.
    /// - Parameter positions: in the units of the training, which are those of the normalised mesh.
    package func features(at positions: [SIMD3<Float>], parallelism: Parallelism = Parallelism()) -> Matrix {
        var all: [Float] = []
        all.reserveCapacity(positions.count * shape.outputs)
        // Blocks bound the memory of hidden layers.
        for start in stride(from: 0, to: positions.count, by: 4096) {
            let block = Array(positions[start..<min(positions.count, start + 4096)])
            all += forward(block, parallelism: parallelism).output.values
        }
        return Matrix(rows: positions.count, columns: shape.outputs, values: all)
    }

    /// gamma of each position: #positions x inputs.
    func encode(_ positions: [SIMD3<Float>], parallelism: Parallelism) -> Matrix {
        var result = Matrix(rows: positions.count, columns: shape.inputs)
        let width = shape.width
        result.forEachRowBlock(of: 64, parallelism: parallelism) { range, output in
            for row in range {
                let position = positions[row]
                let start = (row - range.lowerBound) * (3 + 2 * width)
                for axis in 0..<3 { output[start + axis] = position[axis] }
                for k in 0..<width {
                    let turns = position.x * frequencies[0, k] + position.y * frequencies[1, k] + position.z * frequencies[2, k]
                    // Whole turns are taken off first: the sine of a small angle is exact and quick.
                    let angle = 2 * Float.pi * (turns - turns.rounded())
                    output[start + 3 + k] = sin(angle)
                    output[start + 3 + width + k] = cos(angle)
                }
            }
        }
        return result
    }
}
