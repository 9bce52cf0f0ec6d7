import BSBBasics
import Foundation
import Testing

@testable import BSBExamples

struct SurfaceMesherTests {
    @Test func ballIsCoveredOnceAndExactly() {
        let surface = SurfaceMesher(.ball([0.1, 0.2, 0.3], 1, part: 0), cell: 0.2, relaxations: 2)
        #expect(surface.vertices.allSatisfy { abs(length($0 - [0.1, 0.2, 0.3]) - 1) < 0.01 })
        // Euler characteristic of a sphere: V - E + F with two edges for each quadrilateral.
        #expect(surface.vertices.count - surface.quads.count == 2)
    }

    @Test func ringHasOneHole() {
        let surface = SurfaceMesher(.ring(.zero, radius: 1, thickness: 0.3, part: 0), cell: 0.12, relaxations: 2)
        #expect(surface.vertices.count == surface.quads.count)
    }

    @Test func sheetsThatShareACellShareNoVertex() {
        // Two balls whose gap is half a cell.
        let pair = Solid.union([.ball([-1.05, 0, 0], 1, part: 0), .ball([1.05, 0, 0], 1, part: 1)])
        let surface = SurfaceMesher(pair, cell: 0.2, relaxations: 0)
        var sides: [Set<Bool>] = []
        for quad in surface.quads {
            sides.append(Set((0..<4).map { surface.vertices[Int(quad[$0])].x > 0 }))
        }
        #expect(sides.allSatisfy { $0.count == 1 })
    }

    @Test func vertexCountAgreesWithTheMesh() {
        let solid = Solid.box(.zero, half: [1, 0.4, 0.2], rounding: 0.1, part: 0)
        let mesh = SurfaceMesher(solid, cell: 0.1, relaxations: 0)
        #expect(SurfaceMesher.vertexCount(solid, cell: 0.1) == mesh.vertices.count)
    }
}
