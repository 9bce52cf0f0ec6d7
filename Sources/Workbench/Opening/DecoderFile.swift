import BSBBasics
import BSBInteractiveSegmentation

/// A decoder in a file of the user's: a checkpoint of `bsb train`, or one of the published code that `Training/convert_decoder.py` converted.
package struct DecoderFile: Sendable, Hashable {
    /// The checkpoint.
    package var path: String

    /// The decoder in the file `path`.
    package init(path: String) { self.path = path }

    /// Reads the decoder.
    ///
    /// - Throws: `Failure` if it cannot be read or is another mesh's; a converted one names no mesh, so that only its vertices are counted.
    func decoder(of mesh: OpenMesh) throws -> TrainedDecoder {
        let operation = "reading the decoder"
        let trained = try TrainedDecoder(AtomicFile.readFile(path, operation: operation), path: path)
        let origin = trained.provenance.meshHash
        guard origin.isEmpty || origin == mesh.hash, trained.field.vertexCount == mesh.mesh.vertices.count else {
            throw Failure(
                .badInput, operation, path: path, reason: "it was trained for another mesh than '\(mesh.path)'",
                hint: "a decoder belongs to the very file it was trained for")
        }
        return trained
    }
}
