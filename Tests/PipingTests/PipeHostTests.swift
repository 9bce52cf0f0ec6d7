import BSBBasics
import BSBExamples
import BSBServing
import BSBShapes
import BSBWorkbench
import Foundation
import Testing

@testable import BSBPiping

/// The host with the embedded models; what its answers hold is tested from Python.
@Suite struct PipeHostTests {
    /// The messages, as JSON objects, that come back for lines; a line may have a file beside it.
    private func answers(to questions: [(line: String, file: Data?)]) async throws -> [[String: Any]] {
        // Waiting for a pipe is not for Swift's own threads, on which the host answers.
        let lines = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try Self.lines(to: questions) }) }
        }
        return try lines.map { try #require(JSONSerialization.jsonObject(with: $0) as? [String: Any]) }
    }

    private static func lines(to questions: [(line: String, file: Data?)]) throws -> [Data] {
        let (input, output) = (try Ends(), try Ends())
        var data = Data()
        for (line, file) in questions {
            let head = file.map { #", "arrays": [{"name": "file", "type": "uint8", "shape": [\#($0.count)], "bytes": \#($0.count)}]}"# }
            data += Data((head.map { line.dropLast() + $0 } ?? line).utf8) + Data("\n".utf8) + (file ?? Data())
        }
        // What is being answered when the input ends is left, so it stays open until all answers are there.
        input.send(data, andEnds: false)
        let service = try Service(Workbench(cache: CacheDirectory(path: nil)), version: "1", limits: PipeHost.limits)
        let host = PipeHost(service, writer: PipeWriter(descriptor: output.writing))
        let reader = PipeReader(descriptor: input.reading)
        let hasEnded = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            try? host.run(reader)
            hasEnded.signal()
        }
        var answers: [Data] = []
        var reading = PipeReader(descriptor: output.reading)
        while answers.count < questions.count, let message = try reading.next() {
            let object = try #require(JSONSerialization.jsonObject(with: message.line) as? [String: Any])
            if object["event"] == nil { answers.append(message.line) }
        }
        close(input.writing)
        hasEnded.wait()
        for descriptor in [input.reading, output.reading, output.writing] { close(descriptor) }
        return answers
    }

    private func code(_ answer: [String: Any]?) -> String? { (answer?["error"] as? [String: Any])?["code"] as? String }

    @Test func hostileLinesAreAnswered() async throws {
        let nobody = Identifier()
        let lines = [
            "nonsense", "{}", "[1]", #"{"id": "x", "method": "version"}"#, #"{"id": 5, "method": "dance", "params": {}}"#,
            #"{"id": 6, "method": "match", "params": {"photo": "\#(nobody)", "mesh": "\#(nobody)", "click": {"x": 1, "y": 2}}}"#,
            #"{"id": 7, "method": "match", "params": {"photo": "p"}}"#, #"{"id": 8, "method": "meshes", "params": {}}"#,
            #"{"id": 9, "method": "photos", "params": {"path": "/nowhere/a.png"}}"#,
            #"{"id": 10, "method": "texture", "params": {"answer": "a", "mode": "paint"}}"#,
            #"{"id": 11, "method": "transfer", "params": {"from": "\#(nobody)", "mesh": "\#(nobody)", "names": []}}"#,
        ]
        let found = try await answers(to: lines.map { ($0, nil) })
        #expect(found.count == lines.count)
        #expect(found.filter { $0["id"] == nil }.map(code) == ["usage", "usage", "usage", "usage"])
        var codes: [Int: String] = [:]
        for answer in found { if let id = answer["id"] as? Int { codes[id] = code(answer) } }
        #expect(codes == [5: "usage", 6: "unknown", 7: "usage", 8: "usage", 9: "missingInput", 10: "usage", 11: "unknown"])
    }

    @Test func meshesOpenFromBytes() async throws {
        let mesh = Data("v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3 4\n".utf8)
        let found = try await answers(to: [
            (#"{"id": 1, "method": "meshes", "params": {"name": "square.obj"}}"#, mesh),
            (#"{"id": 2, "method": "photos", "params": {"name": "mesh.png"}}"#, mesh),
        ])
        let opened = try #require(found.first { $0["id"] as? Int == 1 }?["result"] as? [String: Any])
        #expect(opened["vertices"] as? Int == 4)
        #expect(opened["faces"] as? Int == 1)
        #expect(code(found.first { $0["id"] as? Int == 2 }) == "badInput")
    }
}
