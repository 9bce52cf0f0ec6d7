import BSBBackbones
import BSBImages
import BSBLinearAlgebra

/// The pixels of an object in a picture, to be found by what is seen in another picture, each by its mutual similarity (``DualSoftmax``).
package struct MutualPixels: Sendable {
    private let similarity: PixelSimilarity
    private let pixels: [Pixel]
    private let penalties: [Float]

    /// The most pixels that are looked at.
    private static let most = 4096
    /// The most pixels of the other object that tell what a pixel has in common with all of it.
    private static let others = 1024

    /// The pixels of `object` on a lattice, a quarter of a feature cell or more apart; `other` is where the other picture's object is.
    ///
    /// - Complexity: O(4096 x 1024 x d + masks).
    package init(of features: FeatureGrid, in object: Mask, relativeTo otherFeatures: FeatureGrid, in other: Mask) {
        similarity = PixelSimilarity(features)
        pixels = PixelSimilarity.lattice(in: object, spacing: similarity.spacing, limit: Self.most)
        let seen = ObjectSimilarity.directions(of: otherFeatures, in: other, most: Self.others)
        penalties = DualSoftmax.popularity(of: similarity.directions(at: pixels), among: seen).map { $0 / 2 }
    }

    /// The pixel that is mutually most similar to a feature of the other picture, with its cosine; the first of equals in reading order, nil
    /// where nothing can be compared.
    package func best(for query: [Float]) -> (pixel: Pixel, similarity: Float)? {
        let cosines = similarity.cosines(of: query, at: pixels)
        var best: (index: Int, score: Float)?
        for index in pixels.indices where cosines[index] > -.infinity {
            let score = cosines[index] - penalties[index]
            if score > best?.score ?? -.infinity { best = (index, score) }
        }
        return best.map { (pixels[$0.index], cosines[$0.index]) }
    }
}
