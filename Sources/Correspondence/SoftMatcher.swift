import BSBBasics
import BSBLinearAlgebra
import Foundation

/// How a soft answer is made.
package struct SoftMatchingOptions: Sendable, Hashable, Codable {
    /// The difference of cosines that counts as a factor of e.
    package var temperature: Float = 0.05
    /// The most pixels of the part that are compared.
    package var partPixels = 256
    /// The most pixels of the object that are compared.
    package var objectPixels = 1024

    /// The default options.
    package init() {}
}

/// An approximate answer over the whole surface, where the best buddy is a single vertex or none.
package struct SoftCorrespondence: Sendable, Hashable {
    /// #V: mean cosine of the vertex's feature with those of the part's pixels; `-infinity` where nothing can be compared.
    package var similarity: [Float]
    /// #V in 0...1: the share of the vertex's attention to the object's pixels that falls into the part, the soft form of "leads back".
    package var returning: [Float]
    /// #V, sums to 1 (or is 0 where nothing can be compared): area x exp(similarity / temperature) x returning.
    package var probability: [Float]

    /// An answer of the given numbers.
    package init(similarity: [Float], returning: [Float], probability: [Float]) {
        self.similarity = similarity
        self.returning = returning
        self.probability = probability
    }
}

/// Spreads the answer to a click over the surface: what the published method decides by counts of candidates is here a sum of weights.
///
/// It is not part of the paper. For a vertex v with cosines s to pixels, the way there weighs exp(mean over the part of s / T), and the way
/// back is the softmax of s / T over pixels of the object, summed over those in the part.
package struct SoftMatcher: Sendable {
    private let options: SoftMatchingOptions
    private let parallelism: Parallelism

    /// A matcher with the given options.
    package init(options: SoftMatchingOptions = SoftMatchingOptions(), parallelism: Parallelism = Parallelism()) {
        self.options = options
        self.parallelism = parallelism
    }

    /// The soft answer to a click.
    ///
    /// - Parameters:
    ///   - photo: the click and its masks.
    ///   - mesh: the mesh's features, as long as the photo's.
    /// - Complexity: O(n d pixels).
    package func match(_ photo: ClickedPhoto, to mesh: SurfaceFeatures) -> SoftCorrespondence {
        let (field, eligible, areas) = (mesh.field, mesh.eligible, mesh.areas)
        precondition(field.dimension == photo.features.dimension, "features of one model")
        let count = field.vertexCount
        let comparison = PixelSimilarity(photo.features)
        let part = photo.masks.part.intersection(photo.masks.object)
        let inside = PixelSimilarity.lattice(in: part, spacing: comparison.spacing, limit: options.partPixels)
        let outside = PixelSimilarity.lattice(
            in: photo.masks.object.subtracting(part), spacing: comparison.spacing, limit: options.objectPixels)
        guard !inside.isEmpty else {
            return SoftCorrespondence(
                similarity: [Float](repeating: -.infinity, count: count), returning: [Float](repeating: 0, count: count),
                probability: [Float](repeating: 0, count: count)
            ).atVertices(of: mesh)
        }
        // The lattices may differ in spacing; a pixel stands for as much of its region as the region has for each pixel.
        let partWeight = Float(part.count) / Float(inside.count)
        let restWeight = outside.isEmpty ? 0 : Float(photo.masks.object.count - part.count) / Float(outside.count)
        let directions = comparison.directions(at: inside + outside)
        let vertices = field.values.withNormalizedRows()
        let blocks = stride(from: 0, to: count, by: 512).map { $0..<min($0 + 512, count) }
        let answers = parallelism.map(blocks.count) { block -> [(similarity: Float, returning: Float)] in
            let cosines = Matrix.product(vertices.factor(rows: blocks[block]), directions.transposed)
            return (0..<cosines.rows).map { row in
                answer(cosines.row(row), inside: inside.count, partWeight: partWeight, restWeight: restWeight)
            }
        }.joined()
        let observed = vertices.rowNorms()
        return normalized(Array(answers), usable: { eligible[$0] && observed[$0] > 0 }, areas: areas).atVertices(of: mesh)
    }

    private func answer(
        _ cosines: ArraySlice<Float>, inside: Int, partWeight: Float, restWeight: Float
    ) -> (similarity: Float, returning: Float) {
        let part = cosines.prefix(inside)
        let largest = cosines.max() ?? 0
        let weigh = { (cosine: Float) in exp((cosine - largest) / options.temperature) }
        let back = partWeight * part.reduce(0) { $0 + weigh($1) }
        let away = restWeight * cosines.dropFirst(inside).reduce(0) { $0 + weigh($1) }
        return (part.reduce(0, +) / Float(inside), back / (back + away))
    }

    private func normalized(
        _ answers: [(similarity: Float, returning: Float)], usable: (Int) -> Bool, areas: [Double]
    ) -> SoftCorrespondence {
        let similarity = answers.indices.map { usable($0) ? answers[$0].similarity : -.infinity }
        let largest = similarity.max() ?? -.infinity
        let weights = answers.indices.map { vertex -> Double in
            guard similarity[vertex] > -.infinity else { return 0 }
            return areas[vertex] * exp(Double((similarity[vertex] - largest) / options.temperature)) * Double(answers[vertex].returning)
        }
        let total = weights.reduce(0, +)
        return SoftCorrespondence(
            similarity: similarity, returning: answers.indices.map { usable($0) ? answers[$0].returning : 0 },
            probability: weights.map { total > 0 ? Float($0 / total) : 0 })
    }
}

extension SoftCorrespondence {
    /// The answer for rows of features as one for vertices: each has what its row has, and a share by area of its probability.
    fileprivate func atVertices(of mesh: SurfaceFeatures) -> SoftCorrespondence {
        let rows = mesh.vertexAreas.indices.map { mesh.row(ofVertex: $0) }
        return SoftCorrespondence(
            similarity: rows.map { similarity[$0] }, returning: rows.map { returning[$0] },
            probability: rows.enumerated().map { vertex, row in
                let (own, whole) = (mesh.vertexAreas[vertex], mesh.areas[row])
                return own == whole ? probability[row] : Float(Double(probability[row]) * own / whole)
            })
    }
}
