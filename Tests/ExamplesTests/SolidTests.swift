import BSBBasics
import Foundation
import Testing

@testable import BSBExamples

struct SolidTests {
    /// Distances must not change faster than space, or the mesher would miss surface; and bounds must hold the inside.
    @Test func distancesAreLipschitzAndBounded() {
        let solids: [Solid] = [
            .box([0.1, 0, 0], half: [0.5, 0.3, 0.2], rounding: 0.05, part: 0),
            .beam([0, 0, 0], [0.3, 0.8, 0.1], halves: ([0.1, 0.1], [0.08, 0.07]), rounding: 0.02, part: 0),
            .rod([0, 0, 0], [0.3, 0.8, 0.1], radii: (0.1, 0.08), rounding: 0.02, part: 0),
            .rod([0, 0, 0], [0, 0.1, 0], radii: (0.3, 0.1), rounding: 0.02, part: 0),
            .tube([[0, 0, 0, 0.2], [0, 0.5, 0, 0.1], [0.4, 0.8, 0, 0.05]], part: 0),
            .revolved(Outline(corners: [[0, 0], [0.5, 0], [0.3, 0.8], [0, 0.8]]), part: 0),
            .plate(Outline.circle(0.6), thickest: 0.1, rounding: 0.05, part: 0),
            .union([.ball(.zero, 0.3, part: 0), .ball([0.4, 0, 0], 0.3, part: 1)], blend: 0.1),
            Solid.ball(.zero, 0.5, part: 0).minus(.ball([0.4, 0, 0], 0.3, part: 1), blend: 0.05),
        ]
        var random = SeededGenerator(seed: 1)
        for solid in solids {
            for _ in 0..<200 {
                let a = Point(random.uniform(-1.5, 1.5), random.uniform(-1.5, 1.5), random.uniform(-1.5, 1.5))
                let b = a + Point(random.uniform(-0.1, 0.1), random.uniform(-0.1, 0.1), random.uniform(-0.1, 0.1))
                #expect(abs(solid.distance(a) - solid.distance(b)) <= 1.1 * length(a - b) + 1e-5)
                if solid.distance(a) < 0 { #expect(solid.bounds.distance(to: a) < 1e-4) }
            }
        }
    }

    @Test func taperedTubeIsTheHullOfItsBalls() {
        let (start, end) = (SIMD4<Float>(0, 0, 0, 0.3), SIMD4<Float>(0.2, 0.7, -0.1, 0.1))
        let tube = Solid.tube([start, end], part: 0)
        var random = SeededGenerator(seed: 2)
        for _ in 0..<30 {
            let point = Point(random.uniform(-1, 1), random.uniform(-1, 1), random.uniform(-1, 1))
            let naive = (0...1000).map { step -> Float in
                let ball = start + (end - start) * (Float(step) / 1000)
                return length(point - Point(ball.x, ball.y, ball.z)) - ball.w
            }.min()!
            #expect(abs(tube.distance(point) - naive) < 1e-3)
        }
    }

    @Test func labelsFollowTheNearestPiece() {
        let solid = Solid.union([.ball(.zero, 0.5, part: 3), .ball([1, 0, 0], 0.5, part: 7)], blend: 0.2)
            .minus(.ball([0, 0.5, 0], 0.2, part: 0), part: 9)
        #expect(solid.label([-0.5, 0, 0]).part == 3)
        #expect(solid.label([1.5, 0, 0]).part == 7)
        #expect(solid.label([0, 0.3, 0]).part == 9)
    }

    @Test func placementsTurnAndComeBack() {
        let placement = Placement(origin: [1, 2, 3], turns: [0.3, -0.8, 2])
        let point = Point(0.4, -0.7, 0.2)
        #expect(length(placement.local(placement.world(point)) - point) < 1e-5)
        #expect(length(cross(placement.x, placement.y) - placement.z) < 1e-5)
        let along = Placement(origin: .zero, along: [0, 0, 2], front: [0, 0, 1])
        #expect(along.y == [0, 0, 1])
        #expect(abs(length(along.x) - 1) < 1e-5)
    }

    @Test func roundedCornersAreArcs() {
        let square = Outline(corners: [[-1, -1], [1, -1], [1, 1], [-1, 1]]).rounded(0.5, samples: 8)
        let corner = square.corners.filter { $0.x > 0.5 && $0.y > 0.5 }
        #expect(corner.count >= 5)
        #expect(corner.allSatisfy { abs(length($0.x - 0.5, $0.y - 0.5) - 0.5) < 1e-4 })
    }
}
