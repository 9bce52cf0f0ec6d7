import BSBInteractiveSegmentation
import BSBLinearAlgebra
import BSBWorkbench
import Foundation

/// What a decoder is trained on, and how.
package struct TrainingPlan: Sendable, Hashable, Codable {
    /// What the decoder learns from.
    package var signal = LearningSignal.lift
    /// Views of each vertex, in the published way; published: 100.
    package var viewsPerVertex = 100
    /// Which prompts there are.
    package var sampling = PromptSampling()
    /// How the decoder is trained on them.
    package var training = DecoderTrainingOptions()

    /// The default plan for a signal: which prompts there are depends on it.
    package init(signal: LearningSignal = .lift) {
        self.signal = signal
        switch signal {
        case .lift:
            // Parts do not get smaller where triangles do.
            (sampling.maximumVertices, sampling.secondClickShare) = (150, 0)
        case .masks: break
        case .published: sampling = .reference
        }
    }

    /// Learns from at most so many prompts with one click; where lifts are learned, each clicked vertex is one such prompt.
    package mutating func limit(prompts: Int) {
        if signal == .lift { sampling.maximumVertices = prompts } else { sampling.maximumPrompts = prompts }
    }

    /// The plan for a decoder of the published sizes: by default it learns masks, as published, but of shared views.
    package static func referenceSizes(signal: LearningSignal = .masks) -> TrainingPlan {
        var plan = TrainingPlan(signal: signal)
        plan.training.architecture = .reference
        (plan.training.learningRate, plan.training.steps) = (5e-4, 1500)
        return plan
    }
}

/// Trains a mesh's click decoder, or goes on with a training that was stopped.
package struct TrainJob: Sendable {
    let bench: Workbench
    let plan: TrainingPlan

    /// A job that works at `bench` after `plan`.
    package init(at bench: Workbench, plan: TrainingPlan = TrainingPlan()) {
        self.bench = bench
        self.plan = plan
    }

    /// What came of a training, and the work that it took now.
    package struct Outcome: Sendable {
        /// The decoder.
        package var trained: TrainedDecoder
        /// The looks at what was held out.
        package var history: [LossPoint]
        /// Views embedded, questions answered, steps taken: now and, if nothing had been done before, altogether.
        package var counts: [String: Int]
        /// Seconds spent, by stage.
        package var timings: [String: Double]
        /// What was asked, and hashes of the answers.
        package var manifest: DecoderManifest
    }

    /// A trained network and what it was trained on.
    struct Lesson {
        var training: DecoderTraining
        var context: Matrix?
        /// The clicks of every prompt.
        var clicks: [[SurfaceClick]]
        /// The views that were looked at.
        var views: Int
        var manifest: DecoderManifest
        var counts: [String: Int]
    }

    /// Trains the decoder of a mesh; the cache keeps everything on the way to it.
    ///
    /// - Parameter mesh: the mesh.
    /// - Parameter becomesDefault: whether later clicks on the mesh are answered by it.
    /// - Throws: `Failure`.
    package func train(_ mesh: OpenMesh, becomesDefault: Bool = true) throws -> Outcome {
        try TrainJob(at: bench.counting(), plan: plan).trainCounting(mesh, becomesDefault)
    }

    private func trainCounting(_ mesh: OpenMesh, _ becomesDefault: Bool) throws -> Outcome {
        var watch = Stopwatch()
        let shared = EmbeddedViews(of: mesh, at: bench)
        try watch.measure("views") { try shared.prepareAll() }
        let field = try watch.measure("features") { try SegmenterField(at: bench).field(of: mesh, views: shared) }
        let lesson =
            switch plan.signal {
            case .lift: try learnLifts(mesh, field, shared, &watch)
            case .masks: try learnMasks(mesh, field, shared, &watch)
            case .published: try learnMasksAsPublished(mesh, field, &watch)
            }
        let trained = try TrainedDecoder(
            decoder: lesson.training.decoder, scaling: lesson.training.scaling, field: field, context: lesson.context,
            provenance: provenance(of: lesson, mesh))
        var counts = lesson.counts
        counts["views"] = bench.viewsEmbedded + (plan.signal == .published ? counts["answeredViews"] ?? 0 : 0)
        counts["steps"] = lesson.training.steps - lesson.training.resumedSteps
        counts["resumedSteps"] = lesson.training.resumedSteps
        if becomesDefault {
            bench.cache.write(try trained.encoded(), SegmenterChoice.recipe(of: mesh, at: bench))
        }
        return Outcome(
            trained: trained, history: lesson.training.history, counts: counts, timings: watch.seconds, manifest: lesson.manifest)
    }

    private func provenance(of lesson: Lesson, _ mesh: OpenMesh) -> TrainedDecoder.Provenance {
        let training = lesson.training
        let best = training.history.first { $0.step == training.bestStep } ?? training.history[0]
        return TrainedDecoder.Provenance(
            meshHash: mesh.hash, segmenter: bench.segmenter.identity, normalisation: bench.settings.normalisation,
            signal: plan.signal, views: lesson.views, prompts: lesson.clicks.count,
            severalWanted: lesson.clicks.count { $0.count(where: \.isForeground) > 1 },
            withUnwanted: lesson.clicks.count { $0.contains { !$0.isForeground } }, answersHash: lesson.manifest.answersHash,
            sampling: plan.sampling, training: plan.training, steps: training.steps, bestStep: training.bestStep,
            heldOutLoss: best.heldOut, heldOutIoU: best.heldOutIoU)
    }

    /// Trains a network by `learn`, which reports to its second argument, and keeps its state under the answers' hash.
    func train(
        _ mesh: OpenMesh, _ manifest: DecoderManifest, _ watch: inout Stopwatch,
        by learn: (DecoderTrainer, CachedTraining, (TrainingProgress) -> Void) throws -> DecoderTraining
    ) throws -> DecoderTraining {
        let recipe = try recipe(of: mesh, answers: manifest.answersHash)
        bench.cache.write(try JSONText.data(manifest), recipe.item("manifest.json"))
        let stage = "Training the decoder"
        let report = { (done: Int) in bench.progress(ProgressUpdate(stage: stage, done: done, total: plan.training.steps)) }
        report(0)
        let training = try watch.measure("training") {
            try learn(
                DecoderTrainer(options: plan.training, parallelism: bench.parallelism),
                CachedTraining(cache: bench.cache, recipe: recipe)
            ) { report($0.step) }
        }
        if training.steps < plan.training.steps { report(plan.training.steps) }
        return training
    }

    /// What decides a training's bytes; until the answers are known, what decides those.
    package func recipe(of mesh: OpenMesh, answers: String = "") throws -> Recipe {
        let plan = String(decoding: try JSONText.data(plan, pretty: false), as: UTF8.self)
        return Recipe(
            answers.isEmpty ? "decoder-answers" : "decoder-training",
            ["source": source(of: mesh), "solver": bench.settings.solver.rawValue, "plan": plan, "answers": answers])
    }

    /// Everything but the plan that decides what the segmenter answers.
    func source(of mesh: OpenMesh) -> String {
        let settings = bench.settings
        return Recipe(
            "decoder-source",
            [
                "mesh": mesh.look, "views": settings.segmentViews.key, "seed": "\(settings.seed)",
                "level": settings.lifting.level.rawValue, "segmenter": bench.segmenter.identity.hash,
            ]
        ).folder
    }
}
