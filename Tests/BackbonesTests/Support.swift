import BSBBasics
import Foundation
import BSBImages
import BSBInference
import Testing

@testable import BSBBackbones

/// The library that `scripts/bootstrap` installed.
let runtime = Result { try InferenceRuntime() }

/// The folder that Fixtures/make_fixtures.py filled.
let fixtures = Bundle.module.resourceURL!.appendingPathComponent("Fixtures").path

func options(threads: Int = 2, batch: Int = 3) -> BackboneOptions {
    BackboneOptions(threads: threads, promptBatch: batch)
}

func extractor(_ options: BackboneOptions = options()) throws -> EmbeddedFeatureExtractor {
    try EmbeddedFeatureExtractor(models: EmbeddedModels(folder: fixtures), runtime: runtime.get(), options: options)
}

func segmenter(_ options: BackboneOptions = options()) throws -> EmbeddedSegmenter {
    try EmbeddedSegmenter(models: EmbeddedModels(folder: fixtures), runtime: runtime.get(), options: options)
}

/// A picture of random colours.
func noise(_ width: Int, _ height: Int, seed: UInt64) -> Image {
    var generator = SeededGenerator(seed: seed)
    let pixels = (0..<width * height * 3).map { _ in UInt8(truncatingIfNeeded: generator.next() >> 40) }
    return Image(width: width, height: height, pixels: pixels)
}

func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
}
