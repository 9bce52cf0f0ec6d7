import BSBBasics
import BSBLinearAlgebra
import Foundation

extension FeatureMLP {
    private struct Header: Codable {
        var format = "coordinate network"
        var version = 1
        var shape: Shape
    }

    /// Writes the network to a directory: `parameters.npy` (all numbers in a row, the Fourier matrix first), and `network.json` last.
    ///
    /// - Throws: `Failure` if a file cannot be written.
    package func write(to directory: String) throws {
        let operation = "writing the coordinate network"
        let numbers = frequencies.values + parameters.flatMap(\.values)
        try NumPyArray(numbers, shape: [numbers.count]).write(to: directory + "/parameters.npy", operation: operation)
        try ModelFile.write(Header(shape: shape), to: directory + "/network.json", operation: operation)
    }

    /// Reads a network that ``write(to:)`` wrote; it gives the same features to the last bit.
    ///
    /// - Throws: `Failure` if a file is missing, is of another version, or does not fit the other.
    package init(directory: String) throws {
        let operation = "reading the coordinate network"
        let header: Header = try ModelFile.read(directory + "/network.json", operation: operation)
        let shape = header.shape
        guard header.format == "coordinate network", header.version == 1, shape.isSensible else {
            throw Failure(.badInput, operation, path: directory, reason: "it is of an unknown format, version or size")
        }
        let numbers = try NumPyArray(contentsOf: directory + "/parameters.npy", operation: operation).floats()
        let sizes = [(rows: 3, columns: shape.width)] + shape.parameterSizes
        guard numbers.count == sizes.reduce(0, { $0 + $1.rows * $1.columns }), numbers.allSatisfy(\.isFinite) else {
            throw Failure(.badInput, operation, path: directory, reason: "its numbers do not fit its shape")
        }
        var start = 0
        let matrices = sizes.map { size in
            defer { start += size.rows * size.columns }
            return Matrix(
                rows: size.rows, columns: size.columns, values: Array(numbers[start..<(start + size.rows * size.columns)]))
        }
        try self.init(shape: shape, frequencies: matrices[0], parameters: Array(matrices.dropFirst()))
    }
}
