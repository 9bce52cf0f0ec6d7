import BSBBasics
import Testing

@testable import BSBTexturing

@Suite struct AffineCameraTests {
    static let camera = AffineCamera(x: [40, 3, -10], y: [2, -45, 5], offset: [100, 80])

    static func points(_ count: Int, seed: UInt64) -> [SIMD3<Float>] {
        var generator = SeededGenerator(seed: seed, stream: 0)
        return (0..<count).map { _ in
            [
                Float.random(in: -1...1, using: &generator), Float.random(in: -1...1, using: &generator),
                Float.random(in: -1...1, using: &generator),
            ]
        }
    }

    @Test func exactPairsGiveTheCameraBack() throws {
        let points = Self.points(200, seed: 1)
        let fitted = try #require(AffineCamera.fit(points, to: points.map(Self.camera.project), weights: points.map { _ in 1 }))
        // The ridge costs a thousandth.
        #expect(length(fitted.x - Self.camera.x) < 0.1 && length(fitted.y - Self.camera.y) < 0.1)
        #expect(length(fitted.offset - Self.camera.offset) < 0.1)
    }

    @Test func aFewWrongPairsDoNotMatter() throws {
        var generator = SeededGenerator(seed: 2, stream: 0)
        let points = Self.points(100, seed: 3)
        var pixels = points.map(Self.camera.project)
        for index in 0..<50 {
            pixels[index] = [Double.random(in: 0...200, using: &generator), Double.random(in: 0...200, using: &generator)]
        }
        let found = try #require(AffineCamera.robust(points, to: pixels, tolerance: 4))
        #expect(found.agreeing[50...].allSatisfy { $0 })
        #expect(found.agreeing[..<50].count { $0 } < 5)
        #expect(points.allSatisfy { length(found.camera.project($0) - Self.camera.project($0)) < 2 })
        #expect(AffineCamera.robust(points, to: pixels, tolerance: 4)?.camera == found.camera, "the same seed gives the same")
    }

    @Test func pointsOfAPlaneAreLookedAtFromTheFront() throws {
        let points = Self.points(60, seed: 4).map { SIMD3<Float>($0.x, $0.y, 0.3) }
        let fitted = try #require(
            AffineCamera.fit(points, to: points.map { SIMD2(Double($0.x) * 50, Double($0.y) * -50) }, weights: points.map { _ in 1 }))
        #expect(length(fitted.towardsEye - [0, 0, 1]) < 1e-6)
    }

    @Test func tooFewOrEqualPointsGiveNoCamera() {
        #expect(AffineCamera.fit([[0, 0, 0], [1, 0, 0]], to: [.zero, .zero], weights: [1, 1]) == nil)
        #expect(
            AffineCamera.fit(
                [SIMD3<Float>](repeating: .one, count: 5), to: [SIMD2<Double>](repeating: .zero, count: 5), weights: [1, 1, 1, 1, 1]) == nil
        )
        #expect(AffineCamera.robust([[0, 0, 0]], to: [.zero], tolerance: 1) == nil)
    }

    @Test func aPlaceLeadsToAPointThatAppearsThere() {
        let place = SIMD2(123.0, 45.0)
        let point = Self.camera.point(at: place)
        #expect(length(Self.camera.project(SIMD3<Float>(point)) - place) < 1e-3)
    }
}
