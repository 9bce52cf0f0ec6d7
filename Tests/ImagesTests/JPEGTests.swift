import BSBBasics
import Foundation
import Testing

@testable import BSBImages

@Suite struct JPEGTests {
    @Test(arguments: [
        Fixture.jpegBase444, Fixture.jpegProg420, Fixture.jpegS422, Fixture.jpegS440, Fixture.jpegS411, Fixture.jpegCmyk,
        Fixture.jpegRestart, Fixture.webpLossless, Fixture.webpLossy,
    ]) func coloursAreRight(data: Data) throws {
        let image = try Image.decode(data)
        #expect(image.width == 24 && image.height == 16)
        for (x, y, colour) in Fixture.colours { expect(image, x, y, isNear: colour) }
    }

    @Test func greyIsGrey() throws {
        let image = try Image.decode(Fixture.jpegGrey)
        for (x, y, colour) in Fixture.colours {
            let luma = (299 * colour.x + 587 * colour.y + 114 * colour.z) / 1000
            expect(image, x, y, isNear: SIMD3(repeating: luma))
        }
    }

    @Test(arguments: 1...8) func orientationIsHonoured(value: Int) throws {
        var data = Fixture.jpegExif6
        let tag = try #require(data.range(of: Data([1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6])))
        data[tag.upperBound - 1] = UInt8(value)
        let image = try Image.decode(data)
        #expect((image.width, image.height) == (value < 5 ? (24, 16) : (16, 24)))
        // Where the stored pixel (x, y) is to be seen, after the EXIF standard's naming of row 0 and column 0.
        let place: (Int, Int) -> (Int, Int) =
            [
                { x, y in (x, y) }, { x, y in (23 - x, y) }, { x, y in (23 - x, 15 - y) }, { x, y in (x, 15 - y) }, { x, y in (y, x) },
                { x, y in (15 - y, x) }, { x, y in (15 - y, 23 - x) }, { x, y in (y, 23 - x) },
            ][value - 1]
        for (x, y, colour) in Fixture.colours { expect(image, place(x, y).0, place(x, y).1, isNear: colour) }
    }

    @Test func oddOrientationsAreUpright() throws {
        var data = Fixture.jpegExif6
        let tag = try #require(data.range(of: Data([1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6])))
        for value: UInt8 in [0, 9, 255] {
            data[tag.upperBound - 1] = value
            #expect(try Image.decode(data).width == 24)
        }
    }

    @Test func endsAreForgivenAndCutsAreNot() throws {
        let data = Fixture.jpegBase444
        let image = try Image.decode(data)
        #expect(try Image.decode(data.dropLast(2)) == image)
        #expect(try Image.decode(data + Data("trailing junk".utf8)) == image)
        let cut = data.prefix(data.count - 40)
        #expect(failureKind { _ = try Image.decode(cut) } == .badInput)
        let part = try Image.decode(cut, options: .init(acceptsDamaged: true))
        expect(part, 4, 4, isNear: [200, 40, 30])
        #expect(failureKind { _ = try Image.decode(data.prefix(300)) } == .badInput)
    }

    /// A file that ends before it tells its size is cut short, and does not have a size of zero.
    @Test func cutsBeforeTheSizeAreToldAsSuch() throws {
        let data = Fixture.jpegBase444
        let frame = try #require(data.range(of: Data([0xFF, 0xC0])))
        for length in 4...frame.upperBound {
            let error = #expect(throws: Failure.self) { try Image.decode(data.prefix(length)) }
            #expect(error?.kind == .badInput && error?.reason.contains("0 x 0") == false, "\(length): \(error?.reason ?? "")")
        }
        let error = #expect(throws: Failure.self) { try Image.decode(data.prefix(frame.lowerBound)) }
        #expect(error?.reason.contains("cut short") == true, "\(error?.reason ?? "")")
    }

    @Test func sizesOfZeroAndBombsAreRefused() throws {
        let frame = try #require(Fixture.jpegBase444.range(of: Data([0xFF, 0xC0])))
        for size: [UInt8] in [[0, 0, 0, 24], [0, 16, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF]] {
            var data = Fixture.jpegBase444
            data.replaceSubrange((frame.upperBound + 3)..<(frame.upperBound + 7), with: size)
            #expect(failureKind { _ = try Image.decode(data) } == .badInput, "\(size)")
        }
    }

    @Test func encodingComesBackNearly() throws {
        let image = try Image.decode(Fixture.webpLossless)
        let data = try image.jpegData(quality: 95, subsampled: false)
        #expect(try image.jpegData(quality: 95, subsampled: false) == data)
        let again = try Image.decode(data)
        for (x, y, colour) in Fixture.colours { expect(again, x, y, isNear: colour) }
        #expect(try image.jpegData(quality: 10).count < data.count)
        #expect(try Image.decode(Image(width: 1, height: 1, fill: Color(9, 9, 9)).jpegData()).width == 1)
    }

    @Test func webPAlphaShowsTheBackground() throws {
        let image = try Image.decode(Fixture.webpAlpha)
        let opaque = try Image.decode(Fixture.webpLossless)
        for x in 0..<24 {
            let alpha = Float(UInt8(Float(x) * 255 / 23)) / 255
            let expected = 255 + alpha * (Float(opaque[x, 3].red) - 255)
            #expect(abs(Float(image[x, 3].red) - expected) <= 1)
        }
        #expect(failureKind { _ = try Image.decode(Fixture.webpAlpha.dropLast(20)) } == .badInput)
    }

    /// Damage must never trap or hang; what comes out is a picture or a failure.
    @Test(arguments: [
        Fixture.jpegBase444, Fixture.jpegProg420, Fixture.jpegCmyk, Fixture.jpegExif6, Fixture.webpAlpha, Fixture.webpLossy,
        PNGBuilder(width: 9, height: 9, colorType: 3, depth: 4, isInterlaced: true, palette: [1, 2, 3, 4, 5, 6]) { x, _, _ in x % 2 }
            .encoded(),
    ]) func damageNeverTraps(data: Data) {
        var generator = SeededGenerator(seed: UInt64(data.count))
        for _ in 0..<150 {
            var damaged = Data(generator.index(below: 4) == 0 ? data.prefix(generator.index(below: data.count)) : data)
            for _ in 0...generator.index(below: 4) where !damaged.isEmpty {
                damaged[generator.index(below: damaged.count)] = UInt8(generator.index(below: 256))
            }
            for acceptsDamaged in [false, true] {
                let options = ImageDecodingOptions(maximumPixels: 1_000_000, acceptsDamaged: acceptsDamaged)
                let kind = failureKind {
                    let image = try Image.decode(damaged, options: options)
                    #expect(image.pixels.count == 3 * image.width * image.height)
                }
                #expect(kind == nil || kind == .badInput)
            }
        }
    }

    private func expect(_ image: Image, _ x: Int, _ y: Int, isNear colour: SIMD3<Int>, location: SourceLocation = #_sourceLocation) {
        let pixel = image[x, y]
        let seen = SIMD3(Int(pixel.red), Int(pixel.green), Int(pixel.blue))
        let difference = seen &- colour
        let largest = max(abs(difference.x), abs(difference.y), abs(difference.z))
        #expect(largest <= 12, "(\(x), \(y)) is \(seen) instead of \(colour)", sourceLocation: location)
    }
}
