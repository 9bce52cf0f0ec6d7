import BSBBackbones
import BSBBasics
import BSBExamples
import Foundation
import BSBImages
import BSBInteractiveSegmentation
import BSBShapes
import TestSupport
import Testing

@testable import BSBAnswering
@testable import BSBResults
@testable import BSBWorkbench

@Suite struct TrainJobTests {
    static var plan: TrainingPlan { plan(.lift) }

    static func plan(_ signal: LearningSignal) -> TrainingPlan {
        var plan = TrainingPlan(signal: signal)
        (plan.sampling.minimumVertices, plan.sampling.maximumPrompts) = (20, 60)
        (plan.training.steps, plan.training.evaluationInterval, plan.training.points) = (30, 10, 16)
        return plan
    }

    static func mesh() throws -> OpenMesh { try OpenMesh(PipelineTests.shape.get().mesh, name: "mug.obj", hash: "m") }

    @Test func trainedDecodersAreFoundAndResultsSaySo() throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let bench = PipelineTests.bench(cache: path)
        let mesh = try Self.mesh()
        let click = [SurfaceClick(try SurfaceTarget.pixel([112, 112], azimuth: 0, elevation: 20, size: 224).vertex(of: mesh))]
        #expect(try SegmentJob(at: bench).run(mesh, clicks: click).method == .lift)
        var decoded = bench
        decoded.settings.segmenter = .iseg
        #expect(throws: Failure.self) { try SegmentJob(at: decoded).run(mesh, clicks: click) }
        let outcome = try TrainJob(at: bench, plan: Self.plan).train(mesh)
        #expect(outcome.counts["prompts"] ?? 0 > 0)
        let found = try SegmentJob(at: bench).run(mesh, clicks: click)
        #expect(found.method == .iseg)
        #expect(found.provenance == outcome.trained.provenance)
        #expect(found.segment.probability.count == mesh.mesh.vertices.count)
        decoded.settings.segmenter = .lift
        #expect(try SegmentJob(at: decoded).run(mesh, clicks: click).method == .lift)
        let document = try SegmentOutputs(found, at: bench).write(to: path + "/out")
        #expect(document.segment.method == .iseg)
        for name in document.outputs { #expect(FileManager.default.fileExists(atPath: path + "/out/" + name), "\(name)") }
    }

    @Test(arguments: [LearningSignal.lift, .masks])
    func stoppedTrainingGoesOnToTheSameBytes(signal: LearningSignal) throws {
        let plan = Self.plan(signal)
        let asked = signal == .lift ? "newVertices" : "answeredViews"
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let mesh = try Self.mesh()
        let whole = try TrainJob(at: PipelineTests.bench(), plan: plan).train(mesh)
        let bench = PipelineTests.bench(cache: path)
        // A run is stopped while the views are asked about, and the next finds what was kept.
        var stopping = bench
        stopping.segmenter = StoppingSegmenter(after: signal == .lift ? 100 : 5)
        stopping.parallelism = Parallelism(threads: 1)
        #expect(throws: Failure.self) { try TrainJob(at: stopping, plan: plan).train(mesh) }
        let resumed = try TrainJob(at: bench, plan: plan).train(mesh)
        #expect(resumed.counts[asked] ?? 99 < (whole.counts[asked] ?? 0))
        #expect(try resumed.trained.encoded() == whole.trained.encoded())
        #expect(resumed.manifest.answersHash == whole.manifest.answersHash)
        let again = try TrainJob(at: bench, plan: plan).train(mesh)
        #expect(again.counts["steps"] == 0 && again.counts[asked] == 0)
        #expect(try again.trained.encoded() == whole.trained.encoded())
    }

    @Test func publishedViewsAreOneForEachPrompt() throws {
        var plan = Self.plan(.published)
        plan.viewsPerVertex = 2
        plan.sampling = .reference
        plan.sampling.vertexShare = 0.005
        let outcome = try TrainJob(at: PipelineTests.bench(), plan: plan).train(Self.mesh())
        let vertices = outcome.manifest.vertices.count
        #expect(outcome.trained.provenance.views <= 2 * vertices && outcome.trained.provenance.views > 0)
        #expect(outcome.trained.provenance.prompts == outcome.trained.provenance.views)
        #expect(outcome.trained.provenance.withUnwanted == 0)
    }

    @Test(arguments: [LearningSignal.lift, .masks])
    func clicksOnAnotherMeshAreTransferred(signal: LearningSignal) throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let bench = PipelineTests.bench(cache: path + "/cache")
        let shape = try PipelineTests.shape.get().mesh
        // The source is the same shape, wider: its features are others, its vertices can be counted alike.
        let wide = Mesh(vertices: shape.vertices.map { [1.5 * $0.x, $0.y, $0.z] }, faces: shape.faces)
        let (target, source) = (path + "/target.obj", path + "/source.obj")
        try AtomicFile.write(shape.objData(), to: target)
        try AtomicFile.write(wide.objData(), to: source)
        let click = [TargetedClick(.vertex(30))]
        // Without a decoder of the target there is nothing to ask.
        #expect(throws: Failure.self) { try SegmentJob(at: bench).run(mesh: target, clicks: click, like: source) }
        _ = try TrainJob(at: bench, plan: Self.plan(signal)).train(OpenMesh(contentsOf: target))
        let transferred = try SegmentJob(at: bench).run(mesh: target, clicks: click, like: source)
        #expect(transferred.method == .iseg && transferred.source?.path == source)
        #expect(transferred.segment.probability.count == transferred.mesh.mesh.vertices.count)
        let document = try SegmentOutputs(transferred, at: bench).write(to: path + "/out")
        #expect(document.source?.path == source && document.clicks.count == 1)
        #expect(document.standIns?.count == (signal == .lift ? 1 : 0))
        // A mesh that is like itself is clicked as if it were not: at the stand-in, which may be another vertex with the same features.
        let same = try SegmentJob(at: bench).run(mesh: target, clicks: click, like: target)
        let clicked = signal == .lift ? try #require(same.standIns.first).vertex : 30
        let own = try SegmentJob(at: bench).run(mesh: target, clicks: [TargetedClick(.vertex(clicked))])
        var expected = own.segment.probability
        // A clicked vertex is in its own part; a click on another mesh, taken over by its features, is on no vertex of this one.
        if signal != .lift { expected[clicked] = same.segment.probability[clicked] }
        #expect(same.segment.probability == expected)
        // The wide shape's features are others; where they only choose the stand-in, it may be the same.
        #expect(signal == .lift || own.segment.probability != transferred.segment.probability)
    }

    /// What was asked of a grey mesh says nothing about the same mesh in its colours.
    @Test func aTrainingInColoursIsNotThatInGrey() throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let bench = PipelineTests.bench(cache: path)
        var shape = try PipelineTests.shape.get().mesh
        shape.vertexColors = shape.vertices.map { $0.y > 0 ? [1, 0, 0] : [0, 0, 1] }
        let outcomes = try [false, true, true].map { isColored in
            try TrainJob(at: bench, plan: Self.plan).train(OpenMesh(shape, name: "mug.obj", colored: isColored))
        }
        #expect(outcomes.map { ($0.counts["newVertices"] ?? 0) > 0 } == [true, true, false])
        #expect(outcomes.map { $0.counts["resumedSteps"] == 0 } == [true, true, false])
        #expect(outcomes[0].manifest.answersHash != outcomes[1].manifest.answersHash)
    }

    @Test func decodersOfOtherMeshesAreRefused() throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let bench = PipelineTests.bench(cache: path)
        let outcome = try TrainJob(at: bench, plan: Self.plan).train(Self.mesh())
        let file = path + "/decoder.safetensors"
        try outcome.trained.encoded().write(to: URL(fileURLWithPath: file))
        let other = try OpenMesh(PipelineTests.shape.get().mesh, name: "other.obj", hash: "other")
        #expect(throws: Failure.self) { try SegmentJob(at: bench).run(other, clicks: [SurfaceClick(0)], decoder: DecoderFile(path: file)) }
        #expect(try SegmentJob(at: bench).run(Self.mesh(), clicks: [SurfaceClick(0)], decoder: DecoderFile(path: file)).method == .iseg)
    }

    @Test func clicksAreFoundByPointAndByPixel() throws {
        let mesh = try Self.mesh()
        #expect(try SurfaceTarget.point(mesh.mesh.filePosition(17)).vertex(of: mesh) == 17)
        let center = SurfaceTarget.pixel([112, 112], azimuth: 0, elevation: 20, size: 224)
        let vertex = try center.vertex(of: mesh)
        #expect(mesh.referenced[vertex])
        #expect(throws: Failure.self) { try SurfaceTarget.pixel([0.5, 0.5], azimuth: 0, elevation: 0, size: 224).vertex(of: mesh) }
        #expect(throws: Failure.self) { try SurfaceTarget.vertex(-1).vertex(of: mesh) }
        #expect(throws: Failure.self) { try SurfaceTarget.point([.nan, 0, 0]).vertex(of: mesh) }
    }

    @Test func lossCurvesAreTablesAndPictures() {
        let history = [
            LossPoint(step: 0, training: 0, heldOut: 0.7, heldOutIoU: 0.1),
            LossPoint(step: 10, training: 0.5, heldOut: .nan, heldOutIoU: 0.4),
        ]
        #expect(LossCurve(history).csv.split(separator: "\n").count == 3)
        #expect(LossCurve(history).image().width == 800)
        #expect(LossCurve([]).image() != LossCurve(history).image())
    }
}
