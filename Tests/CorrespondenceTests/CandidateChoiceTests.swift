import BSBBackbones
import BSBBasics
import BSBImages
import Foundation
import Testing

@testable import BSBCorrespondence

@Suite struct CandidateChoiceTests {
    private func candidate(_ vertex: Int, similarity: Float, iou: Float?, qualifies: Bool = true) -> Candidate {
        Candidate(
            vertex: vertex, similarity: similarity, pixel: Pixel(x: vertex, y: 0), pixelSimilarity: 1, qualifies: qualifies, iou: iou)
    }

    @Test func publishedChoiceIsByIoUThenSimilarityThenIndex() {
        let candidates = [
            candidate(3, similarity: 0.9, iou: 0.5), candidate(1, similarity: 0.8, iou: 0.7), candidate(2, similarity: 0.8, iou: 0.7),
            candidate(0, similarity: 0.7, iou: 0.9, qualifies: false),
        ]
        #expect(CandidateChoice.published.best(of: candidates, positions: nil)?.vertex == 1)
        #expect(CandidateChoice(similarity: 10).best(of: candidates, positions: nil)?.vertex == 3)
    }

    @Test func outsidersAnswerOnlyWhereTheyMay() {
        let outsiders = [
            candidate(0, similarity: 0.9, iou: 0.9, qualifies: false), candidate(1, similarity: 0.8, iou: 0.2, qualifies: false),
        ]
        let mixed = outsiders + [candidate(2, similarity: 0.1, iou: 0.3)]
        #expect(CandidateChoice().best(of: outsiders, positions: nil) == nil)
        #expect(CandidateChoice(outsiders: .lastResort).best(of: outsiders, positions: nil)?.vertex == 0)
        #expect(CandidateChoice(outsiders: .lastResort).best(of: mixed, positions: nil)?.vertex == 2)
        #expect(CandidateChoice(outsiders: .welcome).best(of: mixed, positions: nil)?.vertex == 0)
        #expect(CandidateChoice(outsiders: .welcome).best(of: [], positions: nil) == nil)
    }

    @Test func agreementPrefersTheCrowd() {
        // Vertices 1, 2 and 3 are together; vertex 0, the most similar, is among others that are no candidates.
        let positions: [SIMD3<Float>] = [[1, 0, 0], [-1, 0, 0], [-1, 0.02, 0], [-1, 0.04, 0], [1, 0.02, 0], [1, 0, 0.02]]
        let candidates = (0..<4).map { candidate($0, similarity: 1 - Float($0) / 10, iou: 0.5) }
        let crowd = CandidateChoice(iou: 0, agreement: 1).best(of: candidates, positions: positions)
        #expect(crowd.map { (1...3).contains($0.vertex) } == true)
        #expect(CandidateChoice(iou: 0, agreement: 1).best(of: candidates, positions: nil)?.vertex == 0)
        #expect(CandidateChoice(iou: 0, similarity: 10, agreement: 1).best(of: candidates, positions: positions)?.vertex == 0)
    }

    /// Vertices near each other are no crowd where the surface around them is of others.
    @Test func agreementIsByAreaAndNotByNumber() {
        // A hinge of 40 vertices with hardly any area beside a door's vertex 40, and a panel of three.
        var positions = (0..<40).map { SIMD3<Float>(1, Float($0) / 4000, 0) }
        positions += [[1, 0.02, 0.01], [-1, 0, 0], [-1, 0.03, 0], [-1, 0, 0.03]]
        let areas = [Double](repeating: 0.001, count: 40) + [1, 1, 1, 1]
        let candidates = ((0..<40) + [41, 42, 43]).map { candidate($0, similarity: 0.5, iou: 0.5) }
        let choice = CandidateChoice(iou: 0, agreement: 1)
        #expect(choice.best(of: candidates, positions: positions, areas: areas).map { $0.vertex > 40 } == true)
        // The same surface in more pieces gives the same answer's place.
        let finer = positions + positions.map { $0 + [0, 0, 0.001] }
        let halved = (areas + areas).map { $0 / 2 }
        let more = candidates + candidates.map { candidate($0.vertex + positions.count, similarity: 0.5, iou: 0.5) }
        #expect(choice.best(of: more, positions: finer, areas: halved).map { finer[$0.vertex].x == -1 } == true)
    }
}

@Suite struct ExistenceScoreTests {
    private func evidence(_ seed: UInt64, exists: Bool) -> ExistenceEvidence {
        var generator = SeededGenerator(seed: seed)
        let shift: Float = exists ? 0.2 : 0
        return ExistenceEvidence(
            bestIoU: Double(generator.uniform()), qualifyingShare: Double(generator.uniform() * 0.8 + shift),
            similarity: Double(generator.uniform()), objectSimilarity: Double(generator.uniform()))
    }

    @Test func fitFollowsTheEvidenceThatMatters() throws {
        let exists = (0..<600).map { $0 % 3 == 0 }
        let all = exists.enumerated().map { evidence(UInt64($0), exists: $1) }
        let models = [ModelIdentity(name: "a", hash: "1"), ModelIdentity(name: "b", hash: "2")]
        let fitted = try #require(ExistenceCalibration.fitted(all, exists: exists, .photoToShape, models: models))
        #expect(fitted.weights[1] > 2)
        #expect(abs(fitted.weights[2]) < 0.5)
        #expect(fitted.models == ["1", "2"] && fitted.clicks == 600)
        let high = ExistenceEvidence(bestIoU: 0.5, qualifyingShare: 1, similarity: 0.5, objectSimilarity: 0.5)
        let low = ExistenceEvidence(bestIoU: 0.5, qualifyingShare: 0, similarity: 0.5, objectSimilarity: 0.5)
        #expect(fitted.probability(high) > 0.7 && fitted.probability(low) < 0.3)
        // Kinds count the same in sum, so the mean probability of either is about the same distance from one half.
        func mean(_ kind: Bool) -> Double {
            let chosen = zip(all, exists).filter { $0.1 == kind }.map { fitted.probability($0.0) }
            return chosen.reduce(0, +) / Double(chosen.count)
        }
        #expect(abs(mean(true) + mean(false) - 1) < 0.02)
    }

    @Test func separableEvidenceGivesFiniteWeights() throws {
        let exists = (0..<40).map { $0 < 20 }
        let all = exists.map { ExistenceEvidence(bestIoU: 0, qualifyingShare: $0 ? 0.9 : 0, similarity: 0, objectSimilarity: 0) }
        let fitted = try #require(ExistenceCalibration.fitted(all, exists: exists, .photoToShape, models: []))
        #expect(fitted.weights.allSatisfy { $0.isFinite })
        #expect(fitted.probability(all[0]) > 0.9 && fitted.probability(all[39]) < 0.1)
        #expect(ExistenceCalibration.fitted(all, exists: exists.map { _ in true }, .photoToShape, models: []) == nil)
    }

    @Test func nearerVerticesAreBetterEvidenceThanTheObjectLeadsToExpect() {
        func terms(_ similarity: Double, _ object: Double = 0.01, _ direction: MatchDirection = .shapeToPhoto) -> [Double] {
            ExistenceEvidence(bestIoU: 0, qualifyingShare: 0.25, similarity: similarity, objectSimilarity: object).terms(direction)
        }
        #expect(terms(1)[0] == 1 && terms(1)[1] == 0.25)
        #expect(abs(terms(1)[2] - log(100)) < 1e-9 && abs(terms(0.01)[2]) < 1e-9)
        #expect(abs(terms(1, 1)[2] - log(100) / 4) < 1e-9)
        #expect(terms(1.000_001, 1.000_001) == terms(1, 1), "rounding leads beyond 1")
        let cosines = [-1, 0, 0.5, 0.9, 0.99, 1]
        for (low, high) in zip(cosines, cosines.dropFirst()) {
            #expect(terms(low)[2] < terms(high)[2] && terms(0.5, low)[2] > terms(0.5, high)[2])
        }
        for direction in [MatchDirection.photoToShape, .photoToLibrary] {
            let (same, other) = (terms(0.9, 0.5, direction), terms(0.9, 0.1, direction))
            #expect(same.count == 4 && same[2] == other[2] && same[3] > other[3], "each nearness has its own weight")
        }
    }
}
