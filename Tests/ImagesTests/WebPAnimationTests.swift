import BSBBasics
import Foundation
import Testing

@testable import BSBImages

/// Animations are files of their pictures, one after the other.
@Suite struct WebPAnimationTests {
    /// The chunks of a RIFF file: names and contents.
    private static func chunks(_ data: Data) -> [(name: String, content: [UInt8])] {
        let bytes = [UInt8](data)
        var (chunks, position) = ([(String, [UInt8])](), 12)
        while position + 8 <= bytes.count {
            let length = (0..<4).reduce(0) { $0 | Int(bytes[position + 4 + $1]) << (8 * $1) }
            let content = bytes[(position + 8)..<min(bytes.count, position + 8 + length)]
            chunks.append((String(decoding: bytes[position..<(position + 4)], as: UTF8.self), [UInt8](content)))
            position += 8 + length + length % 2
        }
        return chunks
    }

    private static func film(_ colors: [Color]) throws -> Data {
        let film = try WebPAnimation(width: 40, height: 30)
        for (index, color) in colors.enumerated() {
            var image = Image(width: 40, height: 30, fill: color)
            image[index, 0] = .white
            try film.add(image, milliseconds: 125)
        }
        return try film.file()
    }

    @Test func everyPictureIsInItForItsTime() throws {
        let data = try Self.film([Color(200, 30, 40), Color(20, 160, 60), Color(40, 60, 220)])
        #expect(data.prefix(4) == Data("RIFF".utf8) && data.dropFirst(8).prefix(4) == Data("WEBP".utf8))
        let chunks = Self.chunks(data)
        // Loops for ever.
        #expect(chunks.first { $0.name == "ANIM" }?.content.suffix(2) == [0, 0])
        let frames = chunks.filter { $0.name == "ANMF" }.map(\.content)
        #expect(frames.map { Int($0[12]) | Int($0[13]) << 8 | Int($0[14]) << 16 } == [125, 125, 125])
        let first = try Image.decode(data)
        #expect(first.width == 40 && first.height == 30)
        let color = first[20, 15]
        #expect(abs(Int(color.red) - 200) < 12 && abs(Int(color.green) - 30) < 12 && abs(Int(color.blue) - 40) < 12, "\(color)")
    }

    @Test func theSamePicturesGiveTheSameBytes() throws {
        let colors = [Color(200, 30, 40), Color(20, 160, 60)]
        #expect(try Self.film(colors) == Self.film(colors))
        #expect(try Self.film(colors) != Self.film(colors.reversed()))
    }

    @Test func whatIsNoAnimationIsRefused() throws {
        for size in [(0, 10), (10, 16_384)] {
            #expect { try WebPAnimation(width: size.0, height: size.1) } throws: { ($0 as? Failure)?.kind == .usage }
        }
        #expect(throws: Failure.self) { try WebPAnimation(width: 10, height: 10).file() }
    }
}
