import BSBBasics
import Foundation
import TestSupport
import Testing

@testable import BSBBackbones

@Suite struct ShippedModelsTests {
    @Test func theShippedPairRunsAndDoesNotDependOnThreads() throws {
        let models = try EmbeddedModels()
        let image = noise(90, 60, seed: 8)
        let prompts = [Prompt(points: [.init([40, 30])]), Prompt(points: [], box: .init(low: [5, 5], high: [50, 50]))]
        let runs = try [1, 3].map { threads in
            let options = BackboneOptions(threads: threads)
            let grid = try EmbeddedFeatureExtractor(models: models, runtime: runtime.get(), options: options).features(of: image)
            let segmenter = try EmbeddedSegmenter(models: models, runtime: runtime.get(), options: options)
            return (grid, try segmenter.masks(for: prompts, in: segmenter.embed(image)))
        }
        #expect(runs[0].0 == runs[1].0 && runs[0].1 == runs[1].1)
        let entry = try models.entry("features.onnx")
        #expect(runs[0].0.columns == entry.inputSize / entry.stride && runs[0].1.allSatisfy { $0.logits.count == 3 })
        #expect(runs[0].0.values.allSatisfy(\.isFinite) && runs[0].1.flatMap(\.predictedIoU).allSatisfy { (0...1).contains($0) })
    }
}
