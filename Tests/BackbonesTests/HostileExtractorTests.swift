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

    @Test(arguments: ["huge-output", "huge-side", "huge-batch", "huge-dimension"]) func hugeSizesAreRefused(name: String) throws {
        let failure = try failure { try load(name) }
        #expect(failure.kind == .badInput && failure.path?.hasSuffix("\(name).onnx") == true, "\(failure)")
    }

    @Test(arguments: ["no-numbers", "infinite"]) func whatIsNoNumberIsRefused(name: String) throws {
        let extractor = try load(name)
        let failure = try failure { try extractor.features(of: Image(width: 60, height: 40)) }
        #expect(failure.kind == .badInput && failure.reason.contains("no finite numbers"), "\(failure)")
    }

    @Test func anEncoderAndADecoderThatDoNotFitAreNamed() throws {
        let failure = try failure {
            try PublishedSegmenter(
                encoder: "\(fixtures)/published/mobilesam-encoder.onnx", decoder: "\(fixtures)/published/efficientsam-decoder.onnx",
                identity: ModelIdentity(name: "mixed", hash: "mixed"), runtime: runtime.get()
            ).embed(Image(width: 64, height: 64))
        }
        #expect(failure.kind == .badInput, "\(failure)")
        #expect("\(failure)".contains("mobilesam-encoder") && "\(failure)".contains("efficientsam-decoder"), "\(failure)")
    }
}
