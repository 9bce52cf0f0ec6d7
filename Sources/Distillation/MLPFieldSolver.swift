import BSBBasics
import BSBLinearAlgebra
import BSBShapes

/// The published way to a mesh's features: a coordinate network trained so that its rendering matches the views' features.
///
/// Each view is one step of Adam on the mean squared error over covered samples and components (the coverage is the renderer's, not a
/// value that stands for the background). Only the vertices that a view's samples touch are evaluated for it.
package struct MLPFieldSolver: FieldSolver, Sendable {
    /// The constants of a training.
    package struct Options: Hashable, Sendable, Codable {
        /// The network's hidden width; the published code takes 256 for 256 features and 1024 for 1024.
        package var width: Int
        /// Hidden layers after the first.
        package var depth: Int
        /// The spread of the Fourier features' frequencies, for positions in the unit sphere.
        package var sigma: Float
        /// What the network ends with.
        package var activation: FeatureMLP.OutputActivation
        /// The step size of Adam.
        package var learningRate: Float
        /// How often all views are seen, each time in the same order.
        package var epochs: Int
        /// Whether targets are scaled to length 1.
        package var normalizesTargets: Bool
        /// Determines the initial network.
        package var seed: UInt64

        /// The published constants unless told otherwise.
        package init(
            width: Int = 256, depth: Int = 4, sigma: Float = 5, activation: FeatureMLP.OutputActivation = .tanh, learningRate: Float = 1e-3,
            epochs: Int = 3, normalizesTargets: Bool = false, seed: UInt64 = 0
        ) {
            self.width = width
            self.depth = depth
            self.sigma = sigma
            self.activation = activation
            self.learningRate = learningRate
            self.epochs = epochs
            self.normalizesTargets = normalizesTargets
            self.seed = seed
        }

        /// The published training: Tanh at the end, whatever the range of the features.
        package static let reference = Options()
        /// The published training with an output that can reach every feature.
        package static let linearOutput = Options(activation: .linear)
    }

    private let surface: Adjacency
    private let options: Options
    private let parallelism: Parallelism
    private var observed: [Bool]
    private var training: (network: FeatureMLP, optimizer: AdamOptimizer)?
    private var losses: [Double] = []

    /// A solver for a mesh.
    ///
    /// - Parameter options: what may be chosen.
    /// - Parameter parallelism: the threads that share the work; the result is the same for any number.
    /// - Parameter mesh: normalised to the unit sphere, for which `sigma` is meant.
    /// - Throws: `Failure` if the mesh's faces are not of its vertices or the options make no sense.
    package init(mesh: Mesh, options: Options = .reference, parallelism: Parallelism = Parallelism()) throws {
        guard options.epochs > 0, options.learningRate > 0 else {
            throw Failure(.usage, "training a coordinate network", reason: "epochs and learning rate must be positive")
        }
        try mesh.validate()
        surface = Adjacency(mesh)
        guard surface.positions.allSatisfy({ $0.sum().isFinite }) else {
            throw Failure(.badInput, "training a coordinate network", reason: "a vertex is not finite")
        }
        self.options = options
        self.parallelism = parallelism
        observed = [Bool](repeating: false, count: surface.positions.count)
    }

    /// One pass for each epoch.
    package var passes: Int { options.epochs }

    /// The network as trained so far, once a view has been taken in.
    package var network: FeatureMLP? { training?.network }

    /// The mean squared error of each step, before it.
    package var lossHistory: [Double] { losses }

    /// Takes one step of training on a view; a view that shows nothing changes nothing.
    ///
    /// Complexity: O(vertices seen x parameters).
    package mutating func add(_ view: ViewObservation) throws {
        let equations = try ViewEquations(view, of: surface, normalizesTargets: options.normalizesTargets, parallelism: parallelism)
        guard equations.weight > 0 else { return }
        try prepare(outputs: view.grid.dimension)
        guard var (network, optimizer) = training else { return }
        // Otherwise the copy in `training` would make each step copy all parameters.
        training = nil
        defer { training = (network, optimizer) }
        let positions = equations.points.map { surface.positions[Int($0)] }
        for point in equations.points { observed[Int(point)] = true }
        let trace = network.forward(positions, parallelism: parallelism)
        let (loss, gradient) = equations.renderingLoss(of: trace.output, on: surface, parallelism: parallelism)
        let gradients = network.backward(trace, outputGradient: gradient, parallelism: parallelism)
        optimizer.step(&network.parameters, gradients: gradients)
        losses.append(loss)
    }

    /// Nothing: steps are taken view by view.
    package mutating func endPass() {}

    /// The network's features at all vertices.
    package mutating func solve() throws -> FeatureField {
        guard let network = training?.network else {
            throw Failure(.badInput, "training a coordinate network", reason: "no view shows any of the mesh")
        }
        let features = network.features(at: surface.positions, parallelism: parallelism)
        let points = surface.weld.welded.map { Int($0) }
        return FeatureField(values: features.gatheringRows(points), observed: points.map { observed[$0] })
    }

    private mutating func prepare(outputs: Int) throws {
        if let training {
            guard training.network.shape.outputs == outputs else {
                throw Failure(.badInput, "training a coordinate network", reason: "the views' features differ in length")
            }
            return
        }
        let shape = FeatureMLP.Shape(
            outputs: outputs, width: options.width, depth: options.depth, sigma: options.sigma, activation: options.activation)
        let network = try FeatureMLP(shape, seed: options.seed)
        training = (network, AdamOptimizer(network.parameters, learningRate: options.learningRate))
    }
}

extension ViewEquations {
    /// The mean squared error over samples and components of features at the view's points, and its gradient with respect to them.
    ///
    /// With M = A'CA and T = A'CY: (tr F'MF - 2 tr F'T + tr Y'CY) / n and 2 (MF - T) / n.
    func renderingLoss(of features: Matrix, on surface: Adjacency, parallelism: Parallelism) -> (loss: Double, gradient: Matrix) {
        var product = productMatrix(of: surface).times(features, parallelism: parallelism)
        let count = weight * Double(features.columns)
        let scale = Float(2 / count)
        var sum = squaredTargets
        product.values.withUnsafeMutableBufferPointer { product in
            features.values.withUnsafeBufferPointer { features in
                targets.values.withUnsafeBufferPointer { targets in
                    for i in 0..<product.count {
                        sum += Double(features[i]) * (Double(product[i]) - 2 * Double(targets[i]))
                        product[i] = scale * (product[i] - targets[i])
                    }
                }
            }
        }
        return (max(0, sum) / count, product)
    }
}
