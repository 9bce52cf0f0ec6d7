import Basics
import Correspondence
import Images
import InteractiveSegmentation

extension MatchJob {
    /// Matches a click in a photo against a mesh that was lifted already.
    ///
    /// Throws `Failure` for a click that cannot be used.
    public func run(photo: PreparedPhoto, click: Click, mesh: LiftedMesh) throws -> Outcome {
        try run(photo: photo, click: click, masks: photo.masks(of: click, at: bench), mesh: mesh)
    }

    /// Matches a click whose masks are known against a mesh that was lifted already.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    func run(photo: PreparedPhoto, click: Click, masks: (object: Mask, part: Mask), mesh: LiftedMesh) throws -> Outcome {
        var watch = Stopwatch()
        let photo = try watch.measure("photo") { try photo.focused(on: masks.object, including: click.pixel, at: bench) }
        let correspondence = try watch.measure("matching") {
            try bench.matcher.match(
                photo.clicked(click, masks: masks), to: mesh.field, eligible: mesh.mesh.referenced,
                positions: mesh.mesh.scene.mesh.vertices)
        }
        let part = try watch.measure("segment") {
            try correspondence.nearest(among: mesh.mesh.scene.mesh.vertices) { try mesh.visiblePart(around: $0) }
        }
        return Outcome(
            photo: photo, mesh: mesh.mesh, click: click, objectMask: masks.object, partMask: masks.part, correspondence: correspondence,
            segment: part?.found, segmentVertex: part?.vertex, method: mesh.method, timings: watch.seconds,
            counts: [
                "featureViews": mesh.viewsExtracted, "segmenterViews": mesh.viewsEmbedded,
                "matchingPrompts": correspondence.counts.prompts, "pixelsEvaluated": correspondence.counts.pixelsEvaluated,
                "pixelsInSearch": correspondence.counts.pixelsInSearch,
            ])
    }
}
