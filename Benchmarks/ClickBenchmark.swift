import BSBImages
import BSBResults
import BSBWorkbench
import Foundation

/// A click from files to an answer, and to the files of the answer: with the mesh and the photo in the cache, against from nothing.
struct ClickBenchmark {
    func run(_ runs: Int) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bsb-benchmark-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let example = try ExampleJob(kind: .chair).run(output: folder)
        let click = Click(Pixel(x: example.click[0], y: example.click[1]))
        let models = try ModelPair.embedded()
        let bench = { (cache: String?) in
            Workbench(models, cache: CacheDirectory(path: cache))
        }
        let match = { (cache: String?) in
            try bench(cache).answer(
                click, in: OpenPhoto(contentsOf: folder + "/photo.png"), on: OpenMesh(contentsOf: folder + "/mesh.obj"))
        }
        let first = try match(folder + "/cache").counts
        let again = try match(folder + "/cache").counts
        let prompts = (again.matchingPrompts ?? 0) + (again.liftingPrompts ?? 0)
        let work = "\(prompts) prompts against \(first.featureViews ?? 0) + \(first.segmenterViews ?? 0) views and \(prompts) prompts"
        try Comparison(
            name: "a click, everything else cached, against from nothing", ours: { _ = try match(folder + "/cache") },
            naive: { _ = try match(nil) }, work: work
        ).run(runs)
        let write = { (cache: String?) in _ = try MatchOutputs(match(cache), at: bench(cache)).write(to: folder + "/output") }
        try Comparison(
            name: "the same with the picture and all files", ours: { try write(folder + "/cache") }, naive: { try write(nil) }, work: work
        ).run(runs)
    }
}
