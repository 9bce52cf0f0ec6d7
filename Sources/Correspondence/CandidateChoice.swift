/// Which candidate is the answer: the one with the largest weighted sum of what speaks for it.
///
/// Ties go to the larger similarity, then to the lower vertex index, so that a result never depends on the machine.
package struct CandidateChoice: Sendable, Hashable, Codable {
    /// The weight of the IoU of the part mask with the mask segmented at the candidate's pixel (the paper's fifth equation).
    package var iou: Float
    /// The weight of the cosine of the click's and the candidate's features.
    package var similarity: Float
    /// The weight of the share of the surface around the candidate that is candidates.
    ///
    /// By area, not by number: a mesh may have a thousand small faces at a hinge and two at the door.
    package var agreement: Float
    /// What becomes of candidates that lead back to a pixel outside the part mask.
    package var outsiders: Outsiders

    /// What becomes of candidates that lead back to a pixel outside the part mask.
    package enum Outsiders: String, Sendable, Hashable, Codable, CaseIterable {
        /// They cannot be the answer; if there are no others, there is none.
        case refused
        /// They are the answer only if there are no others, so that there always is one.
        case lastResort = "last-resort"
        /// They are candidates like any other.
        case welcome
    }

    /// A choice by the given weights.
    package init(iou: Float = 1, similarity: Float = 0, agreement: Float = 0, outsiders: Outsiders = .refused) {
        self.iou = iou
        self.similarity = similarity
        self.agreement = agreement
        self.outsiders = outsiders
    }

    /// The published choice: by IoU among those that lead back into the part.
    package static let published = CandidateChoice()

    /// How far around a candidate is looked for others, in radii of the mesh.
    static let reach: Float = 0.1
}

extension CandidateChoice {
    /// The answer among candidates, or nil if none may be.
    ///
    /// - Parameters:
    ///   - candidates: the candidates, most similar first.
    ///   - positions: #V positions in the unit ball, needed if agreement counts.
    ///   - areas: #V, the share of the surface that each vertex stands for, in any unit; without, all count alike.
    /// - Complexity: O(k #V) if agreement counts, else O(k).
    package func best(of candidates: [Candidate], positions: [SIMD3<Float>]?, areas: [Double]? = nil) -> Candidate? {
        let qualified = candidates.filter(\.qualifies)
        let eligible = outsiders == .welcome || (outsiders == .lastResort && qualified.isEmpty) ? candidates : qualified
        var scores = eligible.map { iou * ($0.iou ?? 0) + similarity * $0.similarity }
        if agreement != 0, let positions {
            let weights = areas?.map { Float($0) } ?? [Float](repeating: 1, count: positions.count)
            var isCandidate = [Bool](repeating: false, count: positions.count)
            for candidate in candidates { isCandidate[candidate.vertex] = true }
            for (index, candidate) in eligible.enumerated() {
                scores[index] += agreement * Self.share(of: isCandidate, around: candidate.vertex, positions, weights)
            }
        }
        return zip(scores, eligible).max { a, b in
            (a.0, a.1.similarity, b.1.vertex) < (b.0, b.1.similarity, a.1.vertex)
        }?.1
    }

    /// The share of the surface around a vertex that is candidates, 0...1.
    private static func share(of isCandidate: [Bool], around vertex: Int, _ positions: [SIMD3<Float>], _ weights: [Float]) -> Float {
        let place = positions[vertex]
        var (inside, all) = (Float(0), Float(0))
        for other in positions.indices {
            let offset = positions[other] - place
            let squared = (offset * offset).sum() / (2 * reach * reach)
            // A bell much like a Gaussian, and the same on every machine.
            let weight = weights[other] / (1 + squared + squared * squared / 2)
            all += weight
            if isCandidate[other] { inside += weight }
        }
        return all > 0 ? inside / all : 0
    }
}
