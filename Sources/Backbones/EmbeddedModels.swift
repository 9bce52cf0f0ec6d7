import BSBBasics
import BSBInference
import Foundation

/// The folder of models that comes with the package, checked against its manifest.
package struct EmbeddedModels: Sendable {
    /// The name and version of the set, such as `embedded-pair 1`.
    package let name: String
    private let folder: String
    private let files: [String: ModelManifest.File]

    /// The models beside the program.
    ///
    /// Throws `Failure(.missingModel)` naming the places searched if they are not there.
    package init() throws {
        let places = ResourceFolder.places(of: "Models", target: "Backbones")
        guard let found = places.first(where: { FileManager.default.fileExists(atPath: "\($0)/\(Self.manifestName)") }) else {
            throw Failure(
                .missingModel, Self.operation,
                reason: "the models that come with the program are not beside it; looked in \(places.joined(separator: ", "))",
                hint: "keep the folder \(ResourceFolder.bundleName("Backbones")) beside the program, as the build leaves it")
        }
        try self.init(folder: found)
    }

    /// The models of a folder that holds a `models.json`.
    ///
    /// Throws `Failure(.missingModel)` if that file is not there or not such a manifest.
    package init(folder: String) throws {
        let manifest = try Self.asModel {
            try JSONFile.decode(
                ModelManifest.self, from: "\(folder)/\(Self.manifestName)", operation: Self.operation,
                wrong: "it does not describe models")
        }
        name = "\(manifest.name) \(manifest.version)"
        files = manifest.files
        self.folder = folder
    }

    /// The file that says how what matches have in common with these models becomes a probability.
    package var calibrations: String { "\(folder)/calibrations.json" }

    /// Whether the manifest has a file of that name.
    func lists(_ file: String) -> Bool { files[file] != nil }

    /// What the manifest says of a file of the set, which has to be there; its bytes are not read yet.
    func entry(_ file: String) throws -> ModelManifest.File {
        let path = "\(folder)/\(file)"
        guard let entry = files[file] else {
            throw Failure(.missingModel, Self.operation, path: path, reason: "models.json does not list it")
        }
        try Self.asModel { try AtomicFile.checkReadable(path, operation: Self.operation) }
        guard entry.isUsable else {
            throw Failure(.missingModel, Self.operation, path: path, reason: "models.json gives it sizes or colours that cannot be")
        }
        return entry
    }

    /// The bytes of a file of the set; refused if they are not those that were listed.
    ///
    /// Complexity: O(bytes), to read and to hash them.
    func data(_ file: String) throws -> Data {
        let (path, entry) = ("\(folder)/\(file)", try entry(file))
        let data = try Self.read(path)
        guard ContentHash(of: data).hex == entry.sha256.lowercased() else {
            throw Failure(
                .missingModel, Self.operation, path: path, reason: "the file is not the one that models.json lists (its SHA-256 differs)",
                hint: "restore the file, or make the models anew")
        }
        return data
    }

    private static let operation = "opening the embedded models"
    private static let manifestName = "models.json"

    private static func read(_ path: String) throws -> Data {
        try asModel { try AtomicFile.readFile(path, operation: operation) }
    }

    /// What `body` returns; a file that it cannot use is a missing model.
    private static func asModel<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch var failure as Failure {
            failure.kind = .missingModel
            throw failure
        }
    }
}

/// What `models.json` says; other keys are for people.
struct ModelManifest: Decodable, Sendable {
    /// One graph.
    struct File: Decodable, Sendable {
        /// SHA-256 of the file, in hexadecimal.
        var sha256: String
        /// The side of the frame in pixels.
        var inputSize: Int
        /// The side of a cell of the grid in pixels.
        var stride: Int
        /// The length of a vector of the grid.
        var dimension: Int
        /// The mean of red, green and blue from 0 to 1.
        var mean: SIMD3<Float>
        /// The standard deviation of red, green and blue from 0 to 1.
        var std: SIMD3<Float>
        /// Outputs that the features are made of, by which photos are compared; the first has the finest grid.
        var pieces: [FeaturePiece]?

        var isUsable: Bool {
            (1...8192).contains(inputSize) && (1...inputSize).contains(stride) && inputSize % stride == 0 && (1...65536).contains(dimension)
                && (0..<3).allSatisfy { mean[$0].isFinite && std[$0].isFinite && std[$0] > 0 }
                && (pieces ?? []).allSatisfy { $0.weight >= 0 && $0.weight.isFinite }
        }

        var preparation: ImagePreparation {
            ImagePreparation(side: inputSize, mean: mean, deviation: std)
        }

        /// The layout of an encoder that gives `output`.
        func encoderLayout(output: String) -> EncoderLayout {
            EncoderLayout(input: "image", output: output, preparation: preparation, stride: stride)
        }

        /// The encoder of a graph's bytes.
        ///
        /// Throws `Failure(.badInput)` if they are no graph of that layout, or of vectors of another length.
        func encoder(
            _ data: Data, name: String, output: String, runtime: InferenceRuntime, options: BackboneOptions
        ) throws -> GridEncoder {
            let session = try InferenceSession(model: data, name: name, runtime: runtime, options: options.inference)
            let encoder = try GridEncoder(session: session, layout: encoderLayout(output: output), parallelism: options.parallelism)
            guard encoder.dimension == dimension else {
                throw session.mismatch("its vectors have \(encoder.dimension) numbers where models.json says \(dimension)")
            }
            return encoder
        }
    }

    var name: String
    var version: String
    var files: [String: File]
}
