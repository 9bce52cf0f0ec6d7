import BSBBackbones
import BSBBasics
import BSBDistillation
import Foundation
import BSBLinearAlgebra
import BSBRendering
import BSBShapes
import TestSupport
import Testing

@testable import BSBInteractiveSegmentation

@Suite struct TrainingTests {
    /// A small training on a sphere whose parts are its two halves.
    struct Setting {
        let mesh = sphereMesh(8)
        let views: SphereViews
        let surface: SurfaceModel
        let plan: PromptPlan
        let answers: [AnsweredView]

        init() throws {
            var sampling = PromptSampling()
            sampling.minimumVertices = 40
            (sampling.maximumPrompts, sampling.secondClickShare) = (120, 0.5)
            views = try SphereViews(mesh, views: 8)
            surface = try SurfaceModel(mesh)
            plan = try PromptPlan(views, surface: surface, sampling: sampling, seed: 1)
            let collector = PromptCollector(segmenter: HemisphereSegmenter(), surface: surface, sampling: sampling, seed: 1)
            let (plan, views) = (plan, views)
            answers = try (0..<8).map { try collector.answers(to: plan, view: $0, of: views) }
        }

        static var options: DecoderTrainingOptions {
            var options = DecoderTrainingOptions()
            (options.steps, options.evaluationInterval, options.points, options.batch) = (30, 10, 24, 8)
            return options
        }
    }

    /// A short training that several tests look at.
    static let short = Result {
        let setting = try Setting()
        var options = Setting.options
        options.steps = 20
        let training = try DecoderTrainer(options: options).train(
            features: positionFeatures(setting.mesh), answers: setting.answers, views: setting.views)
        return (setting, training)
    }

    static func segmenter(_ training: DecoderTraining, _ setting: Setting, pairs: Int = 1) throws -> DecoderSegmenter {
        DecoderSegmenter(try trained(training, setting, pairs: pairs))
    }

    static func trained(_ training: DecoderTraining, _ setting: Setting, pairs: Int = 1) throws -> TrainedDecoder {
        let values = positionFeatures(setting.mesh)
        return try TrainedDecoder(
            decoder: training.decoder, scaling: training.scaling,
            field: FeatureField(values: values, observed: [Bool](repeating: true, count: values.rows)),
            provenance: .init(
                meshHash: "m", segmenter: HemisphereSegmenter().identity, normalisation: .vertexMean, signal: .masks, views: 8,
                prompts: 1, severalWanted: pairs, withUnwanted: pairs, answersHash: "a", sampling: PromptSampling(),
                training: Setting.options,
                steps: training.steps, bestStep: training.bestStep, heldOutLoss: 0, heldOutIoU: 0))
    }

    @Test func planTakesVisibleVerticesOnly() throws {
        let setting = try Setting()
        #expect(setting.plan.vertices.count == 40)
        #expect(setting.plan.promptCount == min(120, setting.plan.availablePrompts))
        for (view, vertices) in setting.plan.firstClicks.enumerated() {
            let camera = setting.views.cameras[view]
            let visible = setting.views.scene.areVisible(from: camera)
            for vertex in vertices {
                let toEye = camera.eye - setting.mesh.vertices[vertex]
                #expect(visible[vertex], "nothing lies between the vertex and the eye")
                let cosine = (setting.surface.normals[vertex] * toEye).sum() / (toEye * toEye).sum().squareRoot()
                #expect(cosine >= PromptSampling().minimumFrontality)
            }
        }
    }

    @Test func windingChangesNoPrompt() throws {
        let mesh = sphereMesh(8)
        let turned = Mesh(vertices: mesh.vertices, faces: mesh.faces.map { [$0.x, $0.z, $0.y] })
        let plans = try [mesh, turned].map {
            try PromptPlan(SphereViews($0, views: 5), surface: SurfaceModel($0), sampling: PromptSampling(), seed: 1)
        }
        #expect(plans[0].firstClicks == plans[1].firstClicks && plans[0].promptCount > 50)
    }

    @Test func secondClicksChangeTheMaskTheRightWay() throws {
        let setting = try Setting()
        for view in setting.answers {
            let single = Dictionary(
                view.prompts.filter { $0.clicks.count == 1 }.map { ($0.clicks[0].vertex, $0) }, uniquingKeysWith: { first, _ in first })
            for prompt in view.prompts where prompt.clicks.count == 2 {
                let before = try #require(single[prompt.clicks[0].vertex]).logits.count { $0 > 0 }
                let after = prompt.logits.count { $0 > 0 }
                #expect(prompt.clicks[1].isForeground ? after > before : after < before)
            }
        }
        let seconds = setting.answers.flatMap(\.prompts).filter { $0.clicks.count == 2 }.map(\.clicks[1].isForeground)
        #expect(seconds.contains(true) && seconds.contains(false))
    }

    @Test func publishedSamplingHasSecondClicksToo() throws {
        let setting = try Setting()
        var sampling = PromptSampling.reference
        (sampling.secondClickShare, sampling.secondClicks, sampling.refinementRounds) = (1, 5, 5)
        // One view for each vertex, as the published sampling has it: other vertices that it shows are second clicks.
        let camera = setting.views.cameras[0]
        let seen = try ClickableVertices(surface: setting.surface, minimumFrontality: 0)
            .seen(among: setting.plan.vertices, in: 0, of: setting.views)
        let plan = PromptPlan(vertices: setting.plan.vertices, promptOfView: [try #require(seen.first)], duplicates: 0)
        let collector = PromptCollector(
            segmenter: HemisphereSegmenter(), surface: setting.surface, sampling: sampling, seed: 1)
        let answer = try collector.answers(to: plan, view: 0, of: setting.views)
        #expect(answer.prompts.filter { $0.clicks.count == 1 }.count == 1)
        let seconds = answer.prompts.filter { $0.clicks.count == 2 }
        #expect((1...10).contains(seconds.count))
        let visible = setting.views.scene.areVisible(from: camera)
        #expect(seconds.allSatisfy { visible[$0.clicks[1].vertex] && $0.clicks[1].vertex != $0.clicks[0].vertex })
    }

    @Test func answersComeBackFromBytes() throws {
        let answer = try Setting().answers[0]
        #expect(AnsweredView(data: answer.data) == answer)
        for length in stride(from: 0, to: answer.data.count, by: 97) { #expect(AnsweredView(data: answer.data.prefix(length)) == nil) }
    }

    @Test func learnsThePartsOfASphere() throws {
        let setting = try Setting()
        var options = Setting.options
        (options.steps, options.evaluationInterval) = (240, 40)
        // Second clicks need more steps than a test has.
        var answers = setting.answers
        for index in answers.indices { answers[index].prompts.removeAll { $0.clicks.count > 1 } }
        let training = try DecoderTrainer(options: options).train(
            features: positionFeatures(setting.mesh), answers: answers, views: setting.views)
        let segmenter = try Self.segmenter(training, setting, pairs: 0)
        let truth = setting.mesh.vertices.map { $0.y > 0 }
        let top = try #require(setting.mesh.vertices.firstIndex { $0.y > 0.7 })
        let found = try segmenter.probabilities(of: [SurfaceClick(top)]).map { $0 >= 0.5 }
        let both = zip(found, truth).count { $0 && $1 }
        let either = zip(found, truth).count { $0 || $1 }
        #expect(Double(both) / Double(either) > 0.75, "IoU \(both) / \(either), history \(training.history)")
        let last = try #require(training.history.last)
        #expect(last.heldOut < training.history[0].heldOut)
    }

    @Test func killedTrainingResumesToTheSameBytes() throws {
        let setting = try Setting()
        let features = positionFeatures(setting.mesh)
        let whole = try DecoderTrainer(options: Setting.options, parallelism: Parallelism(threads: 1)).train(
            features: features, answers: setting.answers, views: setting.views)
        let store = MemoryStore()
        struct Killed: Error {}
        for deadline in [13, 25] {
            #expect(throws: Killed.self) {
                try DecoderTrainer(options: Setting.options).train(
                    features: features, answers: setting.answers, views: setting.views, store: store
                ) { if $0.step == deadline { throw Killed() } }
            }
        }
        let resumed = try DecoderTrainer(options: Setting.options, parallelism: Parallelism(threads: 3)).train(
            features: features, answers: setting.answers, views: setting.views, store: store)
        #expect(resumed.resumedSteps == 20)
        #expect(resumed.history == whole.history)
        #expect(try Self.trained(resumed, setting).encoded() == Self.trained(whole, setting).encoded())
    }

    @Test func publishedRenderingTrainsToo() throws {
        let setting = try Setting()
        var options = Setting.options
        (options.steps, options.rendersProbabilities, options.standardizesFeatures, options.points) = (60, true, false, 200)
        let training = try DecoderTrainer(options: options).train(
            features: positionFeatures(setting.mesh), answers: setting.answers, views: setting.views)
        #expect(training.history.last!.heldOut < training.history[0].heldOut)
    }

    @Test func nothingToLearnIsAFailure() throws {
        let setting = try Setting()
        let features = positionFeatures(setting.mesh)
        let trainer = try DecoderTrainer(options: Setting.options)
        #expect(throws: Failure.self) { try trainer.train(features: features, answers: [], views: setting.views) }
        var empty = setting.answers[0]
        empty.prompts = []
        #expect(throws: Failure.self) { try trainer.train(features: features, answers: [empty], views: setting.views) }
        #expect(throws: Failure.self) {
            try PromptPlan(
                SphereViews(setting.mesh, views: 0), surface: setting.surface, sampling: PromptSampling(), seed: 0)
        }
    }

    @Test func answersOfAnotherMeshAreRefused() throws {
        let setting = try Setting()
        var foreign = setting.answers
        foreign[0].prompts[0].clicks[0].vertex = 100_000
        #expect(throws: Failure.self) {
            try DecoderTrainer(options: Setting.options).train(
                features: positionFeatures(setting.mesh), answers: foreign, views: setting.views)
        }
    }

    @Test func checkpointsComeBackToTheLastBit() throws {
        let (setting, training) = try Self.short.get()
        let trained = try Self.trained(training, setting)
        let data = try trained.encoded()
        let read = try TrainedDecoder(data)
        #expect(try read.encoded() == data)
        let clicks = [SurfaceClick(1), SurfaceClick(0, isForeground: false)]
        let (before, after) = (DecoderSegmenter(trained), DecoderSegmenter(read))
        #expect(try before.probabilities(of: clicks) == after.probabilities(of: clicks))
        #expect(throws: Failure.self) { try TrainedDecoder(SafetensorsTests.file.encoded()) }
        var file = try Safetensors(data)
        file.tensors["features"]?.values[0] = .nan
        #expect(throws: Failure.self) { try TrainedDecoder(file.encoded()) }
        file = try Safetensors(data)
        file.metadata["version"] = "1"
        let failure = #expect(throws: Failure.self) { try TrainedDecoder(file.encoded()) }
        #expect(failure?.reason.contains("version 1") == true && failure?.hint?.contains("train") == true)
        file = try Safetensors(data)
        file.tensors["decoder.output.bias"] = nil
        #expect(throws: Failure.self) { try TrainedDecoder(file.encoded()) }
    }

    @Test func clicksAreCheckedAndRepetitionsChangeNothing() throws {
        let (setting, training) = try Self.short.get()
        let segmenter = try Self.segmenter(training, setting)
        let once = try segmenter.probabilities(of: [SurfaceClick(5)])
        #expect(try segmenter.probabilities(of: [SurfaceClick(5), SurfaceClick(5)]) == once)
        let negative = try segmenter.probabilities(of: [SurfaceClick(5), SurfaceClick(0, isForeground: false)])
        #expect(negative != once)
        #expect(negative != (try segmenter.probabilities(of: [SurfaceClick(5), SurfaceClick(0)])))
        for clicks in [
            [], [SurfaceClick(-1)], [SurfaceClick(setting.mesh.vertices.count)], [SurfaceClick(0, isForeground: false)],
            [SurfaceClick(1), SurfaceClick(1, isForeground: false)],
        ] {
            #expect(throws: Failure.self) { try segmenter.probabilities(of: clicks) }
        }
        let single = try Self.segmenter(training, setting, pairs: 0)
        #expect(try single.probabilities(of: [SurfaceClick(5)]) == once)
        #expect(throws: Failure.self) { try single.probabilities(of: [SurfaceClick(5), SurfaceClick(6)]) }
        #expect(throws: Failure.self) { try single.probabilities(of: [SurfaceClick(5), SurfaceClick(0, isForeground: false)]) }
    }

    @Test func clickFeaturesGoFromMeshToMesh() throws {
        let (setting, training) = try Self.short.get()
        let segmenter = try Self.segmenter(training, setting)
        let own = try segmenter.probabilities(of: [SurfaceClick(7)])
        #expect(try segmenter.transfer([SurfaceClick(7)], from: segmenter.trained.field).probability == own)
        let other = FeatureField(values: Matrix(rows: 1, columns: 4), observed: [true])
        #expect(throws: Failure.self) { try segmenter.transfer([SurfaceClick(0)], from: other) }
    }
}

extension RayScene {
    /// #V: whether nothing lies between each vertex and the eye.
    fileprivate func areVisible(from camera: Camera) -> [Bool] {
        areVisible(Array(mesh.vertices.indices), from: mesh.vertices.map { _ in camera.eye })
    }
}
