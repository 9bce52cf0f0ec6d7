import Foundation

extension Image {
    /// Decodes Windows bitmaps of 1 to 32 bits without compression, the palette's included; throws a `DecodingProblem`.
    static func decodeBMP(_ data: Data, _ options: ImageDecodingOptions) throws -> Image {
        try BMPReader([UInt8](data), options).image()
    }
}

private struct BMPReader {
    private let bytes: [UInt8]
    private let width: Int
    private let height: Int
    private let isTopDown: Bool
    private let bits: Int
    private var masks: [UInt32] = []
    private var palette: [Color] = []
    private let start: Int

    init(_ bytes: [UInt8], _ options: ImageDecodingOptions) throws {
        self.bytes = bytes
        guard bytes.count >= 26 else { throw DecodingProblem(reason: "its BMP header is cut short") }
        func number(_ offset: Int, _ length: Int) -> Int {
            offset + length <= bytes.count ? (0..<length).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } : 0
        }
        let header = number(14, 4)
        let isOld = header == 12
        guard isOld || (40...256).contains(header), bytes.count >= 14 + header else {
            throw DecodingProblem(reason: "its BMP header is not known")
        }
        let rows = isOld ? number(20, 2) : Int(Int32(truncatingIfNeeded: number(22, 4)))
        width = isOld ? number(18, 2) : Int(Int32(truncatingIfNeeded: number(18, 4)))
        (height, isTopDown) = (abs(rows), rows < 0)
        bits = isOld ? number(24, 2) : number(28, 2)
        let compression = isOld ? 0 : number(30, 4)
        start = number(10, 4)
        _ = try checkedPixelCount(width, height, options)
        guard [0, 3, 6].contains(compression), [1, 4, 8, 16, 24, 32].contains(bits) else {
            throw DecodingProblem(reason: "it is a compressed BMP, or one of \(bits) bits", hint: "convert it to PNG")
        }
        if compression == 0 {
            masks = bits == 16 ? [0x7C00, 0x03E0, 0x001F] : [0xFF_0000, 0xFF00, 0xFF]
        } else {
            masks = (0..<3).map { UInt32(number(54 + 4 * $0, 4)) }
        }
        if bits <= 8 {
            let (size, table) = (isOld ? 3 : 4, 14 + header)
            let declared = isOld ? 0 : number(46, 4)
            for index in 0..<(declared > 0 ? min(declared, 256) : 1 << bits) where table + size * (index + 1) <= bytes.count {
                palette.append(Color(bytes[table + size * index + 2], bytes[table + size * index + 1], bytes[table + size * index]))
            }
        }
        let row = (width * bits + 31) / 32 * 4
        guard start >= 14 + header, start + row * height <= bytes.count else { throw DecodingProblem(reason: "its BMP data is cut short") }
    }

    func image() -> Image {
        let row = (width * bits + 31) / 32 * 4
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * width * height)
        for y in 0..<height {
            let line = start + row * (isTopDown ? y : height - 1 - y)
            for x in 0..<width {
                let color = color(line, x)
                pixels += [color.red, color.green, color.blue]
            }
        }
        return Image(width: width, height: height, pixels: pixels)
    }

    private func color(_ line: Int, _ x: Int) -> Color {
        switch bits {
        case 24: return Color(bytes[line + 3 * x + 2], bytes[line + 3 * x + 1], bytes[line + 3 * x])
        case 16, 32:
            let size = bits / 8
            let value = (0..<size).reduce(UInt32(0)) { $0 | UInt32(bytes[line + size * x + $1]) << UInt32(8 * $1) }
            return Color(channel(value, masks[0]), channel(value, masks[1]), channel(value, masks[2]))
        default:
            let index = Int(bytes[line + x * bits / 8]) >> (8 - bits - x * bits % 8) & (1 << bits - 1)
            return index < palette.count ? palette[index] : .black
        }
    }

    private func channel(_ value: UInt32, _ mask: UInt32) -> UInt8 {
        guard mask != 0 else { return 0 }
        let shift = UInt32(mask.trailingZeroBitCount)
        let (level, full) = (UInt64((value & mask) >> shift), UInt64(mask >> shift))
        return UInt8((level * 255 + full / 2) / full)
    }
}
