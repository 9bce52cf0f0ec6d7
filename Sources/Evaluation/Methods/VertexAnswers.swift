import BSBAnswering
import BSBBackbones
import BSBCorrespondence
import BSBImages
import BSBWorkbench

/// The answers of all methods that compare the click with the mesh's own features.
struct VertexAnswers {
    /// For each method its vertex; nil where it has no answer.
    var vertices: [Method: Int?] = [:]
    /// The answer with the settings of the run.
    var answer: Answer

    /// The most candidates that any method considers.
    static let candidateLimit = 300

    /// Answers with the settings of the run, and once more in the published way with the most candidates, off which every method of that
    /// kind is read: they are in order of similarity, and what is known of one does not depend on the others.
    init(to labelled: LabelledClick, in photo: OpenPhoto, on mesh: OpenMesh, wantsPart: Bool, at bench: Workbench) throws {
        let click = Click(labelled.pixel)
        answer = try bench.answer(click, in: photo, on: mesh, wantsPart: wantsPart)
        var published = bench
        published.settings.matching = MatchingOptions()
        published.settings.matching.partLevel = bench.settings.matching.partLevel
        let k = published.settings.matching.candidateCount
        published.settings.matching.candidateCount = Self.candidateLimit
        let all = try published.answer(click, in: photo, on: mesh, masks: answer.masks, wantsPart: false).correspondence
        let bsb = Self.among(all, first: k, minimumIoU: 0)
        let nearest = try mesh.nearestVertex(to: answer.features.feature(at: click.pixel.center), at: bench)
        vertices[.standard] = .some(answer.correspondence.buddy?.vertex)
        vertices[.nearestVertex] = .some(nearest)
        vertices[.bsb] = .some(bsb.buddy?.vertex)
        vertices[.bsbOrNearest] = .some(bsb.buddy?.vertex ?? nearest)
        vertices[.bsbWithoutIoU] = .some(bsb.candidates.first(where: \.qualifies)?.vertex)
        for (method, count) in [(Method.bsb1, 1), (.bsb10, 10), (.bsb30, 30), (.bsb300, 300)] {
            vertices[method] = .some(Self.among(all, first: count, minimumIoU: 0).buddy?.vertex)
        }
        vertices[.bsbWithoutFilter] = .some(try Self.withoutFilter(bsb.candidates, photo, answer.masks.part, at: bench))
        addMutual(all.candidates.first, click.pixel, answer.features)
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
    private static func withoutFilter(_ candidates: [Candidate], _ photo: OpenPhoto, _ part: Mask, at bench: Workbench) throws -> Int? {
        var candidates = candidates
        var pixels: [Pixel] = []
        var slots: [Pixel: Int] = [:]
        for candidate in candidates where !candidate.qualifies && slots[candidate.pixel] == nil {
            slots[candidate.pixel] = pixels.count
            pixels.append(candidate.pixel)
        }
        let prompts = pixels.map { Prompt(points: [Prompt.Point($0.center)]) }
        let level = bench.settings.matching.partLevel
        let overlaps = try photo.answers(to: prompts, at: bench).map { $0.mask(level).intersectionOverUnion(part) }
        for i in candidates.indices where !candidates[i].qualifies { candidates[i].iou = overlaps[slots[candidates[i].pixel]!] }
        return candidates.max { a, b in (a.iou ?? 0, a.similarity, b.vertex) < (b.iou ?? 0, b.similarity, a.vertex) }?.vertex
    }

    private mutating func addMutual(_ nearest: Candidate?, _ click: Pixel, _ features: FeatureGrid) {
        vertices[.mutualPixel] = .some(nearest?.pixel == click ? nearest?.vertex : nil)
        let map = features.map
        let isNear = nearest.map { candidate in
            let offset = (map(candidate.pixel.center) - map(click.center))
            return max(abs(offset.x), abs(offset.y)) <= 1
        }
        vertices[.mutualCell] = .some(isNear == true ? nearest?.vertex : nil)
    }
}

extension OpenMesh {
    /// The vertex most similar to a feature.
    func nearestVertex(to feature: [Float], at bench: Workbench) throws -> Int? {
        let surface = try features(at: bench)
        return surface.ranking.mostSimilar(to: feature, count: 1, eligible: surface.eligible).first.map { surface.vertex(ofRow: $0.row) }
    }
}
