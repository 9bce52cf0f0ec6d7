import BSBShapes
import TestSupport
import Testing

@testable import BSBInteractiveSegmentation

@Suite struct SurfaceSmoothingTests {
    @Test func hiddenShellsHaveTheProbabilityOfWhatIsAroundThem() throws {
        // Two boxes side by side, each with another one inside that no view can show; votes for the first, against the second.
        let shells = [
            box([0, 0, 0], [2, 2, 2]), box([0.2, 0.2, 0.2], [1.8, 1.8, 1.8]), box([5, 0, 0], [7, 2, 2]),
            box([5.2, 0.2, 0.2], [6.8, 1.8, 1.8]),
        ]
        let mesh = merged(shells)
        var votes = Votes(count: mesh.vertices.count)
        for vertex in mesh.vertices.indices where vertex / 8 % 2 == 0 {
            votes.weight[vertex] = 1
            votes.sum[vertex] = vertex < 16 ? 1 : 0
        }
        let probability = try SurfaceSmoothing(SurfaceModel(mesh)).smoothed(votes, strength: 0.02)
        for (vertex, value) in probability.enumerated() { #expect(vertex < 16 ? value > 0.99 : value < 0.01, "\(vertex): \(value)") }
    }

    @Test func withoutVotesThereIsNoPart() throws {
        let mesh = box([0, 0, 0], [1, 1, 1])
        let probability = try SurfaceSmoothing(SurfaceModel(mesh)).smoothed(Votes(count: 8), strength: 0.02)
        #expect(probability.allSatisfy { $0 == 0 })
    }
}
