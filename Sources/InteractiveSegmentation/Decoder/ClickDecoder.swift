import BSBBasics
import BSBDistillation
import BSBLinearAlgebra

/// The network from clicks on the surface to the probability of each vertex to be in the clicked part (iSeg; the paper, section on the 3D
/// segment).
///
/// Interactive attention first: queries come from the vertices' features, keys and values from the clicked vertices' features, by
/// separate linear maps for wanted and unwanted clicks; a vertex's answer is the mean of the values with weights
/// softmax(Q K' / sqrt(attention width)) over the clicks that there are. The vertex's feature and the answer then go through hidden
/// layers (Linear, ReLU, LayerNorm) to two logits, outside and inside.
package struct ClickDecoder: Sendable, Hashable {
    /// The sizes of a network.
    package struct Shape: Sendable, Hashable, Codable {
        /// The length of a feature; published: 256.
        package var features: Int
        /// The length of queries, keys and values; published: 256.
        package var attention: Int
        /// The widths of the hidden layers; published: 512 and then 14 times 256.
        package var hidden: [Int]

        /// A network of these sizes.
        package init(features: Int, attention: Int, hidden: [Int]) {
            self.features = features
            self.attention = attention
            self.hidden = hidden
        }

        /// The published sizes, for features of the given length.
        package static func reference(features: Int) -> Shape {
            Shape(features: features, attention: 256, hidden: [512] + Array(repeating: 256, count: 14))
        }

        /// A small network, for quick training and clicks; docs/iseg.md says how the two are compared.
        package static func fast(features: Int) -> Shape {
            Shape(features: features, attention: 64, hidden: [128, 128, 128])
        }

        /// Whether the network can be made, in memory that a machine may have.
        var isSensible: Bool {
            (1...8192).contains(features) && (1...8192).contains(attention) && (1...64).contains(hidden.count)
                && hidden.allSatisfy { (1...8192).contains($0) }
        }

        /// The rows and columns of each parameter: of the attention's maps for queries, wanted keys, unwanted keys, wanted values and
        /// unwanted values the weights (out x in) and biases; of each hidden layer its weights, biases, gains and shifts; of the last
        /// layer its weights and biases.
        var parameterSizes: [(rows: Int, columns: Int)] {
            var sizes = (0..<5).flatMap { _ in [(attention, features), (1, attention)] }
            var inputs = features + attention
            for width in hidden {
                sizes += [(width, inputs), (1, width), (1, width), (1, width)]
                inputs = width
            }
            return sizes + [(2, inputs), (1, 2)]
        }

        /// The names of the parameters in files, in the same order.
        var parameterNames: [String] {
            let maps = ["query", "key.positive", "key.negative", "value.positive", "value.negative"]
            let attention = maps.flatMap { ["attention.\($0).weight", "attention.\($0).bias"] }
            let layers = hidden.indices.flatMap { layer in ["weight", "bias", "gain", "shift"].map { "hidden.\(layer).\($0)" } }
            return attention + layers + ["output.weight", "output.bias"]
        }
    }

    /// The network's sizes.
    package let shape: Shape
    /// Weights and biases, in the order of `Shape.parameterSizes`.
    package internal(set) var parameters: [Matrix]

    /// The number of trained parameters.
    package var parameterCount: Int { parameters.reduce(0) { $0 + $1.values.count } }

    /// A network with random parameters.
    ///
    /// - Throws: `Failure` if a size is not positive or too large.
    package init(_ shape: Shape, seed: UInt64) throws {
        guard shape.isSensible else {
            throw Failure(.usage, "making a decoder", reason: "its sizes must be positive, at most 8192, with at most 64 layers")
        }
        var generator = SeededGenerator(seed: seed, stream: 0xDEC0)
        self.shape = shape
        parameters = (0..<5).flatMap { _ in
            LinearLayer.parameters(inputs: shape.features, outputs: shape.attention, generator: &generator)
        }
        var inputs = shape.features + shape.attention
        for width in shape.hidden {
            parameters += DenseBlock.parameters(inputs: inputs, outputs: width, generator: &generator)
            inputs = width
        }
        parameters += LinearLayer.parameters(inputs: inputs, outputs: 2, generator: &generator)
    }

    /// A network of the given parameters.
    ///
    /// - Throws: `Failure` if they are not finite or do not have the sizes that the shape asks for.
    package init(shape: Shape, parameters: [Matrix]) throws {
        guard shape.isSensible, parameters.map({ [$0.rows, $0.columns] }) == shape.parameterSizes.map({ [$0.rows, $0.columns] }),
            parameters.allSatisfy({ $0.values.allSatisfy(\.isFinite) })
        else {
            throw Failure(.badInput, "making a decoder", reason: "its parameters do not have the sizes of its shape, or are not finite")
        }
        self.shape = shape
        self.parameters = parameters
    }

    /// Where the parameters of each map and layer begin.
    enum Place {
        static let query = 0
        static func key(_ isForeground: Bool) -> Int { isForeground ? 2 : 4 }
        static func value(_ isForeground: Bool) -> Int { isForeground ? 6 : 8 }
        static func hidden(_ layer: Int) -> Int { 10 + 4 * layer }
    }

    /// Where the last layer's parameters begin.
    var outputPlace: Int { Place.hidden(shape.hidden.count) }
}

/// The features of clicked vertices.
package struct ClickFeatures: Sendable, Hashable {
    /// #clicks x features.
    package var values: Matrix
    /// #clicks: whether each is on what is wanted.
    package var isForeground: [Bool]

    /// The features of clicks.
    package init(values: Matrix, isForeground: [Bool]) {
        precondition(values.rows == isForeground.count, "one row for each click")
        self.values = values
        self.isForeground = isForeground
    }
}

/// Features of points of the surface, in groups of consecutive rows that are asked about the same clicks.
struct DecoderInput: Sendable {
    /// The rows that are asked about some of the clicks.
    struct Group: Sendable {
        var rows: Range<Int>
        var clicks: Range<Int>
    }

    /// n x features.
    var features: Matrix
    var groups: [Group]
    var clicks: ClickFeatures
}

extension ClickDecoder {
    /// The probability to be in the clicked part, of each row of features: n.
    ///
    /// - Parameters:
    ///   - features: n x features.
    ///   - clicks: at least one.
    ///   - parallelism: the threads that share the rows; the result is the same for any number.
    /// - Complexity: O(n x parameters of the hidden layers); the attention's queries and keys are only needed for several clicks.
    package func probabilities(of features: Matrix, clicks: ClickFeatures, parallelism: Parallelism = Parallelism()) -> [Float] {
        let block = 512
        let blocks = parallelism.map((features.rows + block - 1) / block) { index -> [Float] in
            let rows = (index * block)..<min(features.rows, (index + 1) * block)
            let part = Matrix(
                rows: rows.count, columns: features.columns,
                values: Array(features.values[(rows.lowerBound * features.columns)..<(rows.upperBound * features.columns)]))
            let group = DecoderInput.Group(rows: 0..<rows.count, clicks: 0..<clicks.isForeground.count)
            return forward(DecoderInput(features: part, groups: [group], clicks: clicks)).insideProbabilities
        }
        return blocks.flatMap { $0 }
    }
}
