import BSBBasics
import Foundation
import TestSupport
import Testing

@testable import BSBBackbones

@Suite struct EmbeddedModelsTests {
    private func withCopy(_ body: (URL) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            let folder = URL(fileURLWithPath: directory)
            let copy = folder.appendingPathComponent("Models")
            try FileManager.default.copyItem(atPath: fixtures, toPath: copy.path)
            try body(copy)
        }
    }

    private func refusal(_ folder: URL) throws -> Failure {
        let failure = try failure {
            let extractor = try EmbeddedFeatureExtractor(models: EmbeddedModels(folder: folder.path), runtime: runtime.get())
            _ = try extractor.features(of: noise(20, 20, seed: 1))
        }
        #expect(failure.kind == .missingModel)
        return failure
    }

    @Test func identityNamesSetAndContent() throws {
        let identity = try extractor().identity
        #expect(identity.name == "discs 1 features")
        #expect(identity.hash == (try ContentHash(ofFile: fixtures + "/features.onnx").hex))
        #expect(try segmenter().identity.hash != identity.hash)
    }

    @Test func aChangedFileIsRefused() throws {
        try withCopy { folder in
            var bytes = try Data(contentsOf: folder.appendingPathComponent("features.onnx"))
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: folder.appendingPathComponent("features.onnx"))
            #expect(try refusal(folder).reason.contains("SHA-256"))
        }
    }

    @Test func missingFilesAndEntriesAreNamed() throws {
        try withCopy { folder in
            try FileManager.default.removeItem(at: folder.appendingPathComponent("features.onnx"))
            #expect(try refusal(folder).path == folder.path + "/features.onnx")
            try Data(#"{"name": "a", "version": "1", "files": {}}"#.utf8).write(to: folder.appendingPathComponent("models.json"))
            #expect(try refusal(folder).reason.contains("does not list"))
            try FileManager.default.removeItem(at: folder.appendingPathComponent("models.json"))
            #expect(try refusal(folder).path == folder.path + "/models.json")
        }
    }

    @Test(arguments: ["", "not json", "[]", "{}", #"{"name": "a", "version": 1, "files": {}}"#])
    func aBrokenManifestIsRefusedInWords(text: String) throws {
        try withCopy { folder in
            try Data(text.utf8).write(to: folder.appendingPathComponent("models.json"))
            #expect(try refusal(folder).reason.contains("does not describe models"))
        }
    }

    @Test(arguments: ["\"inputSize\": 0", "\"inputSize\": 223", "\"inputSize\": 9000000000000"])
    func impossibleSizesAreRefused(size: String) throws {
        try withCopy { folder in
            let path = folder.appendingPathComponent("models.json")
            let text = try String(contentsOf: path, encoding: .utf8).replacingOccurrences(of: "\"inputSize\": 224", with: size)
            try Data(text.utf8).write(to: path)
            #expect(try refusal(folder).reason.contains("cannot be"))
        }
    }
}
