import Basics
import Foundation
import InteractiveSegmentation

/// A decoder in a file of the user's: a checkpoint of `bsb train`, or one of the published code with the features that belong to it.
public struct DecoderFile: Sendable, Hashable {
    /// The checkpoint.
    public var path: String
    /// The vertices' features, where the checkpoint is the published code's: `pred_f.pth`.
    public var features: String?

    /// The decoder in the file `path`.
    public init(path: String, features: String? = nil) {
        self.path = path
        self.features = features
    }

    /// Reads the decoder.
    ///
    /// - Throws: `Failure` if it cannot be read or is another mesh's.
    func decoder(of mesh: OpenMesh) throws -> TrainedDecoder {
        let operation = "reading the decoder"
        let data = try AtomicFile.readFile(path, operation: operation)
        guard let features else {
            guard !data.starts(with: Data("PK".utf8)) else {
                throw Failure(
                    .usage, operation, path: path, reason: "it looks like a checkpoint of the published code",
                    hint: "give the features that go with it: --features pred_f.pth")
            }
            let trained = try TrainedDecoder(data, path: path)
            guard trained.provenance.meshHash == mesh.hash, trained.field.vertexCount == mesh.mesh.vertices.count else {
                throw Failure(
                    .badInput, operation, path: path, reason: "it was trained for another mesh than '\(mesh.path)'",
                    hint: "a decoder belongs to the very file it was trained for")
            }
            return trained
        }
        let trained = try TrainedDecoder(
            publishedCheckpoint: data, features: AtomicFile.readFile(features, operation: "reading the features"), meshHash: mesh.hash,
            paths: (path, features))
        guard trained.field.vertexCount == mesh.mesh.vertices.count else {
            throw Failure(
                .badInput, "reading the features", path: features,
                reason: "it has \(trained.field.vertexCount) vertices, and '\(mesh.path)' has \(mesh.mesh.vertices.count)",
                hint: "give the very mesh file that the features were fitted to")
        }
        return trained
    }
}
