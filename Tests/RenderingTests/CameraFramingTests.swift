import BSBBasics
import Testing

@testable import BSBRendering

@Suite struct CameraFramingTests {
    @Test(arguments: 0..<20) func allPointsAreInsideAndSomeReachTheBorder(stream: Int) throws {
        var generator = SeededGenerator(seed: 4, stream: UInt64(stream))
        let offset = SIMD3<Float>(generator.uniform(-5, 5), generator.uniform(-5, 5), generator.uniform(-5, 5))
        let points = (0..<50).map { _ in
            offset + SIMD3(generator.uniform(-1, 1), generator.uniform(-3, 3), generator.uniform(-0.2, 0.2))
        }
        let size = RasterSize(width: 100 + generator.index(below: 200), height: 100 + generator.index(below: 200))
        let direction = SIMD3<Float>(generator.uniform(-1, 1), generator.uniform(-1, 1), generator.uniform(0.1, 1))
        let camera = Camera.framing(points, from: direction, size: size, fill: 1)
        var (low, high) = (SIMD2<Float>(repeating: .infinity), SIMD2<Float>(repeating: -.infinity))
        for point in points {
            let seen = try #require(camera.project(point, size: size))
            low = pointwiseMin(low, seen.position)
            high = pointwiseMax(high, seen.position)
        }
        let (width, height) = (Float(size.width), Float(size.height))
        #expect(low.x > -0.1 && low.y > -0.1 && high.x < width + 0.1 && high.y < height + 0.1, "\(low) \(high) \(size)")
        let touchesSides = abs(low.x) < 0.1 && abs(high.x - width) < 0.1
        let touchesEnds = abs(low.y) < 0.1 && abs(high.y - height) < 0.1
        #expect(touchesSides || touchesEnds, "\(low) \(high) \(size)")
    }

    @Test func withoutPointsItLooksAtTheOrigin() {
        #expect(Camera.framing([], from: [0, 0, 3], size: RasterSize(10)).eye == [0, 0, 2])
    }
}
