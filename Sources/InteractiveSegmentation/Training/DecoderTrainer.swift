import BSBBasics
import BSBLinearAlgebra
import Foundation

/// Trains a click decoder on what the 2D segmenter makes of clicks on one mesh: its masks of single views, as published, or the parts that
/// the training-free lift makes of them.
///
/// Each step compares a few points of a few prompts, so that it never touches the whole mesh. Some prompts are held out; they decide
/// when to stop and which network is kept. What happens in a step is a function of the options and its number, and the state is stored
/// at every look at the held-out prompts: a training that was stopped goes on to the bytes of one that was not.
package struct DecoderTrainer: Sendable {
    private let options: DecoderTrainingOptions
    private let parallelism: Parallelism

    /// Prompts that run through the network as one block; the cut does not depend on the number of threads.
    private static let shardSize = 4
    /// Prompts, and points of each, that a look at what is held out compares.
    private static let heldOut = (prompts: 192, points: 192)
    private static let stateName = "training.safetensors"

    /// A trainer with the given options.
    ///
    /// Throws `Failure` for options out of range.
    package init(options: DecoderTrainingOptions = DecoderTrainingOptions(), parallelism: Parallelism = Parallelism()) throws {
        try options.check()
        self.options = options
        self.parallelism = parallelism
    }

    static var foreignAnswers: Failure {
        Failure(.badInput, "training a decoder", reason: "the answers are not of this mesh and its views")
    }

    /// Trains a decoder on masks of single views.
    ///
    /// - Parameters:
    ///   - features: #V x length, what the decoder sees of the vertices.
    ///   - answers: the segmenter's answers, view by view.
    ///   - views: the views.
    ///   - store: where the state is kept; it must belong to exactly these inputs and options.
    ///   - progress: told after each step; what it throws stops the training, which can go on later.
    /// - Throws: `Failure` if there is nothing to learn from, and what the views throw.
    /// - Complexity: O(steps x batch x points x parameters).
    package func train(
        features: Matrix, answers: [AnsweredView], views: some MeshViews, store: some TrainingStore = NoTrainingStore(),
        progress: (TrainingProgress) throws -> Void = { _ in }
    ) throws -> DecoderTraining {
        guard features.rows == views.scene.mesh.vertices.count else { throw Self.foreignAnswers }
        return try train(features, scaling(of: features), MaskMaterial(answers, views, options, parallelism), store, progress)
    }

    /// Trains a decoder on the parts that the training-free lift makes of clicks.
    ///
    /// Parameters, failures and complexity are those of ``train(features:answers:views:store:progress:)``; `context` is what the decoder
    /// sees of the vertices beside features (see ``VertexContext``), as it is.
    package func train(
        features: Matrix, context: Matrix, lifted: [LiftedPrompt], store: some TrainingStore = NoTrainingStore(),
        progress: (TrainingProgress) throws -> Void = { _ in }
    ) throws -> DecoderTraining {
        var scaling = scaling(of: features)
        scaling.mean += FeatureScaling(identity: context.columns).mean
        scaling.scale += FeatureScaling(identity: context.columns).scale
        let inputs = Matrix.joiningColumns(features, context)
        return try train(inputs, scaling, LiftMaterial(lifted, vertexCount: features.rows, options), store, progress)
    }

    private func scaling(of features: Matrix) -> FeatureScaling {
        options.standardizesFeatures ? FeatureScaling(standardizing: features) : FeatureScaling(identity: features.columns)
    }

    private func train(
        _ features: Matrix, _ scaling: FeatureScaling, _ material: some TrainingMaterial, _ store: some TrainingStore,
        _ progress: (TrainingProgress) throws -> Void
    ) throws -> DecoderTraining {
        let lessons = Lessons(features: scaling.applied(to: features), material: material, options: options)
        let shape = options.shape(features: features.columns)
        let stored = store.read(Self.stateName).flatMap { TrainingState($0, shape: shape, options: options) }
        var state = try stored ?? TrainingState(shape, options: options)
        let resumed = state.step
        let heldOut = try lessons.heldOutShards()
        if state.history.isEmpty { state.record(try look(state, heldOut, trained: (0, 0))) }
        var trained = (sum: 0.0, points: 0)
        while state.step < options.steps, !state.hasStalled(patience: options.patience) {
            let (loss, points) = try step(&state, lessons)
            trained = (trained.sum + loss, trained.points + points)
            if state.step % options.evaluationInterval == 0 || state.step == options.steps {
                state.record(try look(state, heldOut, trained: trained))
                trained = (0, 0)
                store.write(try state.encoded(), as: Self.stateName)
            }
            try progress(TrainingProgress(step: state.step, steps: options.steps, latest: state.history.last))
        }
        return DecoderTraining(
            decoder: state.best, scaling: scaling, history: state.history, steps: state.step, bestStep: state.bestStep,
            resumedSteps: resumed)
    }

    /// One step of Adam on the next batch; the sum of the losses of its points, and their number.
    private func step(_ state: inout TrainingState, _ lessons: Lessons<some TrainingMaterial>) throws -> (Double, Int) {
        let prompts = lessons.batch(state.step)
        let number = state.step
        let shards = try parallelism.map((prompts.count + Self.shardSize - 1) / Self.shardSize) { index in
            let own = Array(prompts[(index * Self.shardSize)..<min(prompts.count, (index + 1) * Self.shardSize)])
            return try lessons.shard(own, step: number, index: index)
        }
        let points = shards.reduce(0) { $0 + $1.points.count }
        let decoder = state.decoder
        let parts = parallelism.map(shards.count) { decoder.lossAndGradients(shards[$0], pointCount: max(1, points)) }
        guard var gradients = parts.first?.gradients else { return (0, 0) }
        for part in parts.dropFirst() { for index in gradients.indices { gradients[index].add(part.gradients[index]) } }
        state.optimizer.learningRate = options.learningRate(at: state.step)
        state.optimizer.step(&state.decoder.parameters, gradients: gradients)
        return (parts.reduce(0) { $0 + $1.loss }, points)
    }

    private func look(
        _ state: TrainingState, _ heldOut: [(shard: DecoderShard, counts: [Int])], trained: (sum: Double, points: Int)
    ) throws -> LossPoint {
        let decoder = state.decoder
        let losses = parallelism.map(heldOut.count) { decoder.loss(heldOut[$0].shard, pointsPerGroup: heldOut[$0].counts) }
        let points = heldOut.reduce(0) { $0 + $1.shard.points.count }
        let overlaps = losses.flatMap(\.overlaps).filter { $0.either > 0 }
        let overlap = overlaps.reduce(0.0) { $0 + Double($1.both) / Double($1.either) } / Double(max(1, overlaps.count))
        let point = LossPoint(
            step: state.step, training: trained.points > 0 ? Float(trained.sum / Double(trained.points)) : 0,
            heldOut: Float(losses.reduce(0) { $0 + $1.sum } / Double(max(1, points))), heldOutIoU: Float(overlap))
        guard point.training.isFinite, point.heldOut.isFinite else {
            throw Failure(.badInput, "training a decoder", reason: "the loss is not a number any more", hint: "try a smaller learning rate")
        }
        return point
    }

    /// In which order the prompts of a training come, and at which points each is compared.
    private struct Lessons<Material: TrainingMaterial>: Sendable {
        let features: Matrix
        let material: Material
        let options: DecoderTrainingOptions

        /// The prompts of a step: each epoch goes through all in an order of its own; the last batch of an epoch runs into the next.
        func batch(_ step: Int) -> [Int] {
            let start = step * options.batch
            var epoch = -1
            var order: [Int] = []
            return (start..<(start + options.batch)).map { place in
                if place / material.learned.count != epoch {
                    epoch = place / material.learned.count
                    order = material.learned
                    var generator = SeededGenerator(seed: options.seed, stream: 0xE90C_0000 &+ UInt64(epoch))
                    order.shuffle(using: &generator)
                }
                return order[place % material.learned.count]
            }
        }

        /// The shard of some prompts; which points are compared depends on the step and the shard's number.
        func shard(_ prompts: [Int], step: Int, index: Int) throws -> DecoderShard {
            var generator = SeededGenerator(seed: options.seed &+ 0x51AB, stream: UInt64(step) << 16 | UInt64(index))
            return try shard(prompts, points: options.points, &generator).shard
        }

        /// What is held out, or, of a single view or vertex, what is learned.
        func heldOutShards() throws -> [(shard: DecoderShard, counts: [Int])] {
            var generator = SeededGenerator(seed: options.seed, stream: 0x4E1D)
            var prompts = material.heldOut.isEmpty ? material.learned : material.heldOut
            prompts.shuffle(using: &generator)
            prompts = Array(prompts.prefix(DecoderTrainer.heldOut.prompts))
            return try stride(from: 0, to: prompts.count, by: DecoderTrainer.shardSize).map { start in
                let own = Array(prompts[start..<min(prompts.count, start + DecoderTrainer.shardSize)])
                return try shard(own, points: DecoderTrainer.heldOut.points, &generator)
            }
        }

        private func shard(
            _ prompts: [Int], points: Int?, _ generator: inout SeededGenerator
        ) throws -> (shard: DecoderShard, counts: [Int]) {
            var builder = ShardBuilder(features: features, rendersProbabilities: options.rendersProbabilities)
            let counts = try prompts.map { try material.add($0, to: &builder, points: points, &generator) }
            return (builder.shard, counts)
        }
    }
}
