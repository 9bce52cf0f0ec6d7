import BSBBasics
import BSBLinearAlgebra
import Foundation

/// How a decoder is trained.
package struct DecoderTrainingOptions: Sendable, Hashable, Codable {
    /// Which sizes the network has.
    package enum Architecture: String, Sendable, Hashable, Codable, CaseIterable {
        /// A small network, for quick training and clicks.
        case fast
        /// The published sizes.
        case reference
    }

    /// Which sizes the network has.
    package var architecture = Architecture.fast
    /// The largest step size of Adam; published: 1e-4.
    package var learningRate: Float = 2e-3
    /// The last step's size as a share of the first's; a cosine leads from one to the other.
    ///
    /// Published: 1.
    package var finalLearningRate: Float = 0.05
    /// Prompts in a step, as published.
    package var batch = 16
    /// The most steps that are taken.
    package var steps = 2000
    /// Pixels of a prompt's view, or vertices, that are compared in a step, a random choice; all without.
    ///
    /// Published: all pixels.
    package var points: Int? = 256
    /// Whether the part's vertices and the others are compared in the proportion of the square roots of their numbers, where lifts are
    /// learned, so that small parts are not drowned; in that of their numbers without, as published.
    package var favoursSmallParts = true
    /// Whether the vertices' probabilities are interpolated at pixels, as published, or the vertices' features, which costs a third.
    package var rendersProbabilities = false
    /// Whether features are shifted and scaled to mean 0 and variance 1, component by component.
    ///
    /// Published: not.
    package var standardizesFeatures = true
    /// The share of the views (or of the clicked vertices, where lifts are learned) that are not learned from, but decide when to stop.
    package var heldOutShare = 0.125
    /// Steps between two looks at what is held out.
    package var evaluationInterval = 100
    /// So many looks without progress end the training.
    package var patience = 8
    /// Determines the initial network, and the order of the prompts.
    package var seed: UInt64 = 0

    /// The default training.
    package init() {}

    /// The published training: Adam at 1e-4 for 5 epochs over all pixels of prompts with one view each.
    ///
    /// - Parameter prompts: the number of prompts, from which follows that of steps.
    package static func reference(prompts: Int) -> DecoderTrainingOptions {
        var options = DecoderTrainingOptions()
        options.architecture = .reference
        (options.learningRate, options.finalLearningRate) = (1e-4, 1)
        options.steps = max(1, 5 * ((prompts + options.batch - 1) / options.batch))
        options.points = nil
        (options.rendersProbabilities, options.standardizesFeatures, options.favoursSmallParts) = (true, false, false)
        return options
    }

    /// The sizes for features of the given length.
    func shape(features: Int) -> ClickDecoder.Shape {
        switch architecture {
        case .fast: .fast(features: features)
        case .reference: .reference(features: features)
        }
    }

    func check() throws {
        guard learningRate > 0, learningRate.isFinite, (0...1).contains(finalLearningRate), (1...4096).contains(batch),
            (1...10_000_000).contains(steps), (points ?? 1) > 0, (0..<1).contains(heldOutShare), evaluationInterval > 0, patience > 0
        else {
            throw Failure(.usage, "training a decoder", reason: "a number of the options is out of range")
        }
    }

    /// The size of step `step`.
    func learningRate(at step: Int) -> Float {
        let turn = Double(step) / Double(max(1, steps)) * .pi
        return learningRate * (finalLearningRate + (1 - finalLearningRate) * Float((1 + cos(turn)) / 2))
    }
}

/// How well a decoder did at one time of its training.
package struct LossPoint: Sendable, Hashable, Codable {
    /// Steps taken.
    package var step: Int
    /// The mean cross-entropy of the prompts learned since the last look.
    package var training: Float
    /// The mean cross-entropy on held-out prompts.
    package var heldOut: Float
    /// The mean IoU with the answers to held-out prompts, cut at one half.
    package var heldOutIoU: Float

    /// A point of the loss curve.
    package init(step: Int, training: Float, heldOut: Float, heldOutIoU: Float) {
        self.step = step
        self.training = training
        self.heldOut = heldOut
        self.heldOutIoU = heldOutIoU
    }
}

/// How far a training is.
package struct TrainingProgress: Sendable, Hashable {
    /// Steps taken.
    package var step: Int
    /// The most steps that will be taken.
    package var steps: Int
    /// The latest look at what is held out.
    package var latest: LossPoint?
}

/// Shifts and scales features component by component.
package struct FeatureScaling: Sendable, Hashable {
    /// What is taken off.
    package var mean: [Float]
    /// What is multiplied with afterwards.
    package var scale: [Float]

    /// Leaves features of length `count` as they are.
    package init(identity count: Int) {
        mean = [Float](repeating: 0, count: count)
        scale = [Float](repeating: 1, count: count)
    }

    /// A scaling by these numbers.
    package init(mean: [Float], scale: [Float]) {
        precondition(mean.count == scale.count, "one mean and one scale for each component")
        (self.mean, self.scale) = (mean, scale)
    }

    /// The scaling to mean 0 and variance 1 of the rows of `features`; constant components become 0.
    package init(standardizing features: Matrix) {
        mean = features.columnMeans()
        var squares = [Double](repeating: 0, count: features.columns)
        for row in 0..<features.rows {
            for column in 0..<features.columns {
                let offset = Double(features[row, column] - mean[column])
                squares[column] += offset * offset
            }
        }
        scale = squares.map { square in
            let deviation = (square / Double(max(1, features.rows))).squareRoot()
            return deviation > 1e-12 ? Float(1 / deviation) : 0
        }
    }

    /// The scaled rows.
    package func applied(to features: Matrix) -> Matrix {
        var result = features
        let columns = features.columns
        for row in 0..<features.rows {
            for column in 0..<columns {
                result.values[row * columns + column] = (features.values[row * columns + column] - mean[column]) * scale[column]
            }
        }
        return result
    }
}

/// What a training resulted in.
package struct DecoderTraining: Sendable {
    /// The network with the least held-out loss.
    package var decoder: ClickDecoder
    /// How features must be scaled for it.
    package var scaling: FeatureScaling
    /// The looks at what is held out, in order.
    package var history: [LossPoint]
    /// Steps taken.
    package var steps: Int
    /// The step of the network that was kept.
    package var bestStep: Int
    /// Steps that were taken from an earlier, interrupted run.
    package var resumedSteps: Int
}

/// Where a training keeps what it would otherwise lose when it is stopped.
package protocol TrainingStore: Sendable {
    /// What was stored under a name, unharmed; nil if nothing.
    func read(_ name: String) -> Data?
    /// Stores bytes under a name.
    func write(_ data: Data, as name: String)
}

/// Keeps nothing.
package struct NoTrainingStore: TrainingStore {
    /// A store that keeps nothing.
    package init() {}
    /// Nothing.
    package func read(_ name: String) -> Data? { nil }
    /// Drops the bytes.
    package func write(_ data: Data, as name: String) {}
}
