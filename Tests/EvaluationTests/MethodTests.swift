import BSBBackbones
import BSBBasics
import BSBImages
import Testing

@testable import BSBCorrespondence
@testable import BSBEvaluation

@Suite struct MethodTests {
    private func candidate(_ vertex: Int, _ iou: Float?) -> Candidate {
        Candidate(
            vertex: vertex, similarity: 1 - Float(vertex) / 100, pixel: Pixel(x: vertex, y: 0), pixelSimilarity: 1, qualifies: iou != nil,
            iou: iou)
    }

    @Test func fewerCandidatesAreAPrefix() {
        let all = Correspondence(
            buddy: nil, reason: nil, candidates: [candidate(0, nil), candidate(1, 0.4), candidate(2, 0.9), candidate(3, 0.9)],
            counts: .init())
        #expect(VertexAnswers.among(all, first: 1, minimumIoU: 0).buddy == nil)
        #expect(VertexAnswers.among(all, first: 1, minimumIoU: 0).reason == .noCandidateQualifies)
        #expect(VertexAnswers.among(all, first: 2, minimumIoU: 0).buddy?.vertex == 1)
        // Of equal IoU the more similar vertex wins.
        #expect(VertexAnswers.among(all, first: 9, minimumIoU: 0).buddy?.vertex == 2)
        #expect(VertexAnswers.among(all, first: 9, minimumIoU: 0.95).reason == .belowMinimumIoU)
        #expect(VertexAnswers.among(all, first: 3, minimumIoU: 0).counts.qualified == 2)
    }

    /// A grid of random unit-ish vectors.
    private func grid(_ side: Int, seed: UInt64) -> FeatureGrid {
        var generator = SeededGenerator(seed: seed)
        let values = (0..<side * side * 8).map { _ in generator.uniform(-1, 1) }
        return FeatureGrid(
            columns: side, rows: side, dimension: 8, values: values, map: PlaneMap(scaleX: Float(side) / 64, scaleY: Float(side) / 64))
    }

    @Test func neuralBestBuddiesOfAPictureWithItself() throws {
        let picture = grid(16, seed: 2)
        let buddies = NeuralBestBuddies(picture, picture)
        #expect(buddies.matches.count > 200)
        #expect(buddies.matches.allSatisfy { $0.from == $0.to })
        let pixel = try #require(buddies.match(of: [21.5, 33.5], among: buddies.matches))
        #expect(abs(pixel.x - 21) <= 4 && abs(pixel.y - 33) <= 4)
        #expect(buddies.representatives.count == 10)
        #expect(buddies.representatives.allSatisfy { buddies.matches.contains($0) })
    }

    @Test func matchesAreMutual() {
        var options = NeuralBestBuddies.Options()
        options.alignsAppearance = true
        let buddies = NeuralBestBuddies(grid(16, seed: 4), grid(16, seed: 5), options: options)
        #expect(Set(buddies.matches.map(\.from)).count == buddies.matches.count)
        #expect(Set(buddies.matches.map(\.to)).count == buddies.matches.count)
    }

    @Test func matchesFollowAShift() {
        // The second picture is the first moved by four cells.
        let first = grid(16, seed: 7)
        var second = first
        for y in 0..<16 {
            for x in 0..<16 {
                let (to, from) = ((y * 16 + x) * 8, (y * 16 + (x + 12) % 16) * 8)
                for d in 0..<8 { second.values[to + d] = first.values[from + d] }
            }
        }
        let buddies = NeuralBestBuddies(first, second)
        let shifted = buddies.matches.count { $0.to &- $0.from == [4, 0] }
        #expect(shifted * 2 > buddies.matches.count)
    }

    @Test func inactiveCellsAreNotMatched() {
        var faint = grid(16, seed: 2)
        for cell in 0..<128 { for d in 0..<8 { faint.values[cell * 8 + d] *= 0.01 } }
        let buddies = NeuralBestBuddies(faint, faint)
        #expect(!buddies.matches.isEmpty)
        #expect(buddies.matches.allSatisfy { $0.from.y >= 8 })
    }

    @Test func pyramidLevelsAreMeansAndInterpolations() {
        let pyramid = FeaturePyramid(grid(16, seed: 3))
        #expect(pyramid.levels.map(\.columns) == [16, 8, 4])
        #expect(pyramid.levels.allSatisfy { $0.activation.count == $0.columns * $0.rows })
        for level in pyramid.levels { #expect(level.vectors.rowNorms().allSatisfy { abs($0 - 1) < 1e-4 }) }
        #expect(pyramid.point(at: pyramid.position(of: [10, 20])) == [10, 20])
    }

    @Test(arguments: [(0.0, PartSize.tiny), (0.05, .small), (0.3, .medium), (0.5, .large)]) func strata(_ share: Double, _ size: PartSize) {
        #expect(PartSize(share: share) == size)
    }
}
