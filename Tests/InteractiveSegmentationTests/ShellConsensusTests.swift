import BSBShapes
import TestSupport
import Testing

@testable import BSBInteractiveSegmentation

@Suite struct ShellConsensusTests {
    /// Two balls that share no vertex: the left one's probabilities by height, the right one's as given.
    private func settled(
        _ probability: (SIMD3<Float>) -> Float, clicks: [SurfaceClick] = []
    ) throws -> (before: [Float], after: [Float], isLeft: [Bool]) {
        let ball = sphereMesh(10)
        var (left, right) = (ball, ball)
        left.vertices = ball.vertices.map { $0 - [2, 0, 0] }
        right.vertices = ball.vertices.map { $0 + [2, 0, 0] }
        let mesh = merged([left, right])
        let before = mesh.vertices.map(probability)
        let after = ShellConsensus().settled(before, clicks: clicks, surface: try SurfaceModel(mesh))
        return (before, after, mesh.vertices.map { $0.x < 0 })
    }

    @Test func aShellFollowsMostOfIt() throws {
        // All but the top of the left ball is in the part, and but a cap of the right one.
        let (before, after, isLeft) = try settled { $0.x < 0 ? ($0.y < 0.6 ? 0.9 : 0.1) : ($0.y > 0.8 ? 0.9 : 0.2) }
        for vertex in after.indices {
            #expect((after[vertex] >= 0.5) == isLeft[vertex])
            #expect((0...1).contains(after[vertex]))
            #expect(isLeft[vertex] ? after[vertex] >= before[vertex] : after[vertex] <= before[vertex])
        }
    }

    @Test func aDividedShellStaysDivided() throws {
        let (before, after, _) = try settled { $0.x < 0 ? ($0.y < 0 ? 0.9 : 0.1) : 0.02 }
        #expect(after == before)
    }

    @Test func aClickedShellIsNeverLeftOut() throws {
        let (before, after, isLeft) = try settled({ $0.y > 0.8 ? 0.9 : 0.1 }, clicks: [SurfaceClick(0)])
        for vertex in after.indices {
            if isLeft[vertex] { #expect(after[vertex] == before[vertex]) } else { #expect(after[vertex] < 0.5) }
        }
    }

    @Test func aShellClickedAsUnwantedIsNeverTakenWhole() throws {
        let (before, after, isLeft) = try settled(
            { $0.x < 0 && $0.y < 0.6 ? 0.9 : 0.1 }, clicks: [SurfaceClick(0, isForeground: false)])
        for vertex in after.indices where isLeft[vertex] { #expect(after[vertex] == before[vertex]) }
    }

    @Test func whereThePartIsTheObjectTheClickedShellIsThePartWithWhatIsInIt() throws {
        let ball = sphereMesh(10)
        let shells = [(SIMD3<Float>(-2, 0, 0), Float(1)), ([-2, 0.2, 0], 0.3), ([2, 0, 0], 1), ([-2, 0, 0], 4.9)].map { middle, radius in
            var mesh = ball
            mesh.vertices = ball.vertices.map { radius * $0 + middle }
            return mesh
        }
        let mesh = merged(shells)
        let numbers = shells.indices.flatMap { number in ball.vertices.map { _ in number } }
        let everything = [Float](repeating: 0.9, count: numbers.count)
        for clicked in shells.indices {
            let click = SurfaceClick(clicked * ball.vertices.count)
            let after = ShellConsensus().settled(everything, clicks: [click], surface: try SurfaceModel(mesh))
            let kept = Set(zip(numbers, after).filter { $1 >= 0.5 }.map(\.0))
            #expect(kept == [[0, 1], [1], [2], [0, 1, 2, 3]][clicked])
        }
    }

    @Test func aMeshOfOneShellStaysAsItIs() throws {
        let mesh = sphereMesh(10)
        let probability = mesh.vertices.map { $0.y < 0.6 ? Float(0.9) : 0.1 }
        #expect(ShellConsensus().settled(probability, clicks: [], surface: try SurfaceModel(mesh)) == probability)
    }
}
