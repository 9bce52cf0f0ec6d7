import BSBBasics
import Foundation
import TestSupport
import Testing

@testable import BSBInference

@Suite struct EndlessRunTests {
    @Test func aGraphThatLoopsForEverIsEnded() throws {
        let session = try InferenceSession(
            path: fixture("endless.onnx"), runtime: runtime.get(), options: InferenceOptions(threads: 1, timeLimit: 0.2))
        for _ in 0..<2 {
            let failure = try failure { try session.run(["x": Tensor([1], shape: [1])]) }
            #expect(failure.kind == .badInput && failure.reason.contains("did not end within 1 seconds"), "\(failure)")
        }
    }

    @Test func messagesOfTheLibraryAreOneSentence() {
        let cases = [
            (
                "[ONNXRuntimeError] : 1 : FAIL : Load model from a.onnx failed:/onnxruntime_src/onnxruntime/core/graph/model.cc:181 "
                    + "onnxruntime::Model::Model(onnx::ModelProto&&, const PathString&) Unsupported model IR version: 99, max: 10\nmore",
                "Load model from a.onnx failed"
            ),
            ("Non-zero status code returned. Then a stack of names", "Non-zero status code returned"),
            ("", "the library does not say why"),
        ]
        for (message, expected) in cases {
            let sentence = InferenceRuntime.sentence(message)
            #expect(sentence.hasPrefix(expected) && !sentence.contains("onnxruntime") && !sentence.contains("\n"), "\(sentence)")
        }
        #expect(InferenceRuntime.sentence(String(repeating: "word ", count: 500)).count < 210)
    }
}
