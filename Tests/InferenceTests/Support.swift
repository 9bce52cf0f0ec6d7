import BSBBasics
import Foundation
import BSBInference
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
