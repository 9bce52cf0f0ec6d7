import Basics
import Foundation
import InteractiveSegmentation
import Shapes
import Testing

@testable import SegmentationBuddies

/// The published files are those of InteractiveSegmentationTests.
@Suite struct DecoderFileTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("InteractiveSegmentationTests/Published").path

    /// A strip of `count` vertices.
    static func strip(_ count: Int) throws -> PreparedMesh {
        let vertices = (0..<count).map { place -> SIMD3<Float> in
            let (column, row) = (place / 2, place % 2)
            return [Float(column), Float(row), 0]
        }
        let faces = (0..<UInt32(count - 2)).map { first -> SIMD3<UInt32> in [first, first + 1, first + 2] }
        return try PreparedMesh(Mesh(vertices: vertices, faces: faces), path: "strip.obj", hash: "strip")
    }

    @Test func publishedDecodersAnswerClicks() throws {
        let file = DecoderFile(path: "\(Self.folder)/decoder_checkpoint.pth", features: "\(Self.folder)/pred_f.pth")
        let bench = PipelineTests.bench()
        let outcome = try SegmentJob(at: bench).run(Self.strip(12), clicks: [SurfaceClick(3)], decoder: file)
        #expect(outcome.method == "iseg" && outcome.provenance?.segmenter.name == "published decoder")
        #expect(outcome.segment.probability.count == 12)
        #expect(throws: Failure.self) { try SegmentJob(at: bench).run(Self.strip(14), clicks: [SurfaceClick(3)], decoder: file) }
    }

    @Test func whatIsMissingIsSaid() throws {
        for (file, words) in [
            (DecoderFile(path: "\(Self.folder)/decoder_checkpoint.pth"), "--features"),
            (DecoderFile(path: "\(Self.folder)/pred_f.pth", features: "\(Self.folder)/pred_f.pth"), "attention_state_dict"),
            (DecoderFile(path: "\(Self.folder)/expected.json"), "safetensors"), (DecoderFile(path: "nowhere.pth"), "nowhere.pth"),
        ] {
            do {
                _ = try file.decoder(of: Self.strip(12))
                Issue.record("\(file.path) was read")
            } catch { #expect("\(error)".contains(words), "\(error)") }
        }
    }
}
