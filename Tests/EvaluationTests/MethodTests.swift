import Backbones
import Basics
import Testing

@testable import Correspondence
@testable import Evaluation

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
        let pixel = try #require(buddies.match(of: [21.5, 33.5]))
        #expect(abs(pixel.x - 21) <= 4 && abs(pixel.y - 33) <= 4)
    }

    @Test func matchesAreMutual() {
        let buddies = NeuralBestBuddies(grid(16, seed: 4), grid(16, seed: 5))
        #expect(Set(buddies.matches.map(\.from)).count == buddies.matches.count)
        #expect(Set(buddies.matches.map(\.to)).count == buddies.matches.count)
    }

    @Test func setsOverlapByWeight() {
        #expect(SampleJudge.overlap([true, true, false], [false, true, true], [1, 2, 1]) == 0.5)
        #expect(SampleJudge.overlap([false], [false], [1]) == 0)
    }

    @Test(arguments: [(0.0, PartSize.tiny), (0.05, .small), (0.3, .medium), (0.5, .large)]) func strata(_ share: Double, _ size: PartSize) {
        #expect(PartSize(share: share) == size)
    }
}
