import BSBBackbones
import BSBBasics
import BSBCorrespondence
import BSBImages
import BSBLinearAlgebra
import BSBWorkbench

/// Something in a photo that may be the object that a mesh shows.
package struct ObjectProposal: Sendable, Hashable {
    /// The click that the segmenter was given.
    package var click: Pixel
    /// Its coarse mask.
    package var mask: Mask
    /// How well the mask parts what looks like the mesh from what does not; the largest is the best.
    package var score: Float
    /// The segmenter's own estimate of the mask's IoU with the truth.
    package var predictedIoU: Float

    /// The proposal, taken as the object.
    package var found: FoundObject { FoundObject(mask: mask, click: click, isGiven: false) }
}

/// Finds where in a photo the object is that a mesh shows, without a click.
///
/// The photo is segmented at a grid of clicks. Of masks that are nearly the same the one that the segmenter is surest of stays. They are
/// ranked by how well they part the pixels that look like some vertex of the mesh from those that do not: by the variance between the two
/// groups (Otsu's criterion), w (1 - w) (mean inside - mean outside)^2, times the predicted IoU and the share of the photo's border
/// that the mask leaves free.
package struct ObjectFinder: Sendable {
    /// Clicks across and down.
    package var grid = 8
    /// Masks whose IoU exceeds this count as one.
    package var duplicateIoU: Float = 0.8
    /// Masks of less or more of the photo than this are no objects.
    package var shares: ClosedRange<Float> = 0.005...0.95
    /// Pixels whose similarity to the mesh is measured, at most.
    private static let pixelLimit = 1600
    /// Vertices that stand for the mesh, at most.
    private static let vertexLimit = 2000

    private let bench: Workbench

    /// A finder that works at `bench`.
    package init(at bench: Workbench) { self.bench = bench }

    /// The objects of a photo, the one most like the mesh first.
    ///
    /// - Throws: `Failure` if the segmenter cannot be run.
    /// - Complexity: one prompt for each cell of the grid; O(pixels x vertices x d) for at most 1600 pixels and 2000 vertices.
    package func proposals(in photo: OpenPhoto, like mesh: OpenMesh) throws -> [ObjectProposal] {
        let clicks = (0..<(grid * grid)).map { cell in
            Pixel(
                x: (2 * (cell % grid) + 1) * photo.image.width / (2 * grid), y: (2 * (cell / grid) + 1) * photo.image.height / (2 * grid))
        }
        let answers = try photo.objectAnswers(to: clicks.map { Prompt(points: [Prompt.Point($0.center)]) }, at: bench)
        let level = bench.settings.objectLevel
        var distinct: [ObjectProposal] = []
        let proposals = zip(clicks, answers).map { click, answer in
            ObjectProposal(click: click, mask: answer.mask(level), score: 0, predictedIoU: answer.predictedIoU[level.index])
        }
        for proposal in proposals.sorted(by: { $0.predictedIoU > $1.predictedIoU }) {
            guard shares.contains(proposal.mask.fraction) else { continue }
            let isKnown = distinct.contains { $0.mask.intersectionOverUnion(proposal.mask) > duplicateIoU }
            if !isKnown { distinct.append(proposal) }
        }
        let likeness = try likeness(of: photo, to: mesh)
        for index in distinct.indices { distinct[index].score = score(distinct[index], likeness) }
        // Swift's sort is stable.
        return distinct.sorted { $0.score > $1.score }
    }

    /// For pixels spread over the photo, the cosine with the most similar vertex.
    private func likeness(of photo: OpenPhoto, to mesh: OpenMesh) throws -> [(pixel: Pixel, value: Float)] {
        let comparison = try PixelSimilarity(photo.features(at: bench))
        let whole = Mask(width: photo.image.width, height: photo.image.height).complement
        let pixels = PixelSimilarity.lattice(in: whole, spacing: 2 * comparison.spacing, limit: Self.pixelLimit)
        let vertices = mesh.referenced.indices.filter { mesh.referenced[$0] }
        let step = max(1, vertices.count / Self.vertexLimit)
        let chosen = stride(from: 0, to: vertices.count, by: step).map { vertices[$0] }
        let rows = try mesh.features(at: bench).values(at: chosen).withNormalizedRows()
        let cosines = Matrix.product(
            comparison.directions(at: pixels).factor, rows.transposed, parallelism: bench.parallelism)
        return pixels.indices.map { (pixels[$0], cosines.row($0).max() ?? 0) }
    }

    private func score(_ proposal: ObjectProposal, _ likeness: [(pixel: Pixel, value: Float)]) -> Float {
        var (inside, outside, count) = (Float(0), Float(0), 0)
        for (pixel, value) in likeness {
            if proposal.mask[pixel.x, pixel.y] {
                inside += value
                count += 1
            } else {
                outside += value
            }
        }
        guard count > 0, count < likeness.count else { return 0 }
        let share = Float(count) / Float(likeness.count)
        let difference = inside / Float(count) - outside / Float(likeness.count - count)
        let variance = share * (1 - share) * difference * abs(difference)
        return variance * max(proposal.predictedIoU, 0.01) * (1 - borderShare(proposal.mask))
    }

    /// The share of the photo's border pixels that are in the mask.
    private func borderShare(_ mask: Mask) -> Float {
        var count = 0
        for x in 0..<mask.width { count += (mask[x, 0] ? 1 : 0) + (mask[x, mask.height - 1] ? 1 : 0) }
        for y in 0..<mask.height { count += (mask[0, y] ? 1 : 0) + (mask[mask.width - 1, y] ? 1 : 0) }
        return Float(count) / Float(2 * (mask.width + mask.height))
    }
}

/// The object of a photo and how it was found.
package struct FoundObject: Sendable, Hashable {
    /// The object's mask.
    package var mask: Mask
    /// The click that it answers.
    package var click: Pixel
    /// Whether the click was the user's.
    package var isGiven: Bool

    /// An object at a click.
    package init(mask: Mask, click: Pixel, isGiven: Bool) {
        self.mask = mask
        self.click = click
        self.isGiven = isGiven
    }
}

extension ObjectFinder {
    /// The object at a click, or the one most like the mesh.
    ///
    /// Throws `Failure` if the click is outside the photo, the segmenter cannot be run, or no mask of the grid is an object.
    package func object(in photo: OpenPhoto, at click: Pixel?, like mesh: OpenMesh) throws -> FoundObject {
        if let click {
            try photo.check(click)
            let answer = try photo.objectAnswers(to: [Prompt(points: [Prompt.Point(click.center)])], at: bench)[0]
            return FoundObject(mask: answer.mask(bench.settings.objectLevel), click: click, isGiven: true)
        }
        guard let best = try proposals(in: photo, like: mesh).first else {
            throw Failure(
                .badInput, "finding the object in the photo", path: photo.path, reason: "no mask of the segmenter can be an object",
                hint: "click on the object")
        }
        return best.found
    }
}
