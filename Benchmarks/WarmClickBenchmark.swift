import BSBAnswering
import BSBExamples
import BSBImages
import BSBResults
import BSBWorkbench
import Foundation

/// A click in a photo that is open, on a mesh that is open, stage by stage; beside it the click of a process that opens both anew, with
/// everything in its cache: what the command line does.
struct WarmClickBenchmark {
    private struct Stages {
        var masks: [Double] = []
        var buddy: [Double] = []
        var part: [Double] = []
        var prompts: [Int] = []
        var anew: [Double] = []
    }

    func run() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bsb-benchmark-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let models = try ModelPair.embedded()
        let bench = { Workbench(models, cache: CacheDirectory(path: folder + "/cache")) }
        var (stages, first) = (Stages(), [Double]())
        for kind in ExampleKind.allCases {
            let example = try ExampleJob(kind: kind).run(output: "\(folder)/\(kind.rawValue)")
            let paths = (photo: "\(folder)/\(kind.rawValue)/photo.png", mesh: "\(folder)/\(kind.rawValue)/mesh.obj")
            let clicks = Self.clicks(example)
            let warm = bench()
            let start = DispatchTime.now().uptimeNanoseconds
            let (photo, mesh) = (try OpenPhoto(contentsOf: paths.photo), try OpenMesh(contentsOf: paths.mesh))
            try warm.answer(clicks[0], in: photo, on: mesh) { if case .buddy = $0 { first.append(Self.seconds(since: start)) } }
            // What a mesh that is open gets in the background.
            try EmbeddedViews(of: mesh, at: warm).prepareAll()
            for click in clicks.dropFirst() {
                try measure(click, photo, mesh, warm, into: &stages)
                stages.anew.append(
                    try Comparison.seconds {
                        try bench().answer(click, in: OpenPhoto(contentsOf: paths.photo), on: OpenMesh(contentsOf: paths.mesh))
                    })
            }
        }
        report(stages)
        let worst = first.max() ?? 0
        print(
            String(
                format: "| the first click on a new mesh to its buddy (median; largest) | %.3f s | %.3f s | | |", Comparison.median(first),
                worst))
        try measureDecoders(folder, bench())
    }

    /// The part by a decoder in place of the lift, on three of the meshes.
    ///
    /// Decoders of the default sizes that have learned the usual number of parts; a few steps of training, since how well they have learned
    /// changes nothing about their time.
    private func measureDecoders(_ folder: String, _ bench: Workbench) throws {
        var decoded: [Double] = []
        var plan = TrainingPlan()
        plan.training.steps = 50
        for kind in [ExampleKind.chair, .guitar, .mug] {
            let document = try ExampleJob(kind: kind).run(output: "\(folder)/\(kind.rawValue)")
            let (photo, mesh) = (
                try OpenPhoto(contentsOf: "\(folder)/\(kind.rawValue)/photo.png"),
                try OpenMesh(contentsOf: "\(folder)/\(kind.rawValue)/mesh.obj")
            )
            _ = try TrainJob(at: bench, plan: plan).train(mesh)
            var asking = bench
            asking.settings.segmenter = .iseg
            let clicks = Self.clicks(document)
            try asking.answer(clicks[0], in: photo, on: mesh)
            for click in clicks.dropFirst() {
                let start = DispatchTime.now().uptimeNanoseconds
                let answer = try asking.answer(click, in: photo, on: mesh)
                if answer.segment != nil, answer.method == .iseg { decoded.append(Self.seconds(since: start)) }
            }
        }
        print(
            String(
                format: "| a warm click to its part by a decoder (median; largest) | %.3f s | %.3f s | | %d clicks |",
                Comparison.median(decoded), decoded.max() ?? 0, decoded.count))
    }

    private static func clicks(_ document: ExampleJob.Document) -> [Click] {
        document.clicks.keys.sorted().map { Click(Pixel(x: document.clicks[$0]![0], y: document.clicks[$0]![1])) }
    }

    private func report(_ stages: Stages) {
        let prompts = stages.prompts.reduce(0, +) / max(1, stages.prompts.count)
        let work = "\(stages.part.count) clicks, \(prompts) prompts each"
        for (name, seconds) in [("masks", stages.masks), ("buddy", stages.buddy), ("part", stages.part)] {
            let (own, anew) = (Comparison.median(seconds), Comparison.median(stages.anew))
            print(
                String(
                    format: "| a warm click to its %@, against a click from files | %.3f s | %.3f s | %.1f | %@ |", name, own, anew,
                    anew / own, work))
        }
    }

    private static func seconds(since start: UInt64) -> Double { Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 }

    private func measure(_ click: Click, _ photo: OpenPhoto, _ mesh: OpenMesh, _ bench: Workbench, into stages: inout Stages) throws {
        let start = DispatchTime.now().uptimeNanoseconds
        var (masks, buddy) = (0.0, 0.0)
        let answer = try bench.answer(click, in: photo, on: mesh) { stage in
            switch stage {
            case .masks: masks = Self.seconds(since: start)
            case .buddy: buddy = Self.seconds(since: start)
            case .part: break
            }
        }
        guard answer.segment != nil else { return }
        stages.masks.append(masks)
        stages.buddy.append(buddy)
        stages.part.append(Self.seconds(since: start))
        stages.prompts.append((answer.counts.matchingPrompts ?? 0) + (answer.counts.liftingPrompts ?? 0))
    }
}
