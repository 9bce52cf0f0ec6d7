import Basics
import Foundation
import LinearAlgebra
import Testing

@testable import InteractiveSegmentation

/// The files in `Published/` were made by torch with `make.py` there.
@Suite struct PublishedDecoderTests {
    static func file(_ name: String) throws -> Data {
        try Data(contentsOf: #require(Bundle.module.url(forResource: "Published/\(name)", withExtension: nil)))
    }

    static func decoder(_ name: String) throws -> TrainedDecoder {
        try TrainedDecoder(publishedCheckpoint: file(name), features: file("pred_f.pth"), meshHash: "m")
    }

    static func expected() throws -> [String: [String: [Float]]] {
        try JSONDecoder().decode([String: [String: [Float]]].self, from: file("expected.json"))
    }

    static func difference(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).map { abs($0 - $1) }.max() ?? 1 }

    @Test func answersAreThoseOfTorch() throws {
        let expected = try #require(Self.expected()["several"])
        let segmenter = DecoderSegmenter(try Self.decoder("decoder_checkpoint.pth"))
        let one = try segmenter.probabilities(of: [SurfaceClick(3)])
        #expect(one.count == 12 && Self.difference(one, expected["one"]!) < 1e-5)
        let three = try segmenter.probabilities(of: [SurfaceClick(3), SurfaceClick(7), SurfaceClick(0, isForeground: false)])
        #expect(Self.difference(three, expected["three"]!) < 1e-5)
        #expect(Self.difference(one, three) > 0.01)
    }

    @Test func decodersOfSingleClicksAreKnownByTheirNumbers() throws {
        let segmenter = DecoderSegmenter(try Self.decoder("single.pth"))
        let one = try segmenter.probabilities(of: [SurfaceClick(3)])
        #expect(Self.difference(one, try Self.expected()["single"]!["one"]!) < 1e-5)
        #expect(throws: Failure.self) { try segmenter.probabilities(of: [SurfaceClick(3), SurfaceClick(7)]) }
        #expect(throws: Failure.self) { try segmenter.probabilities(of: [SurfaceClick(3), SurfaceClick(7, isForeground: false)]) }
    }

    @Test func importedDecodersComeBackFromOurOwnFormat() throws {
        let decoder = try Self.decoder("decoder_checkpoint.pth")
        let read = try TrainedDecoder(decoder.encoded())
        #expect(read.decoder == decoder.decoder && read.field == decoder.field && read.provenance == decoder.provenance)
    }

    @Test func viewsInHalfPrecisionAreRead() throws {
        let file = try TorchFile(Self.file("transposed.pth"))
        guard case .tensor(let tensor) = file.root else { throw Failure(.internal, "testing", reason: "no tensor") }
        #expect(tensor.strides[0] == 1 && tensor.offset == 2)
        let matrix = try file.matrix(tensor, name: "x")
        #expect(matrix.rows == 12 && matrix.columns == 6)
        #expect(matrix.values.allSatisfy { $0.isFinite && abs($0) < 6 } && Set(matrix.values).count > 50)
    }

    @Test func otherFilesAreRefusedInWords() throws {
        let reason = { (body: () throws -> Void) -> String in
            do {
                try body()
                return ""
            } catch { return "\(error)" }
        }
        #expect(reason { _ = try TorchFile(Self.file("legacy.pth")) }.contains("before 1.6"))
        #expect(reason { _ = try TorchFile(Self.file("module.pth")) }.contains("torch.nn.modules.linear.Linear"))
        #expect(reason { _ = try TorchFile(Data("hello".utf8)) }.contains("not a ZIP archive"))
        let integers = reason {
            _ = try TrainedDecoder(
                publishedCheckpoint: Self.file("decoder_checkpoint.pth"), features: Self.file("integers.pth"), meshHash: "m")
        }
        #expect(integers.contains("LongStorage"))
        let swapped = reason {
            _ = try TrainedDecoder(publishedCheckpoint: Self.file("pred_f.pth"), features: Self.file("pred_f.pth"), meshHash: "m")
        }
        #expect(swapped.contains("attention_state_dict"))
    }

    @Test func everyCutIsAFailure() throws {
        for name in ["pred_f.pth", "single.pth"] {
            let data = try Self.file(name)
            for length in stride(from: 0, to: data.count, by: name == "pred_f.pth" ? 1 : 37) {
                #expect(throws: Failure.self) { try TorchFile(data.prefix(length)) }
            }
        }
    }

    @Test func damageIsAFailureOrHarmless() throws {
        let data = try Self.file("pred_f.pth")
        let whole = try Self.features(data)
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<1500 {
            var altered = data
            altered[generator.index(below: data.count)] = UInt8(generator.index(below: 256))
            // What no checksum covers (names' padding, dates) may change; the numbers may not.
            if let read = try? Self.features(altered) { #expect(read == whole) }
        }
    }

    private static func features(_ data: Data) throws -> Matrix {
        let file = try TorchFile(data)
        guard case .tensor(let tensor) = file.root else { throw Failure(.badInput, "testing", reason: "no tensor") }
        return try file.matrix(tensor, name: "features")
    }

    @Test(arguments: [
        // os.system("true"), as an attacker would have it run.
        "cposix\nsystem\n(X\u{4}\u{0}\u{0}\u{0}truetR.", "c__builtin__\neval\n(X\u{1}\u{0}\u{0}\u{0}1tR.", "(iposix\nsystem\n.",
        // Nothing on the stack, nothing remembered, no end, unknown storages.
        ".", "t.", "h\u{7}.", "}", "R.", "b.", "s.", "u.", "a.", "Q.", "N", "(", "(.", "}q\u{0}h\u{0}.", "]q\u{0}h\u{0}.",
        "ccollections\nOrderedDict\nK\u{1}\u{85}R.", "ctorch._utils\n_rebuild_tensor_v2\n)R.", "X\u{7f}\u{7f}\u{7f}\u{7f}a.",
        "ctorch._utils\n_rebuild_parameter\nN\u{85}R.", "\u{8a}\u{9}123456789.",
    ]) func hostilePicklesAreRefused(body: String) {
        let bytes = [0x80, 0x02] + body.unicodeScalars.map { UInt8($0.value) }
        #expect(throws: Failure.self) { try TensorPickle.value(bytes[...], path: nil) }
    }

    @Test func deepNestingIsRefused() {
        let bytes: [UInt8] = [0x80, 0x02, 0x29] + [UInt8](repeating: 0x85, count: 100_000) + [0x2E]
        #expect(throws: Failure.self) { try TensorPickle.value(bytes[...], path: nil) }
    }

    @Test func otherProtocolsAreRefused() {
        #expect(throws: Failure.self) { try TensorPickle.value([0x80, 0x04, 0x4E, 0x2E], path: nil) }
    }

    @Test func tensorsBeyondTheirNumbersAreRefused() throws {
        let file = try TorchFile(Self.file("pred_f.pth"))
        guard case .tensor(let whole) = file.root else { throw Failure(.internal, "testing", reason: "no tensor") }
        #expect(try file.matrix(whole, name: "x").rows == 12)
        for (shape, strides, offset) in [
            ([12, 7], [6, 1], 0), ([12, 6], [7, 1], 0), ([12, 6], [6, 1], 1), ([12, 6], [6, 1], -1), ([1_000_000, 6], [0, 0], 0),
            ([.max, .max], [1, 1], 0), ([2, 2], [.max, .max], 0), ([-1, 6], [6, 1], 0), ([2, 2, 2], [1, 1, 1], 0), ([], [], 0),
        ] {
            let tensor = StridedTensor(storage: whole.storage, offset: offset, shape: shape, strides: strides)
            #expect(throws: Failure.self) { try file.matrix(tensor, name: "x") }
        }
    }
}
