import Backbones
import Basics
import Distillation
import Foundation
import InteractiveSegmentation
import Rendering

/// What a decoder is trained on, and how.
public struct TrainingPlan: Sendable, Hashable, Codable {
    /// Where the views of the prompts come from.
    public enum Views: String, Sendable, Hashable, Codable, CaseIterable {
        /// One set of views, each embedded once, for all prompts.
        case shared
        /// The published way: a random view for each prompt, embedded for it alone.
        case reference
    }

    /// Where the views of the prompts come from.
    public var views = Views.shared
    /// Views of each vertex, in the published way; published: 100.
    public var viewsPerVertex = 100
    /// Which prompts there are.
    public var sampling = PromptSampling()
    /// How the decoder is trained on them.
    public var training = DecoderTrainingOptions()

    /// The default plan.
    public init() {}

    /// The plan for a decoder of the published sizes: the same prompts, smaller steps.
    public static var referenceSizes: TrainingPlan {
        var plan = TrainingPlan()
        plan.training.architecture = .reference
        (plan.training.learningRate, plan.training.steps) = (5e-4, 1500)
        return plan
    }
}

/// Trains a mesh's click decoder, or goes on with a training that was stopped.
public struct TrainJob: Sendable {
    private let bench: Workbench
    private let plan: TrainingPlan

    /// A job that works at `bench` after `plan`.
    public init(at bench: Workbench, plan: TrainingPlan = TrainingPlan()) {
        self.bench = bench
        self.plan = plan
    }

    /// What came of a training, and the work that it took now.
    public struct Outcome: Sendable {
        /// The decoder.
        public var trained: TrainedDecoder
        /// The looks at the held-out views.
        public var history: [LossPoint]
        /// Views embedded, prompts answered (refinements included), steps taken: now and, if nothing had been done before, altogether.
        public var counts: [String: Int]
        /// Seconds spent, by stage.
        public var timings: [String: Double]
        /// What was asked in each view, and hashes of the answers.
        public var manifest: DecoderManifest
    }

    /// Trains the decoder of the mesh in the file `path`, and writes the checkpoint, the loss and the manifest to a folder, if one is given.
    ///
    /// Throws `Failure`.
    public func run(mesh path: String, output: String?) throws -> TrainDocument {
        let mesh = try PreparedMesh(contentsOf: path, at: bench)
        let outcome = try train(mesh)
        var folder = OutputFolder()
        if output != nil {
            folder.add("decoder.safetensors", try outcome.trained.encoded())
            folder.add("loss.csv", Data(LossCurve(outcome.history).csv.utf8))
            folder.add("loss.png", try LossCurve(outcome.history).image().pngData())
            folder.add("manifest.json", try JSONText.data(outcome.manifest))
        }
        let document = TrainDocument(
            mesh: path, hash: mesh.hash, vertices: mesh.mesh.vertices.count, faces: mesh.mesh.fileFaceCount,
            parameters: outcome.trained.decoder.parameterCount, provenance: outcome.trained.provenance, counts: outcome.counts,
            timings: outcome.timings, processorSeconds: ProcessUsage.processorSeconds,
            peakMemoryMegabytes: ProcessUsage.peakMemoryMegabytes, settings: bench.settings, plan: plan, warnings: mesh.report.warnings,
            outputs: output == nil ? [] : folder.names + ["train.json"])
        guard let output else { return document }
        folder.add("train.json", try JSONText.data(document))
        try folder.write(to: output)
        return document
    }

    /// Trains the decoder of a mesh; the cache keeps everything on the way to it.
    ///
    /// - Parameter mesh: the mesh.
    /// - Parameter becomesDefault: whether later clicks on the mesh are answered by it.
    /// - Throws: `Failure`.
    public func train(_ mesh: PreparedMesh, becomesDefault: Bool = true) throws -> Outcome {
        var watch = Stopwatch()
        let shared = try watch.measure("views") { try EmbeddedViews(of: mesh, at: bench) }
        let field = try watch.measure("features") { try SegmenterField(at: bench).field(of: mesh, views: shared) }
        var outcome: Outcome
        switch plan.views {
        case .shared:
            let prompts = try watch.measure("prompts") {
                try PromptPlan(
                    shared, surface: mesh.surface, sampling: plan.sampling, seed: bench.settings.seed, parallelism: bench.parallelism)
            }
            outcome = try train(mesh, field, shared, prompts, &watch)
            outcome.counts["views"] = shared.embedded
        case .reference:
            let views = try watch.measure("prompts") {
                try ReferenceViews(of: mesh, at: bench, sampling: plan.sampling, viewsPerVertex: plan.viewsPerVertex)
            }
            outcome = try train(mesh, field, views, views.plan, &watch)
            outcome.counts["views"] = shared.embedded + (outcome.counts["answeredViews"] ?? 0)
        }
        outcome.timings = watch.seconds
        if becomesDefault {
            bench.cache.write(
                try outcome.trained.encoded(), folder: SegmenterChoice.folder(of: mesh, at: bench), name: SegmenterChoice.fileName)
        }
        return outcome
    }

    private func train(
        _ mesh: PreparedMesh, _ field: FeatureField, _ views: some MeshViews, _ prompts: PromptPlan, _ watch: inout Stopwatch
    ) throws -> Outcome {
        let folder = try self.folder(mesh)
        let collected = try watch.measure("prompts") { try collectAnswers(prompts, views, mesh.surface, folder: folder) }
        let answers = collected.map(\.answer)
        let manifest = DecoderManifest(mesh, bench, plan, prompts, answers)
        bench.cache.write(try JSONText.data(manifest), folder: folder, name: "manifest.json")
        let stage = "Training the decoder"
        bench.progress(ProgressUpdate(stage: stage, done: 0, total: plan.training.steps))
        let training = try watch.measure("training") {
            try DecoderTrainer(options: plan.training, parallelism: bench.parallelism).train(
                features: field.values, answers: answers, views: views,
                store: CachedTraining(cache: bench.cache, folder: folder + manifest.answersHash.prefix(8))
            ) { bench.progress(ProgressUpdate(stage: stage, done: $0.step, total: $0.steps)) }
        }
        if training.steps < plan.training.steps {
            bench.progress(ProgressUpdate(stage: stage, done: plan.training.steps, total: plan.training.steps))
        }
        let best = training.history.first { $0.step == training.bestStep } ?? training.history[0]
        let clicks = answers.flatMap { $0.prompts.map(\.clicks) }
        let provenance = TrainedDecoder.Provenance(
            meshHash: mesh.hash, segmenter: bench.segmenter.identity, normalisation: bench.settings.normalisation.rawValue,
            views: views.cameras.count, singleClicks: clicks.count { $0.count == 1 },
            positivePairs: clicks.count { $0.count == 2 && $0[1].isForeground },
            negativePairs: clicks.count { $0.count == 2 && !$0[1].isForeground }, answersHash: manifest.answersHash,
            sampling: plan.sampling,
            training: plan.training, steps: training.steps, bestStep: training.bestStep, heldOutLoss: best.heldOut,
            heldOutIoU: best.heldOutIoU)
        let trained = try TrainedDecoder(decoder: training.decoder, scaling: training.scaling, field: field, provenance: provenance)
        let counts = [
            "answeredViews": collected.count { $0.isNew }, "prompts": clicks.count, "availablePrompts": prompts.availablePrompts,
            "duplicateViews": prompts.duplicates, "steps": training.steps - training.resumedSteps, "resumedSteps": training.resumedSteps,
        ]
        return Outcome(trained: trained, history: training.history, counts: counts, timings: [:], manifest: manifest)
    }

    /// The answers of the segmenter, view by view; each is kept at once, so that work cut short goes on where it was.
    private func collectAnswers(
        _ prompts: PromptPlan, _ views: some MeshViews, _ surface: SurfaceModel, folder: String
    ) throws -> [(answer: AnsweredView, isNew: Bool)] {
        let collector = PromptCollector(
            segmenter: bench.segmenter, surface: surface, sampling: plan.sampling, level: bench.settings.lifting.level,
            seed: bench.settings.seed)
        return try bench.stage("Asking the segmenter about the views", views.cameras.count) { index in
            let name = "answers-\(index).bin"
            if let stored = bench.cache.read(folder: folder, name: name).flatMap({ AnsweredView(data: $0) }) { return (stored, false) }
            let answer = try collector.answers(to: prompts, view: index, of: views)
            bench.cache.write(answer.data, folder: folder, name: name)
            return (answer, true)
        }
    }

    /// The cache's folder of a training: everything that decides its bytes is in its name.
    private func folder(_ mesh: PreparedMesh) throws -> String {
        let settings = bench.settings
        let plan = String(decoding: try JSONText.data(plan, pretty: false), as: UTF8.self)
        return CacheDirectory.key([
            "decoder training", mesh.hash, settings.normalisation.rawValue, settings.segmentViews.key, "\(settings.seed)",
            settings.solver.rawValue, settings.lifting.level.rawValue, bench.segmenter.identity.hash, plan,
        ])
    }
}
