import BSBBasics
import BSBDistillation
import BSBInteractiveSegmentation
import BSBWorkbench
import Foundation

extension TrainJob {
    /// Learns the parts that the lift makes of clicks, vertex by vertex; each vertex's answers are kept at once, so that work cut short goes
    /// on where it was.
    func learnLifts(
        _ mesh: OpenMesh, _ field: FeatureField, _ views: EmbeddedViews, _ watch: inout Stopwatch
    ) throws -> Lesson {
        let vertices = mesh.scene.mesh.farthestPoints(count: plan.sampling.vertexCount(of: mesh.mesh.vertices.count))
        let collected = try watch.measure("lifts") { try collectLifts(vertices, mesh, views) }
        let answers = collected.map(\.answers)
        let prompts = answers.flatMap(\.prompts)
        let manifest = DecoderManifest(mesh, bench, plan, lifts: answers)
        let context = VertexContext.matrix(of: answers, on: mesh.scene.mesh)
        let training = try train(mesh, manifest, &watch) { trainer, store, report in
            try trainer.train(features: field.values, context: context, lifted: prompts, store: store, progress: report)
        }
        return Lesson(
            training: training, context: context, clicks: prompts.map(\.clicks), views: views.cameras.count, manifest: manifest,
            counts: [
                "clickedVertices": answers.count { !$0.prompts.isEmpty }, "newVertices": collected.count(where: \.isNew),
                "prompts": prompts.count, "questions": collected.reduce(0) { $0 + ($1.isNew ? $1.answers.questions : 0) },
            ])
    }

    private func collectLifts(
        _ vertices: [Int], _ mesh: OpenMesh, _ views: EmbeddedViews
    ) throws -> [(answers: LiftedAnswers, isNew: Bool)] {
        let options = String(decoding: try JSONText.data(bench.settings.lifting, pretty: false), as: UTF8.self)
        let recipe = Recipe("decoder-lifts", ["source": source(of: mesh), "lifting": options])
        // Vertices run side by side, so each lift runs on one thread.
        let lifting = MaskLifting(segmenter: bench.segmenter, options: bench.settings.lifting, parallelism: Parallelism(threads: 1))
        let collector = LiftCollector(
            segmenter: try LiftingSegmenter(lifting, views: views, surface: mesh.surface, smoothing: mesh.smoothing(at: bench)))
        return try bench.stage("Lifting masks of training clicks", vertices.count) { index in
            let recipe = recipe.item("lifts-\(vertices[index]).bin")
            if let stored = bench.cache.read(recipe).flatMap({ LiftedAnswers(data: $0) }) { return (stored, false) }
            let answers = try collector.answer(at: vertices[index])
            bench.cache.write(answers.data, recipe)
            return (answers, true)
        }
    }

    /// Learns masks of the shared views.
    func learnMasks(_ mesh: OpenMesh, _ field: FeatureField, _ views: EmbeddedViews, _ watch: inout Stopwatch) throws -> Lesson {
        let prompts = try watch.measure("prompts") {
            try PromptPlan(
                views, surface: mesh.surface, sampling: plan.sampling, seed: bench.settings.seed, parallelism: bench.parallelism)
        }
        return try learnMasks(mesh, field, views, prompts, &watch)
    }

    /// Learns masks of views that are chosen as published.
    func learnMasksAsPublished(_ mesh: OpenMesh, _ field: FeatureField, _ watch: inout Stopwatch) throws -> Lesson {
        let views = try watch.measure("prompts") {
            try ReferenceViews(of: mesh, at: bench, sampling: plan.sampling, viewsPerVertex: plan.viewsPerVertex)
        }
        return try learnMasks(mesh, field, views, views.plan, &watch)
    }

    private func learnMasks(
        _ mesh: OpenMesh, _ field: FeatureField, _ views: some MeshViews, _ prompts: PromptPlan, _ watch: inout Stopwatch
    ) throws -> Lesson {
        let recipe = try recipe(of: mesh)
        let collected = try watch.measure("prompts") { try collectMasks(prompts, views, mesh, recipe) }
        let answers = collected.map(\.answer)
        let manifest = DecoderManifest(mesh, bench, plan, prompts, masks: answers)
        let training = try train(mesh, manifest, &watch) { trainer, store, report in
            try trainer.train(features: field.values, answers: answers, views: views, store: store, progress: report)
        }
        let clicks = answers.flatMap { $0.prompts.map(\.clicks) }
        return Lesson(
            training: training, context: nil, clicks: clicks, views: views.cameras.count, manifest: manifest,
            counts: [
                "answeredViews": collected.count { $0.isNew }, "prompts": clicks.count, "availablePrompts": prompts.availablePrompts,
                "duplicateViews": prompts.duplicates,
            ])
    }

    /// The answers of the segmenter, view by view; each is kept at once, so that work cut short goes on where it was.
    private func collectMasks(
        _ prompts: PromptPlan, _ views: some MeshViews, _ mesh: OpenMesh, _ recipe: Recipe
    ) throws -> [(answer: AnsweredView, isNew: Bool)] {
        let collector = PromptCollector(
            segmenter: bench.segmenter, surface: mesh.surface, sampling: plan.sampling, level: bench.settings.lifting.level,
            seed: bench.settings.seed)
        return try bench.stage("Asking the segmenter about the views", views.cameras.count) { index in
            let recipe = recipe.item("answers-\(index).bin")
            if let stored = bench.cache.read(recipe).flatMap({ AnsweredView(data: $0) }) { return (stored, false) }
            let answer = try collector.answers(to: prompts, view: index, of: views)
            bench.cache.write(answer.data, recipe)
            return (answer, true)
        }
    }
}
