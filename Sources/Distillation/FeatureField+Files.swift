import BSBBasics
import BSBLinearAlgebra
import Foundation

extension FeatureField {
    private struct Header: Codable {
        var format = "feature field"
        var version = 1
        var vertices: Int
        var dimension: Int
    }

    /// The files that ``write(to:)`` makes in its directory.
    package static let fileNames = ["field.json", "features.npy", "observed.npy"]

    /// Writes the field to a directory: `features.npy` (#V x dimension, float32), `observed.npy` (#V, bool), and `field.json` last.
    ///
    /// Each file is written atomically.
    /// - Throws: `Failure` if a file cannot be written.
    package func write(to directory: String) throws {
        let operation = "writing the feature field"
        try NumPyArray(values.values, shape: [vertexCount, dimension]).write(to: directory + "/features.npy", operation: operation)
        try NumPyArray(observed, shape: [vertexCount]).write(to: directory + "/observed.npy", operation: operation)
        try ModelFile.write(Header(vertices: vertexCount, dimension: dimension), to: directory + "/field.json", operation: operation)
    }

    /// Reads a field that ``write(to:)`` wrote.
    ///
    /// - Throws: `Failure` if a file is missing, is of another version, or does not fit the others.
    package init(directory: String) throws {
        let operation = "reading the feature field"
        let header: Header = try ModelFile.read(directory + "/field.json", operation: operation)
        guard header.format == Header(vertices: 0, dimension: 0).format, header.version == 1 else {
            throw Failure(.badInput, operation, path: directory, reason: "it is of an unknown format or version")
        }
        let features = try NumPyArray(contentsOf: directory + "/features.npy", operation: operation)
        let observed = try NumPyArray(contentsOf: directory + "/observed.npy", operation: operation)
        guard features.shape == [header.vertices, header.dimension], features.element == .float32, observed.shape == [header.vertices],
            let flags = observed.integers()
        else {
            throw Failure(.badInput, operation, path: directory, reason: "its files do not fit together")
        }
        let values = features.floats()
        guard values.allSatisfy(\.isFinite) else {
            throw Failure(.badInput, operation, path: directory, reason: "its features are not finite")
        }
        self.init(
            values: Matrix(rows: header.vertices, columns: header.dimension, values: values), observed: flags.map { $0 != 0 })
    }
}

/// JSON descriptions beside arrays.
enum ModelFile {
    static func write(_ value: some Encodable, to path: String, operation: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            try AtomicFile.write(encoder.encode(value), to: path, operation: operation)
        } catch let error as EncodingError {
            throw Failure(.internal, operation, path: path, reason: "it cannot be encoded: \(error)")
        }
    }

    static func read<T: Decodable>(_ path: String, operation: String) throws -> T {
        try JSONFile.decode(T.self, from: path, operation: operation, wrong: "it is not a description of this kind")
    }
}
