/// Which candidate is the answer: the one with the largest weighted sum of what speaks for it.
///
/// Ties go to the larger similarity, then to the lower vertex index, so that a result never depends on the machine.
package struct CandidateChoice: Sendable, Hashable, Codable {
    /// The weight of the IoU of the part mask with the mask segmented at the candidate's pixel (the paper's fifth equation).
    package var iou: Float
    /// The weight of the cosine of the click's and the candidate's features.
    package var similarity: Float
    /// The weight of the share of the candidates that are around the candidate on the mesh.
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

    /// How near candidates have to be to agree, in radii of the mesh.
    static let reach: Float = 0.1
}

extension CandidateChoice {
    /// The answer among candidates, or nil if none may be.
    ///
    /// - Parameters:
    ///   - candidates: the candidates, most similar first.
    ///   - positions: #V positions in the unit ball, needed if agreement counts.
    /// - Complexity: O(k^2) if agreement counts, else O(k).
    package func best(of candidates: [Candidate], positions: [SIMD3<Float>]?) -> Candidate? {
        let qualified = candidates.filter(\.qualifies)
        let eligible = outsiders == .welcome || (outsiders == .lastResort && qualified.isEmpty) ? candidates : qualified
        let ranked = eligible.map { (score: score($0, among: candidates, positions), candidate: $0) }
        return ranked.max { a, b in
            (a.score, a.candidate.similarity, b.candidate.vertex) < (b.score, b.candidate.similarity, a.candidate.vertex)
        }?.candidate
    }

    private func score(_ candidate: Candidate, among all: [Candidate], _ positions: [SIMD3<Float>]?) -> Float {
        var score = iou * (candidate.iou ?? 0) + similarity * candidate.similarity
        guard agreement != 0, let positions else { return score }
        let place = positions[candidate.vertex]
        let shares = all.reduce(Float(0)) { sum, other in
            let offset = positions[other.vertex] - place
            let squared = (offset * offset).sum() / (2 * Self.reach * Self.reach)
            // A bell much like a Gaussian, and the same on every machine.
            return sum + 1 / (1 + squared + squared * squared / 2)
        }
        score += agreement * shares / Float(max(all.count, 1))
        return score
    }
}
