import Foundation
import TestSupport
import Testing

@testable import BSBImages

/// TIFF, BMP, GIF, HEIC and AVIF, and greys that use a part of their range.
@Suite struct MoreFormatTests {
    @Test func twelveBitsInSixteenAreStretched() throws {
        let dark = DeepGreyImage(width: 4, height: 1, values: [0, 1365, 2730, 4095])
        #expect(try Image.decode(dark.pngData()).pixels == [0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255])
        let full = DeepGreyImage(width: 2, height: 1, values: [256, 65535])
        #expect(try Image.decode(full.pngData()).pixels == [1, 1, 1, 255, 255, 255])
    }

    @Test func bitmaps() throws {
        var file: [UInt8] = Array("BM".utf8) + [70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0]
        file += [UInt8](repeating: 0, count: 24)
        // From the bottom, blue first, rows padded to four bytes.
        file += [255, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0]
        let image = try Image.decode(Data(file))
        #expect(
            image[0, 0] == Color(255, 0, 0) && image[1, 0] == Color(255, 255, 255) && image[0, 1] == Color(0, 0, 255)
                && image[1, 1] == Color(0, 255, 0))
        for count in 0..<file.count { #expect(throws: (any Error).self) { try Image.decode(Data(file.prefix(count))) } }
    }

    @Test func gifs() throws {
        // 2 x 1 pixels, red and transparent, as giflib reads them.
        let file: [UInt8] =
            Array("GIF89a".utf8) + [
                2, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255, 0x21, 0xF9, 4, 1, 0, 0, 1, 0, 0x2C, 0, 0, 0, 0, 2, 0, 1, 0, 0,
            ]
            + [2, 2, 0x44, 0x0A, 0, 0x3B]
        let image = try Image.decode(Data(file))
        #expect(image.width == 2 && image[0, 0] == Color(255, 0, 0) && image[1, 0] == Color(255, 255, 255))
        #expect(throws: (any Error).self) { try Image.decode(Data(file.prefix(30))) }
    }

    @Test(arguments: ["halves.heic", "halves.avif"]) func heif(_ name: String) throws {
        let folder = try #require(Bundle.module.url(forResource: "Pictures", withExtension: nil))
        let data = try Data(contentsOf: folder.appendingPathComponent(name))
        let read = try Image.decode(data)
        #expect(read.width == 64 && read.height == 48)
        let (left, right) = (read[8, 20], read[56, 20])
        #expect(left.blue > 180 && left.red < 60 && right.red > 170 && right.blue < 70, "\(left) \(right)")
        #expect(throws: (any Error).self) { try Image.decode(data.prefix(data.count / 2)) }
    }

    @Test func tiffs() throws {
        for (bits, bytes, expected) in [
            (8, [UInt8]([10, 200]), [UInt8(10), 200]), (16, [0, 0, 0xFF, 0x0F], [0, 255]), (16, [0, 1, 0xFF, 0xFF], [1, 255]),
        ] {
            let image = try Image.decode(Self.tiff(bits: bits, bytes))
            #expect(image.pixels == expected.flatMap { [$0, $0, $0] }, "\(bits)")
        }
        let turned = try Image.decode(Self.tiff(bits: 8, [10, 200], orientation: 6))
        #expect(turned.width == 1 && turned.height == 2)
        #expect(throws: (any Error).self) { try Image.decode(Self.tiff(bits: 8, [10])) }
    }

    /// A grey TIFF of 2 x 1 pixels.
    private static func tiff(bits: Int, _ pixels: [UInt8], orientation: Int = 1) -> Data {
        let tags: [(Int, Int, Int)] = [
            (256, 3, 2), (257, 3, 1), (258, 3, bits), (259, 3, 1), (262, 3, 1), (273, 4, 8 + 2 + 12 * 10 + 4), (274, 3, orientation),
            (277, 3, 1), (278, 3, 1), (279, 4, 2 * bits / 8),
        ]
        var data = Data([0x49, 0x49, 42, 0, 8, 0, 0, 0, UInt8(tags.count), 0])
        for (tag, kind, value) in tags {
            for (number, length) in [(tag, 2), (kind, 2), (1, 4), (value, 4)] {
                for byte in 0..<length { data.append(UInt8(number >> (8 * byte) & 255)) }
            }
        }
        return data + Data([0, 0, 0, 0]) + Data(pixels)
    }

    @Test func otherKindsAreNamed() {
        for (bytes, name) in [
            (Array("8BPS".utf8), "Photoshop"), (Array("<svg xmlns=".utf8), "SVG"), (Array("%PDF-1.4".utf8), "PDF"),
            ([0xFF, 0x0A, 0, 0], "JPEG XL"), (Array("<!doctype html>".utf8), "HTML"),
        ] {
            #expect { try Image.decode(Data(bytes)) } throws: { "\($0)".contains(name) }
        }
    }

    @Test func aProgressivePictureWithoutItsEndIsRefused() throws {
        let picture = Image(width: 64, height: 64, fill: Color(9, 9, 9))
        var data = try picture.jpegData()
        #expect(throws: Never.self) { try Image.decode(data.dropLast(2)) }
        // The frame's marker says progressive; nothing else is looked at before.
        let frame = try #require(data.range(of: Data([0xFF, 0xC0])))
        data[frame.lowerBound + 1] = 0xC2
        #expect { try Image.decode(data.dropLast(2)) } throws: { "\($0)".contains("progressive") }
    }
}
