import BSBBackbones
import BSBCorrespondence
import BSBImages
import BSBInteractiveSegmentation
import BSBWorkbench
import Foundation

/// A place of the surface that may be meant, with its part.
package struct Alternative: Sendable {
    /// The vertex that looks most like the part there.
    package var vertex: Int
    /// exp((similarity - largest similarity) / temperature), 1 for the place most like the part.
    package var score: Float
    /// Mean cosine of the vertex's feature with those of the part's pixels.
    package var similarity: Float
    /// The share of the vertex's attention to the object that falls into the part, 0...1.
    package var returning: Float
    /// The pixel of the object that the vertex leads back to.
    package var pixel: Pixel
    /// Whether that pixel is in the part.
    package var qualifies: Bool
    /// IoU of the part mask with the mask at that pixel.
    package var iou: Float
    /// The share of the probability over the surface that is in the part around the vertex.
    package var mass: Float
    /// The part around the vertex.
    package var segment: SurfaceSegment
}

/// An approximate answer beside the published one: a probability over the surface and a ranked list of places.
package struct Alternatives: Sendable {
    /// The places, the most similar first; parts do not contain each other's vertices.
    package var list: [Alternative]
    /// The probability over the surface.
    package var soft: SoftCorrespondence
    /// The difference of cosines that counts as a factor of e.
    package var temperature: Float
}

/// Finds the places of a surface that may be meant: symmetric and repeated parts, and what comes next where nothing qualifies.
///
/// Places are the maxima of the vertices' similarity to the part that stand out on the surface: whoever walks from one to a
/// higher one has to go down by at least `prominence`. A place inside the part of an earlier one is left out.
package struct AlternativeFinder: Sendable {
    /// The most places.
    package var limit = 5
    /// How much a maximum of the similarity must stand out.
    package var prominence: Float = 0.01
    /// The least score of a place.
    package var minimumScore: Float = 0.02
    /// How the probability is made.
    package var soft = SoftMatchingOptions()

    private let bench: Workbench

    /// A finder that works at `bench`.
    package init(at bench: Workbench, limit: Int = 5) {
        self.bench = bench
        self.limit = limit
    }

    /// The places that a click may mean, beside what was answered.
    ///
    /// Throws `Failure` if the segmenter cannot be run.
    package func find(beside answer: Answer) throws -> Alternatives {
        let mesh = answer.mesh
        let surface = try mesh.features(at: bench)
        let photo = try answer.photo.clicked(answer.click, masks: answer.masks, at: bench)
        let soft = SoftMatcher(options: self.soft, parallelism: bench.parallelism).match(photo, to: surface)
        guard let largest = soft.similarity.max(), largest > -.infinity else {
            return Alternatives(list: [], soft: soft, temperature: self.soft.temperature)
        }
        let finder = try mesh.partFinder(at: bench)
        var list: [Alternative] = []
        for vertex in peaks(of: soft.similarity, mesh) {
            guard list.count < limit else { break }
            let score = exp((soft.similarity[vertex] - largest) / self.soft.temperature)
            guard score >= minimumScore, !list.contains(where: { $0.segment.vertexLabels[vertex] }) else { continue }
            // A place that no view shows has no part to offer.
            guard let segment = try finder.visiblePart(around: vertex)?.segment else { continue }
            let mass = zip(segment.vertexLabels, soft.probability).reduce(Float(0)) { $0 + ($1.0 ? $1.1 : 0) }
            list.append(
                Alternative(
                    vertex: vertex, score: score, similarity: soft.similarity[vertex], returning: soft.returning[vertex],
                    pixel: photo.click, qualifies: false, iou: 0, mass: mass, segment: segment))
        }
        try lead(&list, back: photo, answer.photo.segmenter(at: bench), surface)
        return Alternatives(list: list, soft: soft, temperature: self.soft.temperature)
    }

    /// Vertices of the file at the maxima that stand out, the highest first.
    private func peaks(of similarity: [Float], _ mesh: OpenMesh) -> [Int] {
        let (values, edges) = mesh.surface.graph(of: similarity)
        return GraphPeaks.find(values, edges: edges, prominence: prominence).map { mesh.surface.vertex(ofPoint: $0.node) }
    }

    /// Finds the pixel that each place leads back to and compares its mask with the part.
    private func lead(
        _ list: inout [Alternative], back photo: ClickedPhoto, _ segmenter: any PromptSegmenter, _ surface: SurfaceFeatures
    ) throws {
        guard !list.isEmpty else { return }
        let search = PixelSearch(features: photo.features, region: photo.masks.object)
        let matches = search.mostSimilar(to: surface.values(at: list.map(\.vertex)), parallelism: bench.parallelism)
        let prompts = matches.map { photo.prompt(at: $0?.pixel ?? photo.click) }
        let answers = try segmenter.masks(for: prompts, in: photo.embedding)
        for index in list.indices {
            guard let match = matches[index] else { continue }
            list[index].pixel = match.pixel
            list[index].qualifies = photo.masks.part[match.pixel.x, match.pixel.y]
            list[index].iou = answers[index].mask(bench.settings.matching.partLevel).intersectionOverUnion(photo.masks.part)
        }
    }
}
