import Basics
import Foundation
import Inference
import Testing

/// The library that `scripts/bootstrap` installed.
let runtime = Result { try InferenceRuntime() }

/// The path of a graph that Fixtures/make_fixtures.py made.
func fixture(_ name: String) -> String {
    Bundle.module.resourceURL!.appendingPathComponent("Fixtures/\(name)").path
}

func session(_ name: String, threads: Int? = nil) throws -> InferenceSession {
    try InferenceSession(path: fixture("\(name).onnx"), runtime: runtime.get(), options: InferenceOptions(threads: threads))
}

/// The failure that `body` ends with.
func failure(_ body: () throws -> Void) throws -> Failure {
    let error = #expect(throws: Failure.self) { try body() }
    return try #require(error)
}

/// An empty folder that is removed after `body`.
func withTemporaryFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bsb-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
}
