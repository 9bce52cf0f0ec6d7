import BSBImages
import Testing

@testable import BSBTexturing

@Suite struct PatternQuiltTests {
    /// Squares of 6 pixels in two colours as bright as each other, within a disc; all else is another colour.
    static let photo = Image(
        width: 120, height: 90,
        pixels: (0..<90).flatMap { y in
            (0..<120).flatMap { x -> [UInt8] in
                guard mask[x, y] else { return [0, 0, 255] }
                return (x / 6 + y / 6) % 2 == 0 ? first : second
            }
        })
    static let mask = Mask(width: 120, height: 90) { x, y in (x - 60) * (x - 60) + (y - 45) * (y - 45) < 40 * 40 }
    static let (first, second): ([UInt8], [UInt8]) = ([200, 80, 60], [60, 148, 75])

    static func quilt(_ mask: Mask = mask, scale: Double = 1, side: Int = 96, seed: UInt64 = 0) -> PatternQuilt {
        PatternQuilt(MaskedPhoto(photo, mask: mask, inset: 2), scale: scale, side: side, seed: seed)
    }

    private static func unit(_ bytes: [UInt8]) -> SIMD3<Float> { SIMD3(Float(bytes[0]), Float(bytes[1]), Float(bytes[2])) / 255 }
    private static func distance(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> Float { ((a - b) * (a - b)).sum().squareRoot() }

    @Test func onlyThePartsColoursOccurAndAsOftenAsInIt() {
        let quilt = Self.quilt()
        #expect(quilt.colors.count == 96 * 96)
        let (a, b) = (Self.unit(Self.first), Self.unit(Self.second))
        var (near, ofFirst) = (0, 0)
        for color in quilt.colors {
            if min(Self.distance(color, a), Self.distance(color, b)) < 0.08 { near += 1 }
            if Self.distance(color, a) < Self.distance(color, b) { ofFirst += 1 }
        }
        #expect(near == quilt.colors.count, "\(near)")
        #expect((0.4...0.6).contains(Double(ofFirst) / Double(quilt.colors.count)), "\(ofFirst)")
    }

    /// Patches that are chosen and cut break the squares less often than patches laid side by side at random would.
    @Test func thePatternGoesOnBeyondAPatch() {
        func changes(_ color: (Int, Int) -> SIMD3<Float>, _ side: Int) -> Int {
            (0..<side).reduce(0) { sum, y in sum + (1..<side).count { Self.distance(color($0, y), color($0 - 1, y)) > 0.2 } }
        }
        let quilt = Self.quilt()
        let found = changes({ quilt.colors[$1 * 96 + $0] }, 96)
        let ideal = changes({ ($0 / 6 + $1 / 6) % 2 == 0 ? Self.unit(Self.first) : Self.unit(Self.second) }, 96)
        #expect(found < ideal * 5 / 4, "\(found) against \(ideal)")
    }

    @Test func theSeedDecides() {
        #expect(Self.quilt().colors == Self.quilt().colors)
        #expect(Self.quilt().colors != Self.quilt(seed: 1).colors)
    }

    @Test(arguments: [0.05, 0.5, 3, 100]) func everyScaleFillsThePicture(scale: Double) {
        let quilt = Self.quilt(scale: scale, side: 64)
        #expect(quilt.colors.allSatisfy { $0.min() >= 0 && $0.max() <= 1 && $0.x + $0.y > 0.2 })
    }

    /// No patch lies in a line; then patches are taken from what is filled around it.
    @Test func aThinPartIsEnough() {
        let line = Mask(width: 120, height: 90) { x, y in y == 45 && x > 30 && x < 90 }
        let quilt = Self.quilt(line, side: 40)
        #expect(quilt.colors.allSatisfy { $0.x + $0.y > 0.2 })
        #expect(Self.quilt(Mask(width: 120, height: 90) { $0 == 50 && $1 == 40 }, side: 16).colors.count == 256)
    }

    @Test func aPartPaintedInItsStyleIsMadeAllOver() throws {
        let (texture, _) = try PartTextureTests.painted(views: nil)
        let kinds = Set(texture.provenance)
        #expect(kinds == [.none, .made] && texture.shares[.made] == 1)
    }
}
