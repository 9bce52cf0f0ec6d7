import BSBBackbones
import BSBImages
import BSBLinearAlgebra

/// How similar to a mesh a whole clicked object is, which says what similarity to expect of a click on it.
///
/// A photo in another manner than the mesh's renders (textured, lit, blurred) is less similar to it everywhere, and not only where the
/// mesh lacks a part.
package enum ObjectSimilarity {
    /// The most pixels that are looked at.
    static let pixels = 64
    /// The most vertices that they are compared with.
    static let vertices = 4096

    /// The median, over pixels spread over the object, of the cosine with the most similar of vertices spread over the mesh.
    ///
    /// - Parameters:
    ///   - features: the photo's features.
    ///   - object: the mask of the object.
    ///   - field: n x d, the features of the vertices, as long as the photo's.
    ///   - eligible: n flags; vertices without one are left out.
    /// - Returns: nil if there is nothing to compare.
    /// - Complexity: O(64 x 4096 x d + object mask).
    package static func median(of features: FeatureGrid, object: Mask, field: Matrix, eligible: [Bool]) -> Float? {
        median(of: features, object: object, sample: sample(of: field, eligible: eligible))
    }

    /// The same for a mesh whose ``sample(of:eligible:)`` is at hand.
    static func median(of features: FeatureGrid, object: Mask, sample: Matrix) -> Float? {
        median(of: directions(of: features, in: object, most: pixels), sample: sample)
    }

    /// The unit features of pixels spread over a mask: at most `most` x d.
    package static func directions(of features: FeatureGrid, in mask: Mask, most: Int) -> Matrix {
        let places = mask.spreadPixels(most: most)
        return Matrix(
            rows: places.count, columns: features.dimension,
            values: places.flatMap { features.feature(at: Pixel(x: $0.x, y: $0.y).center) }
        ).withNormalizedRows()
    }

    /// The same of pixels whose unit features are at hand.
    static func median(of seen: Matrix, sample: Matrix) -> Float? {
        guard seen.rows > 0, sample.rows > 0 else { return nil }
        let cosines = Matrix.product(seen.factor, sample.transposed)
        let nearest = (0..<cosines.rows).map { cosines.row($0).max()! }.sorted()
        return nearest[nearest.count / 2]
    }

    /// The unit features of vertices spread over a mesh: at most ``vertices`` x d.
    static func sample(of field: Matrix, eligible: [Bool]) -> Matrix {
        field.gatheringRows(spread(eligible.indices.filter { eligible[$0] })).withNormalizedRows()
    }

    /// As many of the rows as are compared, at even distances.
    private static func spread(_ rows: [Int]) -> [Int] {
        guard rows.count > vertices else { return rows }
        return (0..<vertices).map { rows[$0 * rows.count / vertices] }
    }
}
