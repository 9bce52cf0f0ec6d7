import BSBBasics
import Foundation

/// The files in which an ONNX graph keeps weights beside itself, as the graph names them.
///
/// Of the graph only what leads to tensors is read; their numbers are skipped.
package enum GraphWeights {
    /// The paths of the files that the graph in the file `path` needs beside it, in the order of their names.
    ///
    /// None if the file is no whole ONNX graph, which is told where it is loaded.
    /// - Throws: `Failure(.missingModel)` naming a file that is not there, `.badInput` if the graph names one outside its folder, or as
    ///   ``AtomicFile/checkReadable(_:operation:)``.
    package static func paths(besideGraph path: String, operation: String) throws -> [String] {
        try AtomicFile.checkReadable(path, operation: operation)
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else {
            throw Failure(.missingInput, operation, path: path, reason: "it cannot be opened")
        }
        let folder = (path as NSString).deletingLastPathComponent
        let graph = (path as NSString).lastPathComponent
        return try locations(in: bytes).sorted().map { location in
            let parts = location.split(separator: "/").filter { $0 != "." }
            guard !location.hasPrefix("/"), !parts.isEmpty, !parts.contains("..") else {
                throw Failure(
                    .badInput, operation, path: path, reason: "it keeps weights in '\(location)', which is outside its folder",
                    hint: "weights must be in files beside the graph")
            }
            let beside = ((folder.isEmpty ? [] : [folder]) + parts.map(String.init)).joined(separator: "/")
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: beside, isDirectory: &isFolder), !isFolder.boolValue else {
                throw Failure(
                    .missingModel, operation, path: beside, reason: "'\(graph)' keeps weights in this file, which is not there",
                    hint: "put it beside '\(graph)'")
            }
            return beside
        }
    }

    /// The names that the tensors of a graph give to files.
    static func locations(in graph: Data) -> Set<String> {
        var reader = TensorReader()
        return reader.read(graph, as: .model, depth: 0) ? reader.locations : []
    }
}

/// Walks through the messages of an ONNX file (protobuf) to the tensors whose numbers are elsewhere.
private struct TensorReader {
    enum Message {
        case model, training, graph, function, node, attribute, sparse, tensor

        /// What the field of a number holds, if it leads to tensors.
        func field(_ number: UInt64) -> Message? {
            switch (self, number) {
            case (.model, 7), (.training, 1), (.training, 2), (.attribute, 6), (.attribute, 11): .graph
            case (.model, 20): .training
            case (.model, 25): .function
            case (.graph, 1), (.function, 7): .node
            case (.node, 5), (.function, 11): .attribute
            case (.graph, 5), (.attribute, 5), (.attribute, 10), (.sparse, 1), (.sparse, 2): .tensor
            case (.graph, 15), (.attribute, 22), (.attribute, 23): .sparse
            default: nil
            }
        }
    }

    var locations: Set<String> = []
    /// Messages inside one another that protobuf itself reads at most.
    private static let deepest = 100

    /// Reads a message; false if it is none.
    mutating func read(_ bytes: Data, as message: Message, depth: Int) -> Bool {
        guard depth < Self.deepest else { return false }
        var fields = Fields(rest: bytes)
        var (location, isElsewhere) = (String?.none, false)
        while let field = fields.next() {
            switch field.value {
            case .bytes(let content):
                if let inner = message.field(field.number) {
                    guard read(content, as: inner, depth: depth + 1) else { return false }
                } else if message == .tensor, field.number == 13 {
                    location = Self.location(content) ?? location
                }
            case .number(let value): if message == .tensor, field.number == 14 { isElsewhere = value == 1 }
            }
        }
        if isElsewhere, let location { locations.insert(location) }
        return fields.rest.isEmpty
    }

    /// The value of a pair of texts whose key is `location`.
    private static func location(_ pair: Data) -> String? {
        var fields = Fields(rest: pair)
        var texts: [UInt64: String] = [:]
        while let field = fields.next() {
            if case .bytes(let text) = field.value { texts[field.number] = String(decoding: text, as: UTF8.self) }
        }
        return texts[1] == "location" ? texts[2] : nil
    }
}

/// The fields of a protobuf message, one after the other.
private struct Fields {
    enum Value {
        case number(UInt64)
        case bytes(Data)
    }

    /// What is still to be read; not empty at the end only if it is no protobuf.
    private(set) var rest: Data

    init(rest: Data) { self.rest = rest }

    /// The next field, or nil at the end and where no field can be read.
    mutating func next() -> (number: UInt64, value: Value)? {
        let start = rest
        guard let tag = number(), let value = value(of: tag & 7) else {
            rest = start
            return nil
        }
        return (tag >> 3, value)
    }

    private mutating func value(of type: UInt64) -> Value? {
        switch type {
        case 0: number().map { .number($0) }
        case 1: take(8).map { .bytes($0) }
        case 2: number().flatMap { take($0) }.map { .bytes($0) }
        case 5: take(4).map { .bytes($0) }
        default: nil
        }
    }

    private mutating func take(_ count: UInt64) -> Data? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(Int(count)) }
        return rest.prefix(Int(count))
    }

    /// A number of seven bits a byte, the lowest first.
    private mutating func number() -> UInt64? {
        var (result, shift) = (UInt64(0), UInt64(0))
        for (offset, byte) in rest.prefix(10).enumerated() {
            result |= UInt64(byte & 127) << shift
            shift += 7
            if byte < 128 {
                rest = rest.dropFirst(offset + 1)
                return result
            }
        }
        return nil
    }
}
