import BSBBasics
import Foundation
import Testing

@testable import BSBRendering

@Suite struct ViewSamplerTests {
    private static let all: [ViewSampler.Distribution] = [
        .uniformSphere, .reference, .decoderReference, .overview, .fibonacci(count: 24),
    ]

    /// A resumed job asks for camera 7 alone and gets the one that the whole run had.
    @Test(arguments: all) func camerasAreAFunctionOfSeedAndIndex(_ distribution: ViewSampler.Distribution) {
        let run = (0..<20).map { ViewSampler(distribution, seed: 11).camera($0) }
        #expect(ViewSampler(distribution, seed: 11).camera(7) == run[7])
        #expect(Set(run.map(\.eye)).count == 20)
        #expect(run.allSatisfy { abs(dot($0.eye, $0.eye).squareRoot() - 2) < 1e-5 })
        let other = ViewSampler(distribution, seed: 12).camera(7)
        if distribution != .overview { #expect(other != run[7]) }
    }

    @Test func uniformSphereHasUniformHeightsAndAzimuths() {
        let eyes = (0..<20000).map { ViewSampler(.uniformSphere, seed: 1).camera($0).eye / 2 }
        let mean = eyes.reduce(.zero, +) / 20000
        #expect(max(abs(mean.x), abs(mean.y), abs(mean.z)) < 0.02)
        for axis in 0..<3 {
            let square = eyes.reduce(0) { $0 + $1[axis] * $1[axis] } / 20000
            #expect(abs(square - 1.0 / 3) < 0.01)
            #expect(abs(Double(eyes.count { $0[axis] > 0.5 }) / 20000 - 0.25) < 0.015)
        }
    }

    /// 68% of azimuths within 90 degrees of +x and 4.55% of elevations over a pole; eyes past a pole are on the other side.
    @Test func referenceIsGaussianAboutPlusX() {
        let eyes = (0..<20000).map { ViewSampler(.reference, seed: 1).camera($0).eye / 2 }
        // E[cos a] E[cos e] for the two normal angles.
        let expected = exp(-Double.pi * Double.pi / 8) * exp(-Double.pi * Double.pi / 32)
        #expect(abs(Double(eyes.reduce(0) { $0 + $1.x }) / 20000 - expected) < 0.02)
        #expect(abs(eyes.reduce(0) { $0 + $1.z } / 20000) < 0.02)
        let squareOfSine = (1 - exp(-Double.pi * Double.pi / 8)) / 2
        #expect(abs(Double(eyes.reduce(0) { $0 + $1.y * $1.y }) / 20000 - squareOfSine) < 0.01)
    }

    @Test func decoderReferenceIsUniformInElevation() {
        let eyes = (0..<20000).map { ViewSampler(.decoderReference, seed: 1).camera($0).eye / 2 }
        let squareOfSine = eyes.reduce(0) { $0 + $1.y * $1.y } / 20000
        #expect(abs(squareOfSine - 0.5) < 0.01)
    }

    @Test func overviewIsThePublishedGrid() {
        let sampler = ViewSampler(.overview)
        #expect(Set((0..<30).map { sampler.camera($0) }).count == 30)
        #expect(sampler.camera(0) == Camera(azimuth: 0, elevation: -.pi / 3))
        #expect(sampler.camera(29) == Camera(azimuth: 5 * .pi / 3, elevation: .pi / 3))
        #expect(sampler.camera(30) == sampler.camera(0))
        #expect(ViewSampler(.grid(azimuths: [], elevations: [])).camera(3) == Camera(azimuth: 0, elevation: 0))
    }

    @Test func fibonacciViewsAreSpreadEvenly() {
        let eyes = (0..<50).map { ViewSampler(.fibonacci(count: 50), seed: 3).camera($0).eye / 2 }
        let nearest = eyes.indices.map { i in eyes.indices.filter { $0 != i }.map { dot(eyes[i], eyes[$0]) }.max()! }
        // 50 caps of equal area have a radius of 16 degrees; neighbours stand 19 to 33 degrees apart.
        #expect(nearest.allSatisfy { $0 < cos(Float.pi * 19 / 180) && $0 > cos(Float.pi * 33 / 180) })
    }
}
