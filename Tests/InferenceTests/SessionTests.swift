import BSBBasics
import Foundation
import BSBInference
import TestSupport
import Testing

@Suite struct SessionTests {
    private let arithmetic = [
        "a": Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]), "b": Tensor([1, 0, 0, 1, 1, 1], shape: [3, 2]), "c": Tensor([10], shape: []),
    ]

    @Test func tellsNamesTypesAndShapes() throws {
        let session = try session("arithmetic")
        #expect(session.inputs.map(\.name) == ["a", "b", "c"])
        #expect(session.inputs.map(\.shape) == [[nil, 3], [3, 2], []])
        #expect(session.outputs.map(\.name) == ["sum", "product"])
        #expect(session.outputs.map(\.elementType) == [.float32, .float32])
        #expect(try self.session("types").inputs.map(\.elementType) == [.float32, .float16, .int64, .int32, .uint8, .bool])
    }

    private func session(_ name: String) throws -> InferenceSession {
        try InferenceTests.session(name)
    }

    @Test(arguments: [1, 2, 5]) func runsAGraph(threads: Int) throws {
        let results = try InferenceTests.session("arithmetic", threads: threads).run(arithmetic)
        #expect(results["sum"] == Tensor([11, 12, 13, 14, 15, 16], shape: [2, 3]))
        #expect(results["product"] == Tensor([4, 5, 10, 11], shape: [2, 2]))
    }

    @Test func runsAGraphFromMemory() throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: fixture("arithmetic.onnx")))
        let session = try InferenceSession(model: bytes, name: "arithmetic", runtime: runtime.get())
        #expect(try session.run(arithmetic)["product"]?.floats == [4, 5, 10, 11])
    }

    @Test func givesOnlyTheOutputsThatAreAsked() throws {
        let results = try session("arithmetic").run(arithmetic, outputs: ["product"])
        #expect(results.keys.sorted() == ["product"])
    }

    @Test func readsWeightsBesideTheGraph() throws {
        #expect(try session("external").run(["x": Tensor([1, 1, 1, 1], shape: [4])])["y"]?.floats == [2, 3, 4, 5])
    }

    @Test(arguments: [0, 1, 5]) func carriesEveryElementType(count: Int) throws {
        let inputs: [String: Tensor.Values] = [
            "float": .float32((0..<count).map { Float($0) - 0.5 }),
            "float16": .float16((0..<count).map { UInt16($0) + 0x3C00 }),
            "int64": .int64((0..<count).map { Int64.max - Int64($0) }),
            "int32": .int32((0..<count).map { Int32.min + Int32($0) }),
            "uint8": .uint8((0..<count).map { 255 - UInt8($0) }),
            "bool": .bool((0..<count).map { $0 % 2 == 0 }),
        ]
        let results = try session("types").run(inputs.mapValues { Tensor($0, shape: [count]) })
        for (name, values) in inputs { #expect(results["\(name)_out"] == Tensor(values, shape: [count])) }
    }

    @Test func manyThreadsRunOneSession() throws {
        let session = try session("arithmetic")
        let sums = try Parallelism(threads: 4).map(200) { index in
            var inputs = arithmetic
            inputs["c"] = Tensor([Float(index)], shape: [])
            return try session.run(inputs)["sum"]?.floats?.first
        }
        #expect(sums == (0..<200).map { Float($0) + 1 })
    }

    @Test func refusesTensorsThatTheGraphDoesNotTake() throws {
        let session = try session("arithmetic")
        func reason(_ change: (inout [String: Tensor]) -> Void) throws -> String {
            var inputs = arithmetic
            change(&inputs)
            let failure = try failure { _ = try session.run(inputs) }
            #expect(failure.kind == .badInput)
            return failure.reason
        }
        #expect(try reason { $0["x"] = Tensor([1], shape: [1]) } == "it has no input 'x'; its inputs are 'a', 'b', 'c'")
        #expect(try reason { $0["b"] = nil } == "its input 'b' was not given")
        #expect(try reason { $0["c"] = Tensor(.int32([1]), shape: []) } == "its input 'c' takes float32 elements, not int32")
        #expect(try reason { $0["c"] = Tensor([1], shape: [1]) } == "its input 'c' takes the shape [], not [1]")
        #expect(try reason { $0["a"] = Tensor([1, 2], shape: [1, 2]) } == "its input 'a' takes the shape [any, 3], not [1, 2]")
        let output = try failure { _ = try session.run(arithmetic, outputs: ["nothing"]) }
        #expect(output.reason.contains("no output 'nothing'"))
    }

    @Test func aRunThatFailsSaysWhy() throws {
        let failure = try failure {
            _ = try session("gather").run(["table": Tensor([1, 2], shape: [2]), "index": Tensor(.int64([7]), shape: [1])])
        }
        #expect(failure.kind == .badInput)
        #expect(failure.reason.contains("7"))
    }
}
