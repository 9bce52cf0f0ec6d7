import BSBBasics
import BSBImages
import TestSupport
import Testing

@testable import BSBBackbones

/// Graphs that declare or give what no model does (Fixtures/make_hostile.py).
@Suite struct HostileExtractorTests {
    private func load(_ name: String) throws -> ONNXFeatureExtractor {
        try ONNXFeatureExtractor(
            path: "\(fixtures)/hostile/\(name).onnx", side: nil, identity: ModelIdentity(name: name, hash: name), runtime: runtime.get())
    }

    @Test(arguments: ["huge-output", "huge-side", "huge-batch"]) func hugeSizesAreRefused(name: String) throws {
        let failure = try failure { try load(name) }
        #expect(failure.kind == .badInput && failure.path?.hasSuffix("\(name).onnx") == true, "\(failure)")
    }

    /// The runtime finds out the true sizes of what a graph gives, whatever it declares.
    @Test func whatIsDeclaredButNotTrueIsNoMatter() throws {
        let grid = try load("huge-dimension").features(of: Image(width: 56, height: 56))
        #expect(grid.dimension == 3)
    }

    @Test(arguments: ["no-numbers", "infinite"]) func whatIsNoNumberIsRefused(name: String) throws {
        let extractor = try load(name)
        let failure = try failure { try extractor.features(of: Image(width: 60, height: 40)) }
        #expect(failure.kind == .badInput && failure.reason.contains("no finite numbers"), "\(failure)")
    }

    @Test func anEncoderAndADecoderThatDoNotFitAreNamed() throws {
        let failure = try failure {
            try PublishedSegmenter(
                encoder: "\(fixtures)/published/mobilesam-encoder.onnx", decoder: "\(fixtures)/hostile/five-channel-decoder.onnx",
                identity: ModelIdentity(name: "mixed", hash: "mixed"), runtime: runtime.get()
            ).embed(Image(width: 64, height: 64))
        }
        #expect(failure.kind == .badInput, "\(failure)")
        #expect("\(failure)".contains("mobilesam-encoder") && "\(failure)".contains("five-channel-decoder"), "\(failure)")
    }
}
