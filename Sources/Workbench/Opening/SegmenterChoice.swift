import BSBBasics
import BSBInteractiveSegmentation
import Foundation

extension Settings {
    /// The part that probabilities make after these settings; what was clicked as wanted is in it.
    ///
    /// - Parameter clicks: the clicks that it answers, if they are on the mesh itself.
    package func part(_ probability: [Float], clicks: [SurfaceClick], of mesh: OpenMesh) -> SurfaceSegment {
        var segment = SurfaceSegment(probability: probability, threshold: threshold)
        if cleansBorders { segment = BorderCleaning().cleaned(segment, clicks: clicks, surface: mesh.surface) }
        if !keepsAllPieces { segment = ConnectedPiece().kept(segment, clicks: clicks, surface: mesh.surface) }
        for click in clicks where click.isForeground {
            segment.probability[click.vertex] = max(segment.probability[click.vertex], segment.threshold)
        }
        return segment
    }
}

/// Chooses how clicks on a mesh become a part of it, after the settings and after what the cache has.
package struct SegmenterChoice {
    /// The way that was chosen.
    package struct Chosen {
        /// What answers clicks.
        package var segmenter: any SurfaceSegmenter
        /// Where the decoder comes from, if it is one.
        package var provenance: TrainedDecoder.Provenance?
    }

    private let bench: Workbench

    /// Chooses at `bench`.
    package init(at bench: Workbench) { self.bench = bench }

    /// What names a mesh's finished decoder, whatever it was trained on.
    package static func recipe(of mesh: OpenMesh, at bench: Workbench) -> Recipe {
        Recipe("decoder", ["mesh": mesh.look, "segmenter": bench.segmenter.identity.hash], item: "decoder.safetensors")
    }

    /// The way for clicks on a mesh.
    ///
    /// - Parameters:
    ///   - clicks: a decoder that was trained on single clicks is passed over for several, unless it is asked for.
    ///   - file: a checkpoint to use in place of the cache's.
    /// - Throws: `Failure` if a decoder is asked for that is not there or is another mesh's.
    package func segmenter(
        for mesh: OpenMesh, clicks: [SurfaceClick], decoder file: DecoderFile? = nil
    ) throws -> Chosen {
        let kind = bench.settings.segmenter
        if kind == .lift, file == nil { return try lifting(mesh) }
        if let found = try decoder(of: mesh, file: file) {
            let segmenter = DecoderSegmenter(found, parallelism: bench.parallelism)
            if kind == .iseg || file != nil || segmenter.supports(clicks) {
                return Chosen(segmenter: segmenter, provenance: found.provenance)
            }
        } else if kind == .iseg {
            throw Failure(
                .missingModel, "segmenting the mesh", path: mesh.path, reason: "no decoder has been trained for it",
                hint: "run 'bsb train' on it, or choose --segmenter lift")
        }
        return try lifting(mesh)
    }

    /// The decoder of a mesh: the given checkpoint, or the cache's, if there is one.
    package func decoder(of mesh: OpenMesh, file: DecoderFile? = nil) throws -> TrainedDecoder? {
        if let file { return try file.decoder(of: mesh) }
        let recipe = Self.recipe(of: mesh, at: bench)
        guard let stamp = bench.cache.stamp(recipe) else { return nil }
        // A training that ended since has written another file.
        return try bench.remembered(recipe.item("decoder \(stamp)"), bytes: { $0.map { 4 * $0.field.values.values.count } ?? 0 }) {
            // What the cache cannot give is as if it were not there.
            let trained = bench.cache.read(recipe).flatMap { try? TrainedDecoder($0) }
            return trained?.field.vertexCount == mesh.mesh.vertices.count ? trained : nil
        }
    }

    private func lifting(_ mesh: OpenMesh) throws -> Chosen {
        let lifting = MaskLifting(segmenter: bench.segmenter, options: bench.settings.lifting, parallelism: bench.parallelism)
        let segmenter = try LiftingSegmenter(
            lifting, views: EmbeddedViews(of: mesh, at: bench), surface: mesh.surface, smoothing: mesh.smoothing(at: bench))
        return Chosen(segmenter: segmenter, provenance: nil)
    }
}
