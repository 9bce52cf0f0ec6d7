import BSBBasics
import Foundation
import TestSupport
import Testing

@testable import BSBImages

/// What streams inside HEIC and AVIF files say of their own size.
@Suite struct HEIFStreamSizesTests {
    @Test func files() throws {
        #expect(Self.sizes(of: try Self.file("halves.avif")) == [[64, 48]])
        // A tile of HEVC and the grid that cuts it.
        #expect(Self.sizes(of: try Self.file("halves.heic")) == [[64, 64], [64, 48]])
    }

    /// A container of 64 x 48 pixels around a stream of 25,600 x 32,772, for which a decoder would take four gigabytes; found by fuzzing.
    @Test func aStreamLargerThanItsContainerIsRefused() throws {
        var file = try Self.file("halves.avif")
        let start = try #require(file.firstRange(of: Data([0x12, 0x00, 0x0A, 0x09, 0x18]))).upperBound
        file.replaceSubrange(start..<start + 8, with: [0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10, 0x81, 0x4E])
        #expect(Self.sizes(of: file) == [[25_600, 32_769]])
        do {
            _ = try Image.decode(file)
            Issue.record("it was decoded")
        } catch {
            #expect("\(error)".contains("25600 x 32769 pixels"), "\(error)")
        }
    }

    @Test func canvasesOfGrids() {
        // Version and flags, rows and columns less one, then 32-bit sides.
        let grid: [UInt8] = [0, 1, 0, 0, 0, 1, 0x11, 0x70, 0, 0, 0, 9]
        let item = Self.box("infe", [2, 0, 0, 0, 0, 1, 0, 0] + Array("grid".utf8) + [0])
        let kinds = Self.box("iinf", [0, 0, 0, 0, 0, 1] + item)
        // Version 1, offsets and lengths of four bytes, one item in `idat` with one extent.
        let places = Self.box("iloc", [1, 0, 0, 0, 0x44, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 12])
        let meta = Self.box("meta", [0, 0, 0, 0] + kinds + places + Self.box("idat", grid))
        let file = Self.box("ftyp", Array("mif1".utf8)) + meta
        #expect(Self.sizes(of: Data(file)) == [[70_000, 9]])
        for count in 0..<file.count { #expect(Self.sizes(of: Data(file.prefix(count))).count <= 1) }
    }

    /// Damaged files give some sizes or none, and end.
    @Test(arguments: ["halves.heic", "halves.avif"]) func damage(_ name: String) throws {
        let file = try Self.file(name)
        var generator = SeededGenerator(seed: 24)
        for _ in 0..<2000 {
            var changed = file
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                changed[Int.random(in: 0..<changed.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            #expect(Self.sizes(of: changed).count < 64)
        }
    }

    private static func file(_ name: String) throws -> Data {
        let folder = try #require(Bundle.module.url(forResource: "Pictures", withExtension: nil))
        return try Data(contentsOf: folder.appendingPathComponent(name))
    }

    private static func sizes(of data: Data) -> [[Int]] {
        data.withUnsafeBytes { HEIFStreamSizes($0).sizes.map { [$0.width, $0.height] } }
    }

    private static func box(_ kind: String, _ content: [UInt8]) -> [UInt8] {
        let length = content.count + 8
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + Array(kind.utf8) + content
    }
}
