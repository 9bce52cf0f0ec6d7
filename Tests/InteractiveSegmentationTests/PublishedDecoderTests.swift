import BSBBasics
import Foundation
import BSBLinearAlgebra
import Testing

@testable import BSBInteractiveSegmentation

/// Decoders in the published layout, trained by torch (`Training/tests/published/make.py`) and converted by `Training/convert_decoder.py`;
/// the answers are torch's own.
@Suite struct PublishedDecoderTests {
    static func file(_ name: String) throws -> Data {
        try Data(contentsOf: #require(Bundle.module.url(forResource: "Published/\(name)", withExtension: nil)))
    }

    static func decoder(_ name: String) throws -> TrainedDecoder {
        try TrainedDecoder(file(name))
    }

    static func expected() throws -> [String: [String: [Float]]] {
        try JSONDecoder().decode([String: [String: [Float]]].self, from: file("expected.json"))
    }

    static func difference(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).map { abs($0 - $1) }.max() ?? 1 }

    @Test func answersAreThoseOfTorch() throws {
        let expected = try #require(Self.expected()["several"])
        let segmenter = DecoderSegmenter(try Self.decoder("decoder.safetensors"))
        let one = try segmenter.probabilities(of: [SurfaceClick(3)])
        #expect(one.count == 12 && Self.difference(one, expected["one"]!) < 1e-5)
        let three = try segmenter.probabilities(of: [SurfaceClick(3), SurfaceClick(7), SurfaceClick(0, isForeground: false)])
        #expect(Self.difference(three, expected["three"]!) < 1e-5)
        #expect(Self.difference(one, three) > 0.01)
    }

    @Test func decodersOfSingleClicksAreKnownByTheirNumbers() throws {
        let segmenter = DecoderSegmenter(try Self.decoder("single.safetensors"))
        let one = try segmenter.probabilities(of: [SurfaceClick(3)])
        #expect(Self.difference(one, try Self.expected()["single"]!["one"]!) < 1e-5)
        #expect(throws: Failure.self) { try segmenter.probabilities(of: [SurfaceClick(3), SurfaceClick(7)]) }
        #expect(throws: Failure.self) { try segmenter.probabilities(of: [SurfaceClick(3), SurfaceClick(7, isForeground: false)]) }
    }

    @Test func convertedDecodersAreWrittenAsTheyAreRead() throws {
        let decoder = try Self.decoder("decoder.safetensors")
        let read = try TrainedDecoder(decoder.encoded())
        #expect(read.decoder == decoder.decoder && read.field == decoder.field && read.provenance == decoder.provenance)
    }
}
