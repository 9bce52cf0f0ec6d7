import BSBBasics
import Foundation
import Testing

@testable import BSBRendering

private let sizes = [RasterSize(224), RasterSize(width: 7, height: 5), RasterSize(width: 640, height: 481)]

@Suite struct CameraTests {
    /// Azimuth 0 is +x and the camera looks along -z of its own space with +y up.
    @Test func frameOfTheFirstAzimuth() {
        let frame = Camera(azimuth: 0, elevation: 0).frame
        #expect(frame.eye == [2, 0, 0])
        #expect(frame.z == [1, 0, 0] && frame.x == [0, 0, -1] && frame.y == [0, 1, 0])
    }

    @Test(arguments: sizes) func pixelCentresAreHalfway(_ size: RasterSize) {
        let camera = Camera(eye: .zero, target: [0, 0, -1], verticalFieldOfView: .pi / 2)
        let aspect = Float(size.width) / Float(size.height)
        for (i, j) in [(0, 0), (size.width - 1, size.height - 1), (3, 2)] {
            let x = (2 * Float(i) + 1 - Float(size.width)) / Float(size.width)
            let y = (Float(size.height) - 2 * Float(j) - 1) / Float(size.height)
            let projected = camera.project([3 * x * aspect, 3 * y, -3], size: size)!
            #expect(abs(projected.position.x - Float(i) - 0.5) < 1e-3 && abs(projected.position.y - Float(j) - 0.5) < 1e-3)
            #expect(abs(projected.depth - 3) < 1e-6)
        }
    }

    @Test(arguments: sizes) func projectionAndItsInverseAgree(_ size: RasterSize) {
        var generator = SeededGenerator(seed: 6)
        for k in 0..<200 {
            let frame = ViewSampler(.uniformSphere, seed: 7).camera(k).frame
            let position = SIMD2<Float>(generator.uniform(0, Float(size.width)), generator.uniform(0, Float(size.height)))
            let depth = generator.uniform(0.5, 4)
            let back = frame.project(frame.unproject(position, depth: depth, size: size), size: size)!
            #expect(abs(back.position.x - position.x) < 2e-3 && abs(back.position.y - position.y) < 2e-3)
            #expect(abs(back.depth - depth) < 1e-5)
        }
    }

    /// The unit sphere just fits the default angle of view.
    @Test func unitSphereFillsTheView() {
        let camera = Camera(azimuth: 0.7, elevation: 0.2)
        let frame = camera.frame
        let tangent = frame.eye + frame.y * Float(3.0.squareRoot() / 2) - frame.z * 1.5
        #expect(abs(camera.project(tangent, size: RasterSize(100))!.position.y) < 1e-3)
    }

    @Test func everyCameraHasAnOrthonormalFrame() {
        let quarter = Float.pi / 2
        let cameras = [
            Camera(azimuth: 1, elevation: quarter), Camera(azimuth: 0, elevation: -quarter), Camera(eye: .zero), Camera(eye: [0, 5, 0]),
            Camera(eye: [1, 2, 3], up: .zero), Camera(eye: [1e-30, 0, 0]), Camera(eye: [3e38, 1, 0]), Camera(azimuth: 2, elevation: 2),
        ]
        for frame in cameras.map(\.frame) {
            let products = [
                dot(frame.x, frame.x) - 1, dot(frame.y, frame.y) - 1, dot(frame.z, frame.z) - 1, dot(frame.x, frame.y),
                dot(frame.x, frame.z),
                dot(frame.y, frame.z),
            ]
            #expect(products.allSatisfy { abs($0) < 1e-5 })
            #expect(dot(cross(frame.x, frame.y), frame.z) > 0.99)
        }
    }

    @Test func nothingBehindTheEyeProjects() {
        let camera = Camera(azimuth: 0, elevation: 0)
        #expect(camera.project([3, 0, 0], size: RasterSize(10)) == nil)
        #expect(camera.project([2, 0, 0], size: RasterSize(10)) == nil)
        #expect(camera.project([.nan, 0, 0], size: RasterSize(10)) == nil)
    }
}
