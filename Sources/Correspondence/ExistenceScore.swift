import BSBBackbones
import Foundation

/// Which way was sought.
package enum MatchDirection: String, Sendable, Hashable, Codable, CaseIterable {
    /// A click in a photo, on the mesh.
    case photoToShape
    /// A vertex of the mesh, in a photo.
    case shapeToPhoto
    /// A click in a photo, among meshes of all kinds.
    case photoToLibrary
}

/// What a match says about whether the mesh (or the photo, with roles swapped) has the clicked part at all.
package struct ExistenceEvidence: Sendable, Hashable, Codable {
    /// The largest IoU among the candidates that qualify; 0 if none does.
    package var bestIoU: Double
    /// The share of the candidates that qualify.
    package var qualifyingShare: Double
    /// Cosine of the click and the most similar vertex, or of the vertex and the most similar pixel.
    package var similarity: Double
    /// How similar to the mesh the clicked object is as a whole (``Correspondence/objectSimilarity``).
    package var objectSimilarity: Double

    /// The given evidence.
    package init(bestIoU: Double, qualifyingShare: Double, similarity: Double, objectSimilarity: Double) {
        self.bestIoU = bestIoU
        self.qualifyingShare = qualifyingShare
        self.similarity = similarity
        self.objectSimilarity = objectSimilarity
    }

    /// The evidence of a match.
    package init(_ correspondence: Correspondence) {
        let candidates = correspondence.candidates
        self.init(
            bestIoU: Double(candidates.filter(\.qualifies).compactMap(\.iou).max() ?? 0),
            qualifyingShare: Double(candidates.count(where: \.qualifies)) / Double(max(1, candidates.count)),
            similarity: Double(candidates.first?.similarity ?? -1), objectSimilarity: Double(correspondence.objectSimilarity ?? -1))
    }

    /// The evidence of a match of a vertex.
    package init(_ correspondence: PixelCorrespondence) {
        let candidates = correspondence.candidates
        self.init(
            bestIoU: Double(candidates.compactMap(\.iou).max() ?? 0),
            qualifyingShare: Double(correspondence.qualified) / Double(max(1, candidates.count)),
            similarity: Double(candidates.first?.similarity ?? -1), objectSimilarity: Double(correspondence.objectSimilarity ?? -1))
    }

    /// What the weights of a calibration multiply: 1, the share of candidates that qualify, and how near the click and how near its whole object
    /// are to the mesh.
    ///
    /// Nearness is the logarithm of one over the cosine's distance from 1. The IoU adds nothing to these terms (docs/notebook).
    /// - Among meshes of a library each nearness has its own weight.
    /// - From a shape to a photo they are one term, of the object's three quarters taken off.
    /// - From a photo to a shape there are two sets of weights, and which counts is a matter of degree: where the whole object is very like the mesh,
    ///   as renders of it are, the click is compared with it as above; where it is not, as in photos, both say whether this is such an object.
    /// - Complexity: O(1).
    package func terms(_ direction: MatchDirection) -> [Double] {
        let (part, whole) = (Self.nearness(similarity), Self.nearness(objectSimilarity))
        let (compared, apart) = ([1, qualifyingShare, part - 0.75 * whole], [1, qualifyingShare, part, whole])
        switch direction {
        case .shapeToPhoto: return compared
        case .photoToLibrary: return apart
        case .photoToShape:
            let likeRenders = 1 / (1 + exp((Self.photosMeetRenders - objectSimilarity) / Self.overlap))
            return compared.map { likeRenders * $0 } + apart.map { (1 - likeRenders) * $0 }
        }
    }

    /// The similarity of whole objects above which most are of renders, and below which most are of photos, and how far it is from that.
    private static let (photosMeetRenders, overlap) = (0.5, 0.03)

    private static func nearness(_ cosine: Double) -> Double { -log(1.01 - min(cosine, 1)) }
}

/// How evidence becomes the probability that the mesh has the clicked part: a logistic regression, for one pair of models.
///
/// The paper only has a rule, that some candidate qualifies. `bsb evaluate existence --fit` makes one of these from clicks on parts that a
/// mesh has and on parts that it lacks, as many of the one kind as of the other; `bsb evaluate reverse --fit` from vertices of parts that a
/// photo's object has and from the same after those parts were taken out of the object.
package struct ExistenceCalibration: Sendable, Hashable, Codable {
    /// Which way was sought.
    package var direction: MatchDirection
    /// SHA-256 of the feature extractor, of the segmenter and, where there is one, of the object head that it was fitted with.
    package var models: [String]
    /// The weights of the evidence's terms.
    package var weights: [Double]
    /// The number of clicks that it was fitted to.
    package var clicks: Int
    /// The command that fitted it.
    package var command: String?

    /// A calibration for these models.
    package init(_ direction: MatchDirection, models: [String], weights: [Double], clicks: Int) {
        self.direction = direction
        self.models = models
        self.weights = weights
        self.clicks = clicks
    }

    /// The probability that the mesh has the clicked part, if it is as likely as not beforehand.
    package func probability(_ evidence: ExistenceEvidence) -> Double {
        let sum = zip(weights, evidence.terms(direction)).reduce(0) { $0 + $1.0 * $1.1 }
        return 1 / (1 + exp(-sum))
    }

    /// Whether its weights are numbers, one for each term, and its models two or three.
    var isUsable: Bool {
        let terms = ExistenceEvidence(bestIoU: 0, qualifyingShare: 0, similarity: 0, objectSimilarity: 0).terms(direction)
        return weights.count == terms.count && weights.allSatisfy(\.isFinite) && (2...3).contains(models.count)
    }
}

extension ExistenceCalibration {
    /// The weights that make the observed kinds most likely, with a small ridge against separable data (Newton's method).
    ///
    /// - Parameters:
    ///   - evidence: what was seen.
    ///   - exists: for each whether the mesh had the part; both kinds count the same in sum.
    ///   - direction: which way was sought.
    ///   - models: the models that the evidence is of.
    /// - Returns: nil if one of the kinds is missing.
    /// - Complexity: O(n) for each of 50 steps.
    package static func fitted(
        _ evidence: [ExistenceEvidence], exists: [Bool], _ direction: MatchDirection, models: [ModelIdentity]
    ) -> ExistenceCalibration? {
        let positives = exists.count { $0 }
        guard positives > 0, positives < exists.count, evidence.count == exists.count else { return nil }
        let shares = (1 / Double(positives), 1 / Double(exists.count - positives))
        let size = evidence[0].terms(direction).count
        var weights = [Double](repeating: 0, count: size)
        for _ in 0..<50 {
            var gradient = weights.map { -ridge * $0 }
            var hessian = (0..<size * size).map { $0 % (size + 1) == 0 ? ridge : 0 }
            for (sample, isPositive) in zip(evidence, exists) {
                let terms = sample.terms(direction)
                let probability = 1 / (1 + exp(-zip(weights, terms).reduce(0) { $0 + $1.0 * $1.1 }))
                let share = isPositive ? shares.0 : shares.1
                for i in 0..<size {
                    gradient[i] += share * ((isPositive ? 1 : 0) - probability) * terms[i]
                    for j in 0..<size { hessian[i * size + j] += share * probability * (1 - probability) * terms[i] * terms[j] }
                }
            }
            let step = solved(hessian, gradient)
            for i in 0..<size { weights[i] += step[i] }
        }
        return ExistenceCalibration(
            direction, models: models.map(\.hash), weights: weights.map { ($0 * 1e4).rounded() / 1e4 }, clicks: exists.count)
    }

    private static let ridge = 1e-3

    /// The solution of a small symmetric positive system (Gaussian elimination).
    private static func solved(_ matrix: [Double], _ right: [Double]) -> [Double] {
        var (a, b) = (matrix, right)
        let size = b.count
        for i in 0..<size {
            for row in (i + 1)..<size {
                let factor = a[row * size + i] / a[i * size + i]
                for column in i..<size { a[row * size + column] -= factor * a[i * size + column] }
                b[row] -= factor * b[i]
            }
        }
        for i in stride(from: size - 1, through: 0, by: -1) {
            for column in (i + 1)..<size { b[i] -= a[i * size + column] * b[column] }
            b[i] /= a[i * size + i]
        }
        return b
    }
}
