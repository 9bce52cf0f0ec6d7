import Foundation

/// Writes PNG files of every colour type, bit depth and interlacing, uncompressed, to test the reader with.
struct PNGBuilder {
    var width: Int
    var height: Int
    var colorType: UInt8
    var depth: Int
    var isInterlaced = false
    var palette: [UInt8] = []
    var transparency: [UInt8] = []
    /// The sample of a channel of a pixel, below 2 to the depth.
    var sample: (_ x: Int, _ y: Int, _ channel: Int) -> Int

    var channels: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colorType]! }

    func encoded() -> Data {
        var file = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        let header = bigEndian(width) + bigEndian(height) + [UInt8(depth), colorType, 0, 0, isInterlaced ? 1 : 0]
        file += Self.chunk("IHDR", header)
        if !palette.isEmpty { file += Self.chunk("PLTE", palette) }
        if !transparency.isEmpty { file += Self.chunk("tRNS", transparency) }
        return file + Self.chunk("IDAT", Self.stored(scanlines())) + Self.chunk("IEND", [])
    }

    private func scanlines() -> [UInt8] {
        // The seven passes of Adam7: first column and row, steps.
        let passes =
            isInterlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)] : [(0, 0, 1, 1)]
        return passes.flatMap { x0, y0, dx, dy in
            x0 >= width ? [] : stride(from: y0, to: height, by: dy).flatMap { y in [0] + row(stride(from: x0, to: width, by: dx), y) }
        }
    }

    private func row(_ columns: StrideTo<Int>, _ y: Int) -> [UInt8] {
        let samples = columns.flatMap { x in (0..<channels).map { sample(x, y, $0) } }
        if depth == 16 { return samples.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] } }
        let perByte = 8 / depth
        return stride(from: 0, to: samples.count, by: perByte).map { start in
            (0..<perByte).reduce(UInt8(0)) { byte, i in
                let value = start + i < samples.count ? UInt8(samples[start + i]) : 0
                return byte | value << UInt8(8 - depth * (i + 1))
            }
        }
    }

    static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + content
        return bigEndian(content.count) + body + bigEndian(Int(crc(body)))
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
        }
    }

    /// A zlib stream of one stored block.
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        let length = [UInt8(bytes.count & 255), UInt8(bytes.count >> 8)]
        let (a, b) = bytes.reduce((1, 0)) { sums, byte in
            let a = (sums.0 + Int(byte)) % 65521
            return (a, (sums.1 + a) % 65521)
        }
        return [0x78, 0x01, 1] + length + length.map { ~$0 } + bytes + bigEndian(b << 16 | a)
    }
}

func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(value >> $0 & 255) }
}
