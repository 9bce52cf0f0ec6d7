import Basics
import Distillation
import Foundation
import LinearAlgebra
import Rendering

/// Trains a click decoder on the 2D segmenter's answers in views of one mesh.
///
/// Each step compares a few pixels of a few prompts, so that it never touches the whole mesh. Some views are held out; their answers decide
/// when to stop and which network is kept. What happens in a step is a function of the options and its number, and the state is stored
/// at every look at the held-out views: a training that was stopped goes on to the bytes of one that was not.
public struct DecoderTrainer: Sendable {
    private let options: DecoderTrainingOptions
    private let parallelism: Parallelism

    /// Prompts that run through the network as one block; the cut does not depend on the number of threads.
    private static let shardSize = 4
    /// Prompts, and pixels of each, that a look at the held-out views compares.
    private static let heldOut = (prompts: 192, pixels: 192)
    /// Pixels of a view that are chosen from, where not all are compared.
    private static let poolSize = 2048
    /// Pools of so many views are kept; those of more are made anew whenever they are needed.
    private static let keptPools = 512
    private static let stateName = "training.safetensors"

    /// A trainer with the given options.
    ///
    /// Throws `Failure` for options out of range.
    public init(options: DecoderTrainingOptions = DecoderTrainingOptions(), parallelism: Parallelism = Parallelism()) throws {
        try options.check()
        self.options = options
        self.parallelism = parallelism
    }

    /// Trains a decoder.
    ///
    ///
    ///
    /// - Parameters:
    ///   - features: #V x length, the segmenter's features of the vertices.
    ///   - answers: the segmenter's answers, view by view.
    ///   - views: the views.
    ///   - store: where the state is kept; it must belong to exactly these inputs and options.
    ///   - progress: told after each step; what it throws stops the training, which can go on later.
    /// - Throws: `Failure` if there is nothing to learn from, and what the views throw.
    /// - Complexity: O(steps x batch x pixels x parameters).
    public func train(
        features: Matrix, answers: [AnsweredView], views: some MeshViews, store: some TrainingStore = NoTrainingStore(),
        progress: (TrainingProgress) throws -> Void = { _ in }
    ) throws -> DecoderTraining {
        let scaling = options.standardizesFeatures ? FeatureScaling(standardizing: features) : FeatureScaling(identity: features.columns)
        let material = try Material(
            scaling.applied(to: features), answers.filter { !$0.prompts.isEmpty }, views, options, parallelism)
        let shape = options.shape(features: features.columns)
        let stored = store.read(Self.stateName).flatMap { TrainingState($0, shape: shape, options: options) }
        var state = try stored ?? TrainingState(shape, options: options)
        let resumed = state.step
        let heldOut = try material.heldOutShards()
        if state.history.isEmpty { state.record(try look(state, heldOut, trained: (0, 0))) }
        var trained = (sum: 0.0, pixels: 0)
        while state.step < options.steps, !state.hasStalled(patience: options.patience) {
            let (loss, pixels) = try step(&state, material)
            trained = (trained.sum + loss, trained.pixels + pixels)
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

    /// One step of Adam on the next batch; the sum of the losses of its pixels, and their number.
    private func step(_ state: inout TrainingState, _ material: Material<some MeshViews>) throws -> (Double, Int) {
        let prompts = material.batch(state.step)
        let number = state.step
        let shards = try parallelism.map((prompts.count + Self.shardSize - 1) / Self.shardSize) { index in
            let own = Array(prompts[(index * Self.shardSize)..<min(prompts.count, (index + 1) * Self.shardSize)])
            return try material.shard(own, step: number, index: index)
        }
        let pixels = shards.reduce(0) { $0 + $1.pixels.count }
        let decoder = state.decoder
        let parts = try parallelism.map(shards.count) { decoder.lossAndGradients(shards[$0], pixelCount: max(1, pixels)) }
        guard var gradients = parts.first?.gradients else { return (0, 0) }
        for part in parts.dropFirst() { for index in gradients.indices { gradients[index].add(part.gradients[index]) } }
        state.optimizer.learningRate = options.learningRate(at: state.step)
        state.optimizer.step(&state.decoder.parameters, gradients: gradients)
        return (parts.reduce(0) { $0 + $1.loss }, pixels)
    }

    private func look(
        _ state: TrainingState, _ heldOut: [(shard: DecoderShard, counts: [Int])], trained: (sum: Double, pixels: Int)
    ) throws -> LossPoint {
        let decoder = state.decoder
        let losses = try parallelism.map(heldOut.count) { decoder.loss(heldOut[$0].shard, pixelsPerGroup: heldOut[$0].counts) }
        let pixels = heldOut.reduce(0) { $0 + $1.shard.pixels.count }
        let overlaps = losses.flatMap(\.overlaps).filter { $0.either > 0 }
        let overlap = overlaps.reduce(0.0) { $0 + Double($1.both) / Double($1.either) } / Double(max(1, overlaps.count))
        return LossPoint(
            step: state.step, training: trained.pixels > 0 ? Float(trained.sum / Double(trained.pixels)) : 0,
            heldOut: Float(losses.reduce(0) { $0 + $1.sum } / Double(max(1, pixels))), heldOutIoU: Float(overlap))
    }

    /// The prompts and pixels of a training, and in which order they come.
    private struct Material<Views: MeshViews>: Sendable {
        let features: Matrix
        let answers: [AnsweredView]
        let views: Views
        let options: DecoderTrainingOptions
        let pools: [PixelPool]?
        /// (index into answers, index of the prompt).
        var learned: [SIMD2<Int32>] = []
        var heldOut: [SIMD2<Int32>] = []

        init(
            _ features: Matrix, _ answers: [AnsweredView], _ views: Views, _ options: DecoderTrainingOptions, _ parallelism: Parallelism
        ) throws {
            guard !answers.isEmpty else { throw PromptPlan.empty }
            for answer in answers { try Self.check(answer, features, views) }
            (self.features, self.answers, self.views, self.options) = (features, answers, views, options)
            if answers.count <= DecoderTrainer.keptPools {
                pools = try parallelism.map(answers.count) { try Self.pool(answers[$0], views, options) }
            } else {
                pools = nil
            }
            var order = Array(answers.indices)
            var generator = SeededGenerator(seed: options.seed, stream: 0x0FF)
            order.shuffle(using: &generator)
            // With one view there is nothing to hold out; the learned prompts then decide.
            let outside = min(max(1, Int((options.heldOutShare * Double(answers.count)).rounded())), answers.count - 1)
            for (place, index) in order.enumerated() {
                let pairs = answers[index].prompts.indices.map { SIMD2(Int32(index), Int32($0)) }
                if place < outside { heldOut += pairs } else { learned += pairs }
            }
        }

        private static func check(_ answer: AnsweredView, _ features: Matrix, _ views: Views) throws {
            let cells = answer.columns * answer.rows
            guard views.cameras.indices.contains(answer.view), features.rows == views.scene.mesh.vertices.count,
                answer.prompts.allSatisfy({ prompt in
                    prompt.logits.count == cells && !prompt.clicks.isEmpty
                        && prompt.clicks.allSatisfy { (0..<features.rows).contains($0.vertex) }
                })
            else { throw Failure(.badInput, "training a decoder", reason: "the answers are not of these views of this mesh") }
        }

        private static func pool(_ answer: AnsweredView, _ views: Views, _ options: DecoderTrainingOptions) throws -> PixelPool {
            PixelPool(
                try views.surfaces(answer.view), faces: views.scene.mesh.faces, answers: answer,
                limit: options.pixels == nil ? nil : DecoderTrainer.poolSize)
        }

        private func pool(_ index: Int) throws -> PixelPool {
            if let pools { return pools[index] }
            return try Self.pool(answers[index], views, options)
        }

        /// The prompts of a step: each epoch goes through all in an order of its own; the last batch of an epoch runs into the next.
        func batch(_ step: Int) -> [SIMD2<Int32>] {
            let start = step * options.batch
            var epoch = -1
            var order: [SIMD2<Int32>] = []
            return (start..<(start + options.batch)).map { place in
                if place / learned.count != epoch {
                    epoch = place / learned.count
                    order = learned
                    var generator = SeededGenerator(seed: options.seed, stream: 0xE90C_0000 &+ UInt64(epoch))
                    order.shuffle(using: &generator)
                }
                return order[place % learned.count]
            }
        }

        /// The shard of some prompts; which pixels are compared depends on the step and the shard's number.
        func shard(_ prompts: [SIMD2<Int32>], step: Int, index: Int) throws -> DecoderShard {
            var generator = SeededGenerator(seed: options.seed &+ 0x51AB, stream: UInt64(step) << 16 | UInt64(index))
            var builder = ShardBuilder(features: features, rendersProbabilities: options.rendersProbabilities)
            for place in prompts {
                let pool = try pool(Int(place.x))
                let pixels = Self.choose(options.pixels, of: pool.count, &generator)
                builder.add(answers[Int(place.x)].prompts[Int(place.y)], pool: pool, pixels: pixels)
            }
            return builder.shard
        }

        func heldOutShards() throws -> [(shard: DecoderShard, counts: [Int])] {
            var generator = SeededGenerator(seed: options.seed, stream: 0x4E1D)
            var prompts = heldOut.isEmpty ? learned : heldOut
            prompts.shuffle(using: &generator)
            prompts = Array(prompts.prefix(DecoderTrainer.heldOut.prompts))
            return try stride(from: 0, to: prompts.count, by: DecoderTrainer.shardSize).map { start in
                var builder = ShardBuilder(features: features, rendersProbabilities: options.rendersProbabilities)
                var counts: [Int] = []
                for place in prompts[start..<min(prompts.count, start + DecoderTrainer.shardSize)] {
                    let pool = try pool(Int(place.x))
                    let pixels = Self.choose(DecoderTrainer.heldOut.pixels, of: pool.count, &generator)
                    builder.add(answers[Int(place.x)].prompts[Int(place.y)], pool: pool, pixels: pixels)
                    counts.append(pixels.count)
                }
                return (builder.shard, counts)
            }
        }

        /// `wanted` random places below `count`, with repetitions; all of them if none are wanted or there are no more.
        private static func choose(_ wanted: Int?, of count: Int, _ generator: inout SeededGenerator) -> [Int] {
            guard let wanted, wanted < count else { return Array(0..<count) }
            return (0..<wanted).map { _ in generator.index(below: count) }
        }
    }
}
