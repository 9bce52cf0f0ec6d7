import BSBBasics
import Foundation
import BSBInteractiveSegmentation
import BSBShapes
import Testing

@testable import BSBAnswering
@testable import BSBResults
@testable import BSBWorkbench

/// The published files are those of InteractiveSegmentationTests.
@Suite struct DecoderFileTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("InteractiveSegmentationTests/Published").path

    /// A strip of `count` vertices.
    static func strip(_ count: Int) throws -> OpenMesh {
        let vertices: [SIMD3<Float>] = (0..<count).map { [Float($0 / 2), Float($0 % 2), 0] }
        let faces: [SIMD3<UInt32>] = (0..<UInt32(count - 2)).map { [$0, $0 + 1, $0 + 2] }
        return try OpenMesh(Mesh(vertices: vertices, faces: faces), name: "strip.obj", hash: "strip")
    }

    @Test func publishedDecodersAnswerClicks() throws {
        let file = DecoderFile(path: "\(Self.folder)/decoder.safetensors")
        let bench = PipelineTests.bench()
        let outcome = try SegmentJob(at: bench).run(Self.strip(12), clicks: [SurfaceClick(3)], decoder: file)
        #expect(outcome.method == .iseg && outcome.provenance?.segmenter.name == "published decoder")
        #expect(outcome.segment.probability.count == 12)
        #expect(throws: Failure.self) { try SegmentJob(at: bench).run(Self.strip(14), clicks: [SurfaceClick(3)], decoder: file) }
    }

    @Test func whatIsMissingIsSaid() throws {
        let cases: [(file: DecoderFile, words: String)] = [
            (DecoderFile(path: "\(Self.folder)/expected.json"), "safetensors"),
            (DecoderFile(path: "nowhere.safetensors"), "nowhere.safetensors"),
        ]
        for (file, words) in cases {
            do {
                _ = try file.decoder(of: Self.strip(12))
                Issue.record("\(file.path) was read")
            } catch { #expect("\(error)".contains(words), "\(error)") }
        }
    }
}
