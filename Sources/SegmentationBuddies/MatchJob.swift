import Backbones
import Basics
import Correspondence
import Distillation
import Foundation
import Images
import InteractiveSegmentation
import Shapes

/// The main job: a click in a photo finds the part on a mesh.
public struct MatchJob: Sendable {
    let bench: Workbench

    /// A job that works at `bench`.
    public init(at bench: Workbench) {
        self.bench = bench
    }

    /// Everything known after a match.
    public struct Outcome: Sendable {
        /// The photo.
        public var photo: PreparedPhoto
        /// The mesh.
        public var mesh: PreparedMesh
        /// The click.
        public var click: Click
        /// The click's coarse mask.
        public var objectMask: Mask
        /// The click's fine mask.
        public var partMask: Mask
        /// What matching found.
        public var correspondence: Correspondence
        /// The part of the mesh, if there is a correspondence and a view shows it.
        public var segment: SurfaceSegment?
        /// The vertex that the part is around: the buddy, or where no view shows it the candidate nearest to it that one does.
        public var segmentVertex: Int?
        /// How the part was found: `lift` or `iseg`.
        public var method = "lift"
        /// Seconds by stage.
        public var timings: [String: Double]
        /// Work done by kind.
        public var counts: [String: Int]

        /// What looked odd, in sentences.
        public var warnings: [String] {
            guard let buddy = correspondence.buddy, buddy.vertex != segmentVertex else { return mesh.report.warnings }
            let part = segmentVertex.map { "the part is that around vertex \($0)" } ?? "the part around it is not known"
            return mesh.report.warnings + ["no view shows vertex \(buddy.vertex): \(part)"]
        }
    }

    /// Matches a click in the photo `image` against the mesh in the file `mesh`.
    ///
    /// Throws `Failure` for inputs that cannot be used; a part that the mesh lacks is an outcome, not an error.
    public func run(image: String, click: Click, mesh: String) throws -> Outcome {
        var watch = Stopwatch()
        // The photo and the click first: they fail fast, and the mesh may take long.
        let photo = try watch.measure("photo") { try PreparedPhoto(contentsOf: image, at: bench) }
        let masks = try watch.measure("click") { try photo.masks(of: click, at: bench) }
        let prepared = try watch.measure("mesh") { try PreparedMesh(contentsOf: mesh, at: bench) }
        return try run(photo, click, masks, prepared, &watch)
    }

    /// Matches a click in a photo against a mesh, both prepared.
    public func run(photo: PreparedPhoto, click: Click, mesh: PreparedMesh) throws -> Outcome {
        var watch = Stopwatch()
        let masks = try watch.measure("click") { try photo.masks(of: click, at: bench) }
        return try run(photo, click, masks, mesh, &watch)
    }

    private func run(
        _ photo: PreparedPhoto, _ click: Click, _ masks: (object: Mask, part: Mask), _ mesh: PreparedMesh, _ watch: inout Stopwatch
    ) throws -> Outcome {
        let photo = try watch.measure("photo") { try photo.focused(on: masks.object, including: click.pixel, at: bench) }
        let distilled = try watch.measure("distillation") { try FeatureDistiller(at: bench).field(of: mesh) }
        let correspondence = try watch.measure("matching") {
            try bench.matcher.match(
                photo.clicked(click, masks: masks), to: distilled.field, eligible: mesh.referenced, positions: mesh.scene.mesh.vertices)
        }
        var outcome = Outcome(
            photo: photo, mesh: mesh, click: click, objectMask: masks.object, partMask: masks.part, correspondence: correspondence,
            segment: nil, timings: [:], counts: [:])
        let counts = correspondence.counts
        outcome.counts = [
            "featureViews": distilled.viewsExtracted, "matchingPrompts": counts.prompts, "pixelsEvaluated": counts.pixelsEvaluated,
            "pixelsInSearch": counts.pixelsInSearch,
        ]
        if correspondence.buddy != nil { try segment(mesh, into: &outcome, &watch) }
        outcome.timings = watch.seconds
        return outcome
    }

    private func segment(_ mesh: PreparedMesh, into outcome: inout Outcome, _ watch: inout Stopwatch) throws {
        let correspondence = outcome.correspondence
        // One click, whichever vertex it will be on.
        let chosen = try watch.measure("segmenter") { try SegmenterChoice(at: bench).segmenter(for: mesh, clicks: [SurfaceClick(0)]) }
        outcome.method = chosen.segmenter.method
        let seen = try watch.measure("segment") {
            try correspondence.nearest(among: mesh.scene.mesh.vertices) { try chosen.visibleAnswer(to: [SurfaceClick($0)]) }
        }
        outcome.counts["segmenterViews"] = chosen.embeddedViews
        guard let (vertex, answer) = seen else { return }
        outcome.segment = bench.settings.part(answer.probability, clicks: [SurfaceClick(vertex)], of: mesh)
        outcome.segmentVertex = vertex
        outcome.counts["liftingPrompts"] = answer.prompts
    }
}

extension Correspondence {
    /// The vertices whose part is that of the answer, best first: the buddy, and the candidates nearest to it.
    ///
    /// - Parameter positions: #V positions.
    func seeds(among positions: [SIMD3<Float>]) -> [Int] {
        guard let buddy else { return [] }
        func distance(_ vertex: Int) -> Float {
            let offset = positions[vertex] - positions[buddy.vertex]
            return (offset * offset).sum()
        }
        let others = candidates.map(\.vertex).filter { $0 != buddy.vertex }.map { (distance($0), $0) }.sorted { $0 < $1 }
        return [buddy.vertex] + others.map(\.1)
    }

    /// The first of ``seeds(among:)`` that `find` finds something for, with that; nil if there is none.
    ///
    /// Throws what `find` throws.
    func nearest<Found>(among positions: [SIMD3<Float>], find: (Int) throws -> Found?) rethrows -> (vertex: Int, found: Found)? {
        for vertex in seeds(among: positions) {
            if let found = try find(vertex) { return (vertex, found) }
        }
        return nil
    }
}

extension ThresholdKind {
    /// The way to cut that this names.
    var binarization: Binarization {
        switch self {
        case .half: .fixed(0.5)
        case .otsu: .otsu
        }
    }
}
