import Backbones
import Basics
import Foundation
import InteractiveSegmentation

extension Settings {
    /// The part that probabilities make after these settings; what was clicked as wanted is in it.
    ///
    /// - Parameter clicks: the clicks that it answers, if they are on the mesh itself.
    func part(_ probability: [Float], clicks: [SurfaceClick], of mesh: PreparedMesh) -> SurfaceSegment {
        var segment = SurfaceSegment(probability: probability, binarization: threshold.binarization)
        if cleansBorders { segment = BorderCleaning().cleaned(segment, clicks: clicks, surface: mesh.surface) }
        for click in clicks where click.isForeground {
            segment.probability[click.vertex] = max(segment.probability[click.vertex], segment.threshold)
        }
        return segment
    }
}

/// Chooses how clicks on a mesh become a part of it, after the settings and after what the cache has.
struct SegmenterChoice {
    /// The way that was chosen.
    struct Chosen {
        var segmenter: any SurfaceSegmenter
        /// Where the decoder comes from, if it is one.
        var provenance: TrainedDecoder.Provenance?
        /// The views that it asks; nil for a decoder.
        var views: EmbeddedViews?

        /// Views that had to be embedded for it so far.
        var embeddedViews: Int { views?.embedded ?? 0 }

        /// The answer to clicks; nil where no view shows what was clicked.
        ///
        /// Throws `Failure` if the segmenter cannot be run.
        func visibleAnswer(to clicks: [SurfaceClick]) throws -> SurfaceAnswer? {
            do {
                return try segmenter.answer(to: clicks)
            } catch let failure as Failure where failure.kind == .badInput {
                return nil
            }
        }
    }

    private let bench: Workbench

    /// Chooses at `bench`.
    init(at bench: Workbench) { self.bench = bench }

    /// The name of a finished decoder in its folder.
    static let fileName = "decoder.safetensors"

    /// The cache's folder of a mesh's finished decoder, whatever it was trained on.
    static func folder(of mesh: PreparedMesh, at bench: Workbench) -> String {
        CacheDirectory.key(["decoder", mesh.look, bench.settings.normalisation.rawValue, bench.segmenter.identity.hash])
    }

    /// The way for clicks on a mesh.
    ///
    /// - Parameters:
    ///   - clicks: a decoder that was trained on single clicks is passed over for several, unless it is asked for.
    ///   - file: a checkpoint to use in place of the cache's.
    ///   - remembers: whether all views are made at once and what they show is kept in memory, for many questions about one mesh.
    /// - Throws: `Failure` if a decoder is asked for that is not there or is another mesh's.
    func segmenter(
        for mesh: PreparedMesh, clicks: [SurfaceClick], decoder file: DecoderFile? = nil, remembers: Bool = false
    ) throws -> Chosen {
        let kind = bench.settings.segmenter
        if kind == .lift, file == nil { return try lifting(mesh, remembers) }
        if let found = try decoder(of: mesh, file: file) {
            let segmenter = DecoderSegmenter(found, parallelism: bench.parallelism)
            if kind == .iseg || file != nil || segmenter.supports(clicks) {
                return Chosen(segmenter: segmenter, provenance: found.provenance, views: nil)
            }
        } else if kind == .iseg {
            throw Failure(
                .missingModel, "segmenting the mesh", path: mesh.path, reason: "no decoder has been trained for it",
                hint: "run 'bsb train' on it, or choose --segmenter lift")
        }
        return try lifting(mesh, remembers)
    }

    /// The decoder of a mesh: the given checkpoint, or the cache's, if there is one.
    func decoder(of mesh: PreparedMesh, file: DecoderFile? = nil) throws -> TrainedDecoder? {
        if let file { return try file.decoder(of: mesh) }
        let data = bench.cache.read(folder: Self.folder(of: mesh, at: bench), name: Self.fileName)
        // What the cache cannot give is as if it were not there.
        let trained = data.flatMap { try? TrainedDecoder($0) }
        return trained?.field.vertexCount == mesh.mesh.vertices.count ? trained : nil
    }

    private func lifting(_ mesh: PreparedMesh, _ remembers: Bool) throws -> Chosen {
        let views = EmbeddedViews(of: mesh, at: bench)
        if remembers { try views.prepareAll() }
        let lifting = MaskLifting(segmenter: bench.segmenter, options: bench.settings.lifting, parallelism: bench.parallelism)
        let segmenter: any SurfaceSegmenter =
            remembers
            ? try LiftingSegmenter(lifting, views: RememberedViews(views), surface: mesh.surface)
            : try LiftingSegmenter(lifting, views: views, surface: mesh.surface)
        return Chosen(segmenter: segmenter, provenance: nil, views: views)
    }
}
