import BSBBasics
import Foundation
import Testing

@testable import BSBShapes

@Suite struct PolygonTriangulatorTests {
    private func triangulate(_ points: [SIMD3<Float>]) -> (faces: [SIMD3<UInt32>], unfinished: Int) {
        var triangulator = PolygonTriangulator()
        var faces: [SIMD3<UInt32>] = []
        triangulator.triangulate((0..<UInt32(points.count)).map { $0 }[...], of: points, into: &faces)
        return (faces, triangulator.unfinished)
    }

    private func area(_ points: [SIMD3<Float>], _ faces: [SIMD3<UInt32>]) -> (signed: Float, total: Float) {
        faces.reduce((0, 0)) { sum, face in
            let (a, b, c) = (points[Int(face.x)], points[Int(face.y)], points[Int(face.z)])
            let z = cross(b - a, c - a).z / 2
            return (sum.0 + z, sum.1 + abs(z))
        }
    }

    /// Star-shaped about the origin, with `count` corners, every other one pulled in.
    private func star(_ count: Int, inner: Float, clockwise: Bool = false) -> [SIMD3<Float>] {
        (0..<count).map { index in
            let angle = Float(clockwise ? -index : index) / Float(count) * 2 * .pi
            return SIMD3(cos(angle), sin(angle), 0) * (index % 2 == 0 ? 1 : inner)
        }
    }

    @Test func tensOfThousandsOfCornersTakeFewTests() {
        var tests: [Int] = []
        for count in [10_000, 100_000] {
            let points = (0..<count).map { index -> SIMD3<Float> in
                let angle = Double(index) / Double(count) * 2 * .pi
                let radius = 1 + 0.3 * sin(7 * angle) + 0.01 * sin(5000 * angle)
                return SIMD3(Float(radius * cos(angle)), Float(radius * sin(angle)), 0)
            }
            var triangulator = PolygonTriangulator()
            var faces: [SIMD3<UInt32>] = []
            triangulator.triangulate((0..<UInt32(count)).map { $0 }[...], of: points, into: &faces)
            #expect(triangulator.unfinished == 0 && faces.count == count - 2)
            tests.append(triangulator.tests)
            let outline = points.indices.reduce(0.0) { sum, index in
                let (a, b) = (points[index], points[(index + 1) % count])
                return sum + Double(a.x) * Double(b.y) / 2 - Double(b.x) * Double(a.y) / 2
            }
            let covered = faces.reduce(0.0) { sum, face in
                let (a, b, c) = (points[Int(face.x)], points[Int(face.y)], points[Int(face.z)])
                return sum + Double(cross(b - a, c - a).z) / 2
            }
            #expect(abs(covered - outline) < 1e-3)
        }
        #expect(tests[1] < 15 * tests[0], "ten times the corners take nearly ten times the tests: \(tests)")
    }

    @Test(arguments: [4, 6, 10, 50, 400]) func concaveStarsAreCoveredOnce(_ count: Int) {
        for clockwise in [false, true] {
            let points = star(count, inner: 0.3, clockwise: clockwise)
            let (faces, unfinished) = triangulate(points)
            let expected = 0.5 * 0.3 * sin(2 * Float.pi / Float(count)) * Float(count)
            let (signed, total) = area(points, faces)
            #expect(faces.count == count - 2 && unfinished == 0)
            #expect(abs(total - expected) < 1e-4 && abs(signed - (clockwise ? -expected : expected)) < 1e-4)
        }
    }

    @Test func concaveQuadIsNotCutThroughItsNotch() {
        let points: [SIMD3<Float>] = [SIMD3(0, 0, 0), SIMD3(2, 1, 0), SIMD3(0, 2, 0), SIMD3(1.5, 1, 0)]
        #expect(abs(area(points, triangulate(points).faces).total - 0.5) < 1e-6)
    }

    @Test func convexPolygonsBecomeFans() {
        #expect(triangulate(star(5, inner: 1)).faces == [SIMD3(0, 1, 2), SIMD3(0, 2, 3), SIMD3(0, 3, 4)])
    }

    @Test func comb() {
        // Long teeth: every ear test meets many reflex corners.
        var points: [SIMD3<Float>] = []
        for tooth in 0..<200 { points += [SIMD3(Float(tooth), 0, 0), SIMD3(Float(tooth) + 0.5, 10, 0)] }
        points += [SIMD3(200, -1, 0), SIMD3(0, -1, 0)]
        points.reverse()
        let (faces, unfinished) = triangulate(points)
        #expect(unfinished == 0 && faces.count == points.count - 2)
        let (signed, total) = area(points, faces)
        #expect(abs(abs(signed) - total) < 0.01)
    }

    @Test func repeatedAndCollinearCornersGiveWhatTheyCan() throws {
        let read = try mesh("v 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 1 2 2 3 3 1\nf 1 2 1 2\nf 1 2 2 3\n", .obj)
        #expect(read.fileFace == [0, 2])
        let line = (0..<6).map { SIMD3<Float>(Float($0), 0, 0) }
        #expect(triangulate(line).faces.count == 4)
    }

    @Test func crossingOutlinesEnd() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<20 {
            let points = (0..<60).map { _ in SIMD3(generator.uniform(), generator.uniform(), generator.uniform()) }
            #expect(triangulate(points).faces.count == 58)
        }
    }
}
