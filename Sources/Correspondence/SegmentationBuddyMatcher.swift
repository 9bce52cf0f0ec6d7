import BSBBackbones
import BSBBasics
import BSBImages

/// How candidates are chosen and judged.
public struct MatchingOptions: Sendable, Hashable, Codable {
    /// The number of vertices considered, the paper's k.
    public var candidateCount = 100
    /// The share of the vertices, 0...1, that are considered at least.
    ///
    /// A fixed number covers less and less of a finer mesh. 0, the default, is as published.
    public var candidateFraction = 0.0
    /// The IoU below which the best candidate is rejected; 0 accepts any that qualifies, as published.
    public var minimumIoU: Float = 0
    /// Which of the segmenter's masks is the part.
    public var partLevel = MaskLevel.part
    /// How much of what is compared with the vertices is the mean feature of the part mask, rather than the click's: 0 (published) to 1.
    package var partShare: Float = 0
    /// What is done to the features of photo and mesh before they are compared.
    package var alignment = FeatureAlignment.none
    /// The least distance between candidates, in radii of the mesh; 0 takes the most similar vertices wherever they are, as published.
    package var spacing: Float = 0
    /// Which candidate is the answer.
    package var choice = CandidateChoice.published
    /// Whether candidates whose pixels lie in one cell of the segmenter's embedding share a mask, that at the pixel of the most similar of
    /// them; as published only those that share a pixel do.
    package var sharesMasks = false
    /// The probability that the mesh has the part below which there is no answer, where outsiders are a last resort and a calibration tells
    /// the probability: then it decides, and not whether a vertex leads back into the part.
    public var minimumExistence = 0.0

    /// The published options.
    public init() {}

    /// What did best on shapes that training had not seen (docs/notebook): a quarter of the query is the part's mean feature, similar
    /// candidates and those amid others on the mesh's surface count for more, and a calibrated probability says whether there is an answer.
    public static var standard: MatchingOptions {
        var options = MatchingOptions()
        options.partShare = 0.25
        options.choice = CandidateChoice(iou: 0.3, similarity: 1, agreement: 1, outsiders: .lastResort)
        options.sharesMasks = true
        options.minimumExistence = 0.1
        return options
    }

    /// The number of candidates among so many vertices, where there are so many.
    package func candidateCount(among vertices: Int) -> Int {
        max(candidateCount, Int((candidateFraction * Double(vertices)).rounded(.up)))
    }
}

/// A photo with everything about one click in it that matching needs.
package struct ClickedPhoto: Sendable {
    /// The feature extractor's view of the photo.
    package var features: FeatureGrid
    /// The segmenter's view of the photo.
    package var embedding: ImageEmbedding
    /// The clicked pixel, p.
    package var click: Pixel
    /// A box that goes with every prompt for the part, where the user gave one.
    package var box: Prompt.Box?
    /// Clicks on what is not the part, which go with every prompt as well.
    package var unwanted: [Pixel]
    /// The masks of the click.
    package var masks: ClickMasks

    /// A click in a photo of the masks' size.
    package init(
        features: FeatureGrid, embedding: ImageEmbedding, click: Pixel, box: Prompt.Box? = nil, unwanted: [Pixel] = [], masks: ClickMasks
    ) {
        self.features = features
        self.embedding = embedding
        self.click = click
        self.box = box
        self.unwanted = unwanted
        self.masks = masks
    }
}

extension ClickedPhoto {
    /// What vertices are compared with: the click's feature, of which `partShare` is the mean of the part's.
    func query(partShare: Float) -> [Float] {
        let click = features.feature(at: self.click.center)
        let length = dot(click[...], click[...]).squareRoot()
        guard partShare > 0, length > 0, length.isFinite, let part = features.meanFeature(in: masks.part) else { return click }
        return zip(click, part).map { (1 - partShare) * $0 / length + partShare * $1 }
    }

    /// The question for the part at another pixel than the click: with the box and the unwanted clicks, which say what a part is not.
    package func prompt(at pixel: Pixel) -> Prompt {
        Prompt(points: [Prompt.Point(pixel.center)] + unwanted.map { Prompt.Point($0.center, isForeground: false) }, box: box)
    }
}

/// Finds the best segmentation buddy of a click: the vertex that leads back into the clicked part and, segmented there, to the same part.
///
/// The steps are those of "Best Segmentation Buddies for Image-Shape Correspondence", section 3:
/// 1. The k vertices most similar to the click are the candidates.
/// 2. Each candidate's most similar pixel is sought within the *object* mask.
/// 3. A candidate qualifies if that pixel lies within the *part* mask.
/// 4. The photo is segmented again at each qualifying pixel; the candidate whose mask has the largest IoU with the part mask wins.
///
/// Candidates that share a pixel share its segmentation. ``MatchingOptions`` has ways to depart from these steps.
package struct SegmentationBuddyMatcher: Sendable {
    private let segmenter: any PromptSegmenter
    private let options: MatchingOptions
    private let calibration: ExistenceCalibration?
    private let parallelism: Parallelism

    /// A matcher that segments with `segmenter`.
    ///
    /// `calibration` is how evidence becomes the probability that the mesh has the part, for these models and options; without one there is
    /// no such probability.
    package init(
        segmenter: any PromptSegmenter, options: MatchingOptions = MatchingOptions(), calibration: ExistenceCalibration? = nil,
        parallelism: Parallelism = Parallelism()
    ) {
        self.segmenter = segmenter
        self.options = options
        self.calibration = calibration
        self.parallelism = parallelism
    }

    /// Matches a click against a mesh.
    ///
    /// - Parameters:
    ///   - photo: the click and the photo's features, embedding and masks.
    ///   - mesh: the mesh's features, as long as the photo's.
    ///   - segmentsAgain: whether step 4 is taken; without it no candidate has an IoU, which then has no say in the choice.
    /// - Throws: `Failure` if the features differ in length or the segmenter cannot be run.
    /// - Complexity: O(n d + k cells d) products, at most O(k x object mask) comparisons, one prompt for each distinct pixel.
    package func match(
        _ photo: ClickedPhoto, to mesh: SurfaceFeatures, segmentsAgain: Bool = true
    ) throws -> Correspondence {
        guard mesh.field.dimension == photo.features.dimension else {
            throw Failure(
                .usage, "matching",
                reason: "the mesh has features of \(mesh.field.dimension) numbers, the photo of \(photo.features.dimension)",
                hint: "distill the mesh with the same model")
        }
        if let reason = photo.masks.reasonBeforeSearch { return none(reason) }
        var candidates: [Candidate] = []
        var counts = Correspondence.Counts()
        let (features, aligned) = options.alignment.aligned(photo.features, object: photo.masks.object, mesh)
        var compared = photo
        compared.features = features
        findCandidates(compared, aligned, into: &candidates, &counts)
        guard !candidates.isEmpty else { return none(.noFeatures) }
        counts.qualified = candidates.count(where: \.qualifies)
        if segmentsAgain { try judge(&candidates, photo, &counts) }
        let objectSimilarity = ObjectSimilarity.median(of: features, object: photo.masks.object, sample: aligned.sample)
        return choose(
            Correspondence(candidates: candidates, objectSimilarity: objectSimilarity, counts: counts), mesh
        ).namingVertices(of: mesh)
    }

    /// Steps 1 to 3; vertices are rows of the features until the answer is told.
    private func findCandidates(
        _ photo: ClickedPhoto, _ mesh: SurfaceFeatures, into candidates: inout [Candidate], _ counts: inout Correspondence.Counts
    ) {
        let nearest = similar(to: photo.query(partShare: options.partShare), mesh)
        guard !nearest.isEmpty else { return }
        let queries = mesh.field.values.gatheringRows(nearest.map(\.row))
        let search = PixelSearch(features: photo.features, region: photo.masks.object)
        let matches = search.mostSimilar(to: queries, parallelism: parallelism)
        counts.pixelsInSearch = nearest.count * photo.masks.object.count
        for (vertex, match) in zip(nearest, matches) {
            guard let match else { continue }
            counts.pixelsEvaluated += match.evaluated
            candidates.append(
                Candidate(
                    vertex: vertex.row, similarity: vertex.similarity, pixel: match.pixel, pixelSimilarity: match.similarity,
                    qualifies: photo.masks.part[match.pixel.x, match.pixel.y]))
        }
    }

    /// The most similar vertices; with a spacing, each only if no more similar one near it was taken.
    private func similar(to query: [Float], _ mesh: SurfaceFeatures) -> [(row: Int, similarity: Float)] {
        let (eligible, positions) = (mesh.eligible, mesh.positions)
        let count = options.candidateCount(among: eligible.count(where: { $0 }))
        guard options.spacing > 0, !positions.isEmpty else { return mesh.ranking.mostSimilar(to: query, count: count, eligible: eligible) }
        var taken: [(row: Int, similarity: Float)] = []
        for vertex in mesh.ranking.mostSimilar(to: query, count: eligible.count, eligible: eligible) {
            let isNear = taken.contains { other in
                let offset = positions[other.row] - positions[vertex.row]
                return (offset * offset).sum() < options.spacing * options.spacing
            }
            if !isNear { taken.append(vertex) }
            if taken.count == count { break }
        }
        return taken
    }

    /// Step 4: segments again at each distinct pixel, or in each cell, of the candidates that may be the answer.
    private func judge(_ candidates: inout [Candidate], _ photo: ClickedPhoto, _ counts: inout Correspondence.Counts) throws {
        let qualified = candidates.filter(\.qualifies)
        let outsiders = options.choice.outsiders
        let judged = outsiders == .welcome || (outsiders == .lastResort && qualified.isEmpty) ? candidates : qualified
        let map = photo.embedding.map
        func place(_ pixel: Pixel) -> SIMD2<Int> {
            guard options.sharesMasks else { return SIMD2(pixel.x, pixel.y) }
            let cell = map(pixel.center).rounded(.down)
            return SIMD2(Int(cell.x), Int(cell.y))
        }
        var pixels: [Pixel] = []
        var slot: [SIMD2<Int>: Int] = [:]
        for candidate in judged where slot[place(candidate.pixel)] == nil {
            slot[place(candidate.pixel)] = pixels.count
            pixels.append(candidate.pixel)
        }
        counts.prompts = pixels.count
        let prompts = pixels.map { photo.prompt(at: $0) }
        let predictions = try segmenter.masks(for: prompts, in: photo.embedding)
        let level = options.partLevel
        let overlaps = parallelism.map(predictions.count) { predictions[$0].mask(level).intersectionOverUnion(photo.masks.part) }
        let isJudged = judged.count == candidates.count
        for i in candidates.indices where isJudged || candidates[i].qualifies {
            candidates[i].iou = slot[place(candidates[i].pixel)].map { overlaps[$0] }
        }
    }

    /// What was found, with its answer.
    private func choose(_ found: Correspondence, _ mesh: SurfaceFeatures) -> Correspondence {
        var result = found
        let best = options.choice.best(
            of: found.candidates, positions: mesh.positions.isEmpty ? nil : mesh.positions, areas: mesh.areas)
        result.buddy = best
        result.existence = calibration?.probability(ExistenceEvidence(result))
        let isUnlikely = options.choice.outsiders == .lastResort && result.existence.map { $0 < options.minimumExistence } ?? false
        if best == nil || isUnlikely {
            result.reason = best?.qualifies == true ? .unlikelyPart : .noCandidateQualifies
        } else if (best!.iou ?? 0) < options.minimumIoU {
            result.reason = .belowMinimumIoU
        }
        if result.reason != nil { result.buddy = nil }
        return result
    }

    private func none(_ reason: NoCorrespondence) -> Correspondence {
        Correspondence(buddy: nil, reason: reason, candidates: [], counts: Correspondence.Counts())
    }
}

extension Correspondence {
    /// The same with the mesh's vertices in place of the rows of its features.
    fileprivate func namingVertices(of mesh: SurfaceFeatures) -> Correspondence {
        var result = self
        result.buddy?.vertex = mesh.vertex(ofRow: buddy!.vertex)
        for index in candidates.indices { result.candidates[index].vertex = mesh.vertex(ofRow: candidates[index].vertex) }
        return result
    }
}
