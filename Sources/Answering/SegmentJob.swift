import BSBBasics
import BSBInteractiveSegmentation
import BSBWorkbench
import Foundation

/// Clicks on a mesh become a part of it.
package struct SegmentJob: Sendable {
    private let bench: Workbench

    /// A job that works at `bench`.
    package init(at bench: Workbench) {
        self.bench = bench
    }

    /// Everything known after the clicks.
    package struct Outcome: Sendable {
        /// The mesh.
        package var mesh: OpenMesh
        /// On the mesh, or on the source of a transfer.
        package var clicks: [SurfaceClick]
        /// The mesh that was clicked, if another.
        package var source: OpenMesh?
        /// After a transfer, the vertices of the mesh that stood for the clicks; empty where the clicks' features were used themselves.
        package var standIns: [SurfaceClick] = []
        /// The part.
        package var segment: SurfaceSegment
        /// How the part was found.
        package var method: SurfaceMethod
        /// Where the decoder comes from, if one was used.
        package var provenance: TrainedDecoder.Provenance?
        /// Seconds spent, by stage.
        package var timings: [String: Double]
        /// The work that was done.
        package var counts: WorkCounts
    }

    /// Finds the part of the mesh in the file `path` that `clicks` mean.
    ///
    /// - Parameters:
    ///   - path: the mesh's file.
    ///   - clicks: where the wanted part is, and where it is not.
    ///   - decoder: a checkpoint to use in place of the cache's.
    ///   - source: a mesh that the clicks are on in place of the mesh itself: iSeg's transfer across meshes.
    /// - Throws: `Failure` for inputs that cannot be used, and where a decoder is needed that is not there.
    package func run(mesh path: String, clicks: [TargetedClick], decoder: DecoderFile? = nil, like source: String? = nil) throws -> Outcome
    {
        var watch = Stopwatch()
        let mesh = try watch.measure("mesh") { try OpenMesh(contentsOf: path, at: bench) }
        let other = try source.map { try OpenMesh(contentsOf: $0, at: bench) }
        let found = try clicks.map { SurfaceClick(try $0.target.vertex(of: other ?? mesh), isForeground: $0.isForeground) }
        var outcome: Outcome
        if let other {
            outcome = try transfer(found, from: other, to: mesh, decoder: decoder, &watch)
        } else {
            outcome = try segment(mesh, clicks: found, decoder: decoder, &watch)
        }
        outcome.timings = watch.seconds
        return outcome
    }

    /// Finds the part of a prepared mesh that clicks on it mean.
    ///
    /// Throws `Failure`.
    package func run(_ mesh: OpenMesh, clicks: [SurfaceClick], decoder: DecoderFile? = nil) throws -> Outcome {
        var watch = Stopwatch()
        var outcome = try segment(mesh, clicks: clicks, decoder: decoder, &watch)
        outcome.timings = watch.seconds
        return outcome
    }

    private func segment(
        _ mesh: OpenMesh, clicks: [SurfaceClick], decoder: DecoderFile?, _ watch: inout Stopwatch
    ) throws -> Outcome {
        let bench = bench.counting()
        let chosen = try watch.measure("segmenter") {
            try SegmenterChoice(at: bench).segmenter(for: mesh, clicks: clicks, decoder: decoder)
        }
        let answer = try watch.measure("segment") { try chosen.segmenter.answer(to: clicks) }
        var counts = WorkCounts()
        counts.segmenterViews = bench.viewsEmbedded
        counts.liftingPrompts = answer.prompts
        return Outcome(
            mesh: mesh, clicks: clicks, source: nil,
            segment: bench.settings.part(answer.probability, clicks: clicks, of: mesh),
            method: chosen.segmenter.method, provenance: chosen.provenance, timings: [:], counts: counts)
    }

    private func transfer(
        _ clicks: [SurfaceClick], from source: OpenMesh, to mesh: OpenMesh, decoder: DecoderFile?, _ watch: inout Stopwatch
    ) throws -> Outcome {
        let trained = try watch.measure("segmenter") { try SegmenterChoice(at: bench).decoder(of: mesh, file: decoder) }
        guard let trained else {
            throw Failure(
                .missingModel, "segmenting the mesh", path: mesh.path, reason: "no decoder has been trained for it",
                hint: "clicks on another mesh need one: run 'bsb train' on this mesh")
        }
        guard trained.provenance.segmenter.hash == bench.segmenter.identity.hash else {
            throw Failure(
                .badInput, "segmenting the mesh", path: mesh.path, reason: "its decoder was trained with another segmenter",
                hint: "train it anew with this one")
        }
        let counted = bench.counting()
        let field = try watch.measure("source features") {
            try SegmenterField(at: counted).field(of: source, views: EmbeddedViews(of: source, at: counted))
        }
        var counts = WorkCounts()
        (counts.segmenterViews, counts.liftingPrompts) = (counted.viewsEmbedded, 0)
        let segmenter = DecoderSegmenter(trained, parallelism: bench.parallelism)
        let transfer = try watch.measure("segment") { try segmenter.transfer(clicks, from: field) }
        return Outcome(
            mesh: mesh, clicks: clicks, source: source, standIns: transfer.standIns,
            segment: bench.settings.part(transfer.probability, clicks: transfer.standIns, of: mesh),
            method: segmenter.method, provenance: trained.provenance, timings: [:], counts: counts)
    }
}
