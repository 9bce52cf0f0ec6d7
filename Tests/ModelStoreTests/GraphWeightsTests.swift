import BSBBasics
import Foundation
import TestSupport
import Testing

@testable import BSBModelStore

/// ONNX files by hand: only what leads to the files in which weights are.
enum TinyGraph {
    /// A field that holds a text, bytes or another message.
    static func field(_ number: Int, _ content: Data) -> Data { varint(number << 3 | 2) + varint(content.count) + content }

    static func varint(_ number: Int) -> Data {
        var (bytes, rest) = (Data(), number)
        while rest > 127 { (bytes, rest) = (bytes + [UInt8(rest & 127 | 128)], rest >> 7) }
        return bytes + [UInt8(rest)]
    }

    /// A tensor whose numbers are in the file `location`, or which only says so.
    static func tensor(_ location: String, isElsewhere: Bool = true) -> Data {
        func pair(_ key: String, _ value: String) -> Data { field(13, field(1, Data(key.utf8)) + field(2, Data(value.utf8))) }
        let numbers = field(9, Data(count: 300))
        return numbers + pair("location", location) + pair("offset", "4096") + (isElsewhere ? varint(14 << 3) + [1] : Data())
    }

    /// A model whose graph has weights in files of the given names.
    static func model(_ locations: String...) -> Data {
        let graph = locations.reduce(field(2, Data("graph".utf8))) { $0 + field(5, tensor($1)) }
        return varint(1 << 3) + [8] + field(2, Data("test".utf8)) + field(7, graph)
    }
}

@Suite struct GraphWeightsTests {
    @Test func everyPlaceOfATensorIsLookedInto() {
        func field(_ number: Int, _ content: Data) -> Data { TinyGraph.field(number, content) }
        func named(_ name: String) -> Data { TinyGraph.tensor(name) }
        let attribute = field(5, named("a")) + field(10, named("b")) + field(22, field(1, named("c"))) + field(23, field(2, named("d")))
        let inner = field(5, named("e")) + field(15, field(1, named("f")))
        let branches = field(6, inner) + field(11, field(1, field(5, field(5, named("g")))))
        let graph = field(1, field(5, attribute) + field(5, branches)) + field(5, TinyGraph.tensor("none", isElsewhere: false))
        let functions = field(25, field(7, field(5, field(5, named("h")))) + field(11, field(5, named("i"))))
        let training = field(20, field(1, field(5, named("j"))) + field(2, field(5, named("k"))))
        #expect(GraphWeights.locations(in: field(7, graph) + functions + training) == Set("abcdefghijk".map(String.init)))
    }

    @Test func aGraphOfTheExporterIsRead() throws {
        let path =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
            + "/BackbonesTests/Fixtures/parity/dinov3/graph.onnx"
        #expect(try GraphWeights.paths(besideGraph: path, operation: "testing") == [path + "_data"])
        let other = path.replacingOccurrences(of: "dinov3", with: "dinov2-registers")
        #expect(try GraphWeights.paths(besideGraph: other, operation: "testing") == [])
    }

    @Test func whatIsNoGraphNamesNothing() {
        let whole = TinyGraph.model("w.bin")
        #expect(GraphWeights.locations(in: whole) == ["w.bin"])
        for count in 0..<whole.count {
            #expect(GraphWeights.locations(in: whole.prefix(count)).isEmpty, "\(count)")
        }
        for seed in 1...50 { #expect(GraphWeights.locations(in: content(4000, seed: UInt64(seed))).isEmpty) }
        // Graphs in graphs without end would exhaust the stack.
        var nested = TinyGraph.field(5, TinyGraph.tensor("w.bin"))
        for _ in 0..<3000 { nested = TinyGraph.field(1, TinyGraph.field(5, TinyGraph.field(6, nested))) }
        #expect(GraphWeights.locations(in: TinyGraph.field(7, nested)).isEmpty)
    }

    @Test func filesAreTakenBesideTheGraphAndNowhereElse() throws {
        try withTemporaryDirectory { folder in
            func write(_ name: String, _ data: Data) throws { try data.write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
            func paths() throws -> [String] { try GraphWeights.paths(besideGraph: "\(folder)/g.onnx", operation: "testing") }
            try FileManager.default.createDirectory(atPath: folder + "/deep", withIntermediateDirectories: true)
            try write("g.onnx", TinyGraph.model("./w.bin", "deep/v.bin", "w.bin"))
            try write("w.bin", Data([1]))
            let missing = try failure { _ = try paths() }
            #expect(missing.kind == .missingModel && missing.path == folder + "/deep/v.bin", "\(missing)")
            #expect("\(missing)".contains("'g.onnx' keeps weights in this file, which is not there"))
            try write("deep/v.bin", Data([1]))
            #expect(try Set(paths()) == [folder + "/w.bin", folder + "/deep/v.bin"])
            for place in ["/etc/passwd", "../w.bin", "deep/../../w.bin", ".", ""] {
                try write("g.onnx", TinyGraph.model(place))
                let refused = try failure { _ = try paths() }
                #expect(refused.kind == .badInput && refused.reason.contains("'\(place)', which is outside its folder"), "\(refused)")
            }
            // A folder is no file with weights.
            try write("g.onnx", TinyGraph.model("deep"))
            #expect(try failure { _ = try paths() }.kind == .missingModel)
        }
    }
}
