import BSBBasics
import Foundation
import BSBInference
import TestSupport
import Testing

@Suite struct HostileModelTests {
    private func load(_ bytes: Data) throws -> InferenceSession {
        try InferenceSession(model: bytes, name: "bytes", runtime: runtime.get())
    }

    @Test func aFileThatIsNotThereIsAMissingModel() throws {
        let failure = try failure { _ = try InferenceSession(path: "/nowhere/model.onnx", runtime: runtime.get()) }
        #expect(failure.kind == .missingModel)
        #expect(failure.path == "/nowhere/model.onnx")
    }

    @Test func aFolderIsNotAModel() throws {
        try withTemporaryDirectory { directory in
            let folder = URL(fileURLWithPath: directory)
            let failure = try failure { _ = try InferenceSession(path: folder.path, runtime: runtime.get()) }
            #expect(failure.kind == .badInput)
        }
    }

    @Test func textAndEmptyFilesAreNotModels() throws {
        for bytes in [Data(), Data("not a model at all".utf8), Data(repeating: 0, count: 100), Data(repeating: 0xFF, count: 4096)] {
            let failure = try failure { _ = try load(bytes) }
            #expect(failure.kind == .badInput)
            #expect(failure.operation == "loading the model")
        }
        try withTemporaryDirectory { directory in
            let folder = URL(fileURLWithPath: directory)
            let path = folder.appendingPathComponent("text.onnx")
            try Data("not a model at all".utf8).write(to: path)
            let failure = try failure { _ = try InferenceSession(path: path.path, runtime: runtime.get()) }
            #expect(failure.kind == .badInput)
        }
    }

    @Test func aTruncatedModelFailsOrLoadsButNeverTraps() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: fixture("types.onnx")))
        var refused = 0
        for length in stride(from: 0, to: whole.count, by: 13) {
            do { _ = try load(whole.prefix(length)) } catch let failure as Failure {
                #expect(failure.kind == .badInput)
                refused += 1
            }
        }
        #expect(refused > 30)
    }

    @Test func aDamagedModelFailsOrLoadsButNeverTraps() throws {
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixture("arithmetic.onnx"))))
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<100 {
            var bytes = whole
            bytes[generator.index(below: bytes.count)] = UInt8(generator.index(below: 256))
            do { _ = try load(Data(bytes)) } catch let failure as Failure { #expect(failure.kind == .badInput) }
        }
    }

    @Test(arguments: ["double", "string", "sequence"]) func unsupportedValuesAreRefusedInWords(name: String) throws {
        let failure = try failure { _ = try session(name) }
        #expect(failure.kind == .badInput)
        #expect(failure.reason.contains("its "))
    }

    @Test func weightsThatAreNotBesideTheGraphAreRefused() throws {
        try withTemporaryDirectory { directory in
            let folder = URL(fileURLWithPath: directory)
            let copy = folder.appendingPathComponent("external.onnx")
            try FileManager.default.copyItem(atPath: fixture("external.onnx"), toPath: copy.path)
            let failure = try failure { _ = try InferenceSession(path: copy.path, runtime: runtime.get()) }
            #expect(failure.kind == .badInput)
        }
    }
}
