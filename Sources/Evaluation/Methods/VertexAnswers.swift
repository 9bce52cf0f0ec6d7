import Backbones
import Basics
import Correspondence
import Images
import SegmentationBuddies

/// The answers of all methods that compare the click with the mesh's own features.
struct VertexAnswers {
    /// For each method its vertex; nil where it has no answer.
    var vertices: [Method: Int?] = [:]
    /// The match with the settings of the run.
    var correspondence: Correspondence
    var masks: (object: Mask, part: Mask)

    /// The most candidates that any method considers.
    static let candidateLimit = 300

    /// Matches once in the published way with the most candidates, and reads every method of that kind off them: they are in order of
    /// similarity, and what is known of one does not depend on the others.
    init(to click: LabelledClick, in photo: PreparedPhoto, on target: TargetMesh, at bench: Workbench) throws {
        let pixel = Pixel(x: click.x, y: click.y)
        masks = try photo.masks(of: Click(pixel), at: bench)
        let photo = try photo.focused(on: masks.object, including: pixel, at: bench)
        let clicked = photo.clicked(Click(pixel), masks: masks)
        var options = MatchingOptions()
        options.partLevel = bench.settings.matching.partLevel
        let published = options
        options.candidateCount = Self.candidateLimit
        let all = try Self.matched(
            clicked, target,
            by: SegmentationBuddyMatcher(
                segmenter: bench.segmenter, options: options, parallelism: bench.parallelism))
        let bsb = Self.among(all, first: published.candidateCount, minimumIoU: 0)
        correspondence = try bench.settings.matching == published ? bsb : Self.matched(clicked, target, by: bench.matcher)
        let nearest = target.ranking.mostSimilar(
            to: photo.features.feature(at: pixel.center), count: 1, eligible: target.shape.prepared.referenced
        ).first?.row
        vertices[.standard] = .some(correspondence.buddy?.vertex)
        vertices[.nearestVertex] = .some(nearest)
        vertices[.bsb] = .some(bsb.buddy?.vertex)
        vertices[.bsbOrNearest] = .some(bsb.buddy?.vertex ?? nearest)
        vertices[.bsbWithoutIoU] = .some(bsb.candidates.first(where: \.qualifies)?.vertex)
        for (method, count) in [(Method.bsb1, 1), (.bsb10, 10), (.bsb30, 30), (.bsb300, 300)] {
            vertices[method] = .some(Self.among(all, first: count, minimumIoU: 0).buddy?.vertex)
        }
        vertices[.bsbWithoutFilter] = .some(try Self.withoutFilter(bsb.candidates, photo, masks.part, at: bench))
        addMutual(all.candidates.first, pixel, photo)
    }

    private static func matched(
        _ photo: ClickedPhoto, _ target: TargetMesh, by matcher: SegmentationBuddyMatcher
    ) throws -> Correspondence {
        let mesh = target.shape.prepared
        return try matcher.match(photo, to: target.field, eligible: mesh.referenced, positions: mesh.scene.mesh.vertices)
    }

    /// The correspondence that the first candidates alone give.
    static func among(_ all: Correspondence, first count: Int, minimumIoU: Float) -> Correspondence {
        var result = all
        result.candidates = Array(all.candidates.prefix(count))
        result.counts.qualified = result.candidates.count(where: \.qualifies)
        let best = result.candidates.filter(\.qualifies).max { a, b in
            (a.iou ?? 0, a.similarity, b.vertex) < (b.iou ?? 0, b.similarity, a.vertex)
        }
        result.buddy = best.flatMap { ($0.iou ?? 0) >= minimumIoU ? $0 : nil }
        if result.buddy != nil {
            result.reason = nil
        } else if !all.candidates.isEmpty {
            result.reason = best == nil ? .noCandidateQualifies : .belowMinimumIoU
        }
        return result
    }

    /// The candidate of the largest IoU, qualified or not.
    private static func withoutFilter(_ candidates: [Candidate], _ photo: PreparedPhoto, _ part: Mask, at bench: Workbench) throws -> Int? {
        var candidates = candidates
        var pixels: [Pixel] = []
        var slots: [Pixel: Int] = [:]
        for candidate in candidates where !candidate.qualifies && slots[candidate.pixel] == nil {
            slots[candidate.pixel] = pixels.count
            pixels.append(candidate.pixel)
        }
        let prompts = pixels.map { Prompt(points: [Prompt.Point($0.center)]) }
        let level = bench.settings.matching.partLevel
        let overlaps = try bench.segmenter.masks(for: prompts, in: photo.embedding).map { $0.mask(level).intersectionOverUnion(part) }
        for i in candidates.indices where !candidates[i].qualifies { candidates[i].iou = overlaps[slots[candidates[i].pixel]!] }
        return candidates.max { a, b in (a.iou ?? 0, a.similarity, b.vertex) < (b.iou ?? 0, b.similarity, a.vertex) }?.vertex
    }

    private mutating func addMutual(_ nearest: Candidate?, _ click: Pixel, _ photo: PreparedPhoto) {
        vertices[.mutualPixel] = .some(nearest?.pixel == click ? nearest?.vertex : nil)
        let map = photo.features.map
        let isNear = nearest.map { candidate in
            let offset = (map(candidate.pixel.center) - map(click.center))
            return max(abs(offset.x), abs(offset.y)) <= 1
        }
        vertices[.mutualCell] = .some(isNear == true ? nearest?.vertex : nil)
    }
}
