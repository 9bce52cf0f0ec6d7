import BSBBasics
import Foundation
import TestSupport
import Testing

@testable import BSBImages

@Suite struct PNGTests {
    @Test func aPictureThatDoesNotFitIntoMemoryIsRefusedInWords() throws {
        // 48 terabytes, whatever machine this is.
        let options = ImageDecodingOptions(maximumPixels: .max)
        let problem = #expect(throws: DecodingProblem.self) { try checkedPixelCount(2_000_000, 2_000_000, options) }
        #expect(
            problem?.reason.contains("MB are free") == true && problem?.reason.contains("48000000 MB") == true, "\(problem?.reason ?? "")")
        #expect(try checkedPixelCount(640, 480, options) == 307_200)
    }

    static let kinds: [(type: UInt8, depth: Int)] = [
        (0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4), (3, 8), (4, 8), (4, 16), (6, 8), (6, 16),
    ]

    @Test(arguments: kinds, [false, true]) func everyKindIsRead(kind: (type: UInt8, depth: Int), isInterlaced: Bool) throws {
        let (w, h) = (11, 9)
        let limit = 1 << kind.depth
        let colours: [[UInt8]] = (0..<256).map { (i: Int) -> [UInt8] in [UInt8(i), UInt8(255 - i), UInt8(i * 7 % 256)] }
        let sample: (Int, Int, Int) -> Int = { (x: Int, y: Int, c: Int) -> Int in (x * 31 + y * 17 + c * 5) * 257 % limit }
        var builder = PNGBuilder(
            width: w, height: h, colorType: kind.type, depth: kind.depth, isInterlaced: isInterlaced, sample: sample)
        if kind.type == 3 { builder.palette = Array(colours.prefix(limit).joined()) }
        let image = try Image.decode(builder.encoded())
        #expect(image.width == w && image.height == h)
        for y in 0..<h {
            for x in 0..<w {
                let values = (0..<builder.channels).map { eightBits(builder.sample(x, y, $0), kind.depth) }
                let expected = colour(values, kind.type, index: builder.sample(x, y, 0), colours)
                let seen = SIMD3(Int(image[x, y].red), Int(image[x, y].green), Int(image[x, y].blue))
                if seen != expected { Issue.record("\(kind) at \(x), \(y): \(seen) for \(expected)") }
            }
        }
    }

    private func eightBits(_ value: Int, _ depth: Int) -> Int {
        switch depth {
        case 16: value >> 8
        case 8: value
        default: value * 255 / ((1 << depth) - 1)
        }
    }

    private func colour(_ values: [Int], _ type: UInt8, index: Int, _ palette: [[UInt8]]) -> SIMD3<Int> {
        func over(_ value: Int, _ alpha: Int) -> Int { (value * alpha + 255 * (255 - alpha) + 127) / 255 }
        return switch type {
        case 0: SIMD3(repeating: values[0])
        case 2: [values[0], values[1], values[2]]
        case 3: [Int(palette[index][0]), Int(palette[index][1]), Int(palette[index][2])]
        case 4: SIMD3(repeating: over(values[0], values[1]))
        default: [over(values[0], values[3]), over(values[1], values[3]), over(values[2], values[3])]
        }
    }

    @Test func transparentColoursShowTheBackground() throws {
        let grey = PNGBuilder(width: 2, height: 1, colorType: 0, depth: 8, transparency: [0, 7]) { x, _, _ in x == 0 ? 7 : 9 }
        #expect(try Image.decode(grey.encoded()).pixels == [255, 255, 255, 9, 9, 9])
        let black = ImageDecodingOptions(background: .black)
        #expect(try Image.decode(grey.encoded(), options: black).pixels == [0, 0, 0, 9, 9, 9])
        let indexed = PNGBuilder(
            width: 2, height: 1, colorType: 3, depth: 1, palette: [10, 20, 30, 40, 50, 60], transparency: [0]
        ) { x, _, _ in x }
        #expect(try Image.decode(indexed.encoded()).pixels == [255, 255, 255, 40, 50, 60])
    }

    @Test func picturesAndMasksComeBack() throws {
        var generator = SeededGenerator(seed: 1)
        for (w, h) in [(1, 1), (64, 3), (65, 2), (3, 50)] {
            let image = Image(width: w, height: h, pixels: (0..<(w * h * 3)).map { _ in UInt8(generator.index(below: 256)) })
            let data = try image.pngData()
            #expect(try Image.decode(data) == image)
            #expect(try image.pngData() == data)
            let mask = Mask(width: w, height: h) { x, y in (x * 7 + y * 3) % 5 < 2 }
            #expect(Mask(try Image.decode(mask.pngData())) == mask)
        }
    }

    @Test func filesComeBack() throws {
        let directory = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let image = Image(width: 5, height: 4, fill: Color(1, 2, 3))
        try image.writePNG(to: directory + "/a.png")
        #expect(try Image(contentsOf: directory + "/a.png") == image)
        try image.writeJPEG(to: directory + "/a.jpg")
        #expect(try Image(contentsOf: directory + "/a.jpg").width == 5)
        let mask = Mask(width: 5, height: 4) { x, y in x > y }
        try mask.writePNG(to: directory + "/m.png")
        #expect(try Mask(contentsOf: directory + "/m.png") == mask)
        #expect(failureKind { _ = try Image(contentsOf: directory) } == .badInput)
        #expect(failureKind { _ = try Image(contentsOf: directory + "/none.png") } == .missingInput)
        try AtomicFile.write("not a picture", to: directory + "/text.png")
        #expect(failureKind { _ = try Image(contentsOf: directory + "/text.png") } == .badInput)
    }

    @Test func masksOfLabelsAndWithAlpha() throws {
        let labels = PNGBuilder(width: 3, height: 1, colorType: 0, depth: 8) { x, _, _ in x }
        #expect(Mask(try Image.decode(labels.encoded())).count == 2)
        #expect(Mask(Image(width: 2, height: 1, pixels: [0, 128, 0, 127, 127, 127])) == Mask(width: 2, height: 1) { x, _ in x == 0 })
    }

    @Test func badFilesAreRefused() throws {
        let good = PNGBuilder(width: 8, height: 8, colorType: 2, depth: 8) { x, y, c in x * y * c }
        var bad: [String: Data] = ["empty": Data()]
        for (name, width, height) in [("zero", 0, 8), ("bomb", 1 << 31 - 1, 1 << 31 - 1), ("wide", 300_000_000, 1), ("tall", 8, 1 << 31)] {
            var data = good.encoded()
            data.replaceSubrange(8..<33, with: PNGBuilder.chunk("IHDR", bigEndian(width) + bigEndian(height) + [8, 2, 0, 0, 0]))
            bad[name] = data
        }
        var crc = good.encoded()
        crc[60] ^= 1
        bad["checksum"] = crc
        bad["no palette"] = PNGBuilder(width: 2, height: 2, colorType: 3, depth: 8) { _, _, _ in 0 }.encoded()
        bad["large palette"] = PNGBuilder(
            width: 2, height: 2, colorType: 3, depth: 8, palette: [UInt8](repeating: 1, count: 257 * 3)
        ) { _, _, _ in 0 }.encoded()
        bad["no data"] = good.encoded().prefix(33) + PNGBuilder.chunk("IEND", [])
        bad["bad zlib"] = good.encoded().prefix(33) + PNGBuilder.chunk("IDAT", [1, 2, 3, 4]) + PNGBuilder.chunk("IEND", [])
        bad["cut"] = good.encoded().prefix(150)
        for (name, data) in bad {
            #expect(failureKind { _ = try Image.decode(data, name: "a.png") } == .badInput, "\(name)")
        }
        // The whole picture is there, so the missing end does no harm.
        #expect(try Image.decode(good.encoded().dropLast(12)) == Image.decode(good.encoded()))
    }

    @Test func aHundredMegapixelsAreRead() throws {
        var data = Data()
        do {
            var image = Image(width: 12_500, height: 8_000, fill: Color(9, 99, 199))
            for x in 0..<image.width { image[x, 7_999] = Color(1, 2, 3) }
            data = try image.pngData()
        }
        let image = try Image.decode(data)
        #expect((image.width, image.height) == (12_500, 8_000))
        #expect(image[12_499, 7_998] == Color(9, 99, 199) && image[0, 7_999] == Color(1, 2, 3))
        #expect(failureKind { _ = try Image.decode(data, options: .init(maximumPixels: 99_999_999)) } == .badInput)
    }

    @Test func theBudgetIsAnOption() {
        let data = PNGBuilder(width: 10, height: 10, colorType: 0, depth: 8) { _, _, _ in 0 }.encoded()
        #expect(failureKind { _ = try Image.decode(data, options: .init(maximumPixels: 99)) } == .badInput)
        #expect(failureKind { _ = try Image.decode(data, options: .init(maximumPixels: 100)) } == nil)
    }
}

/// The kind of the failure that `body` throws, or nothing.
func failureKind(_ body: () throws -> Void) -> Failure.Kind? {
    do {
        try body()
        return nil
    } catch {
        return (error as? Failure)?.kind
    }
}
