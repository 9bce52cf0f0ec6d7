import BSBBasics
import BSBImages
import Testing

@testable import BSBPhotography

struct TextureTests {
    @Test func everyPatternGivesColorsEverywhere() {
        var generator = SeededGenerator(seed: 1)
        let points = (0..<200).map { _ in generator.direction() * generator.uniform(0, 3) } + [[.nan, 0, 1], [1e30, -1e30, .infinity]]
        for pattern in SurfaceTexture.Pattern.allCases {
            let texture = SurfaceTexture(
                pattern: pattern, first: [0.8, 0.2, 0.1], second: [0.1, 0.6, 0.2], third: [0.1, 0.1, 0.9], seed: 3)
            let colors = points.map { texture.color(at: $0, normal: [0, 1, 0]) }
            #expect(colors.prefix(200).allSatisfy { $0.isFinite && $0.min() >= -0.1 && $0.max() < 1.7 }, "\(pattern)")
            if pattern != .plain { #expect(Set(colors.prefix(200)).count > 1, "\(pattern)") }
        }
    }

    @Test func noiseIsContinuousAndBounded() {
        var generator = SeededGenerator(seed: 2)
        var largestStep: Float = 0
        for _ in 0..<500 {
            let p = generator.direction() * generator.uniform(0, 50)
            let (a, b) = (Noise.value(p, seed: 5), Noise.value(p + 0.001, seed: 5))
            #expect(abs(a) <= 1)
            largestStep = max(largestStep, abs(a - b))
        }
        #expect(largestStep < 0.02)
    }

    @Test func photosRepeatByMirroring() {
        let ramp = LinearImage(width: 4, height: 2, pixels: (0..<8).map { SIMD3(repeating: Float($0 % 4)) })
        #expect(ramp.sample(0.25, 0.25) == ramp.sample(-0.25, 0.25))
        #expect(ramp.sample(1.75, 0.25) == ramp.sample(2.25, 0.25))
        #expect(abs(ramp.sample(1, 0.5).x - 1.5) < 1e-6)
    }

    @Test func blurKeepsTheMean() {
        var image = LinearImage(width: 31, height: 31, pixels: [SIMD3<Float>](repeating: .zero, count: 961))
        image.pixels[480] = .one
        image.blur(sigma: 2)
        #expect(abs(image.pixels.reduce(0) { $0 + $1.x } - 1) < 1e-4)
        #expect(image.pixels[480].x > image.pixels[483].x && image.pixels[483].x > 0)
    }

    @Test func coderLosesMoreAtLowerQuality() {
        var generator = SeededGenerator(seed: 3)
        var image = Image(width: 37, height: 21)
        for y in 0..<21 {
            for x in 0..<37 { image[x, y] = Color(UInt8(x * 6), UInt8(y * 10), UInt8(100 + generator.index(below: 40))) }
        }
        let losses = [100, 60, 5].map { quality -> Float in
            var copy = image
            BlockCoding.degrade(&copy, quality: quality)
            return meanDifference(copy, image)
        }
        #expect(losses[0] < losses[1] && losses[1] < losses[2])
        var plain = Image(width: 37, height: 21, fill: Color(90, 120, 40))
        let before = plain
        BlockCoding.degrade(&plain, quality: 90)
        #expect(meanDifference(plain, before) < 3)
    }

    @Test func codesInvertLinearValues() {
        for code in 0..<256 { #expect(abs(Int(LinearColor.code(LinearColor.linear[code])) - code) <= 1) }
    }
}
