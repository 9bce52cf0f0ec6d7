import Foundation

extension Data {
    /// Adds a number's four bytes, the lowest first.
    mutating func append(_ number: UInt32) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// Adds clicks: their count, then vertex and polarity of each.
    mutating func append(clicks: [SurfaceClick]) {
        append(UInt32(clamping: clicks.count))
        for click in clicks {
            append(UInt32(clamping: click.vertex))
            append(UInt32(click.isForeground ? 1 : 0))
        }
    }
}

/// Reads numbers off the front of data, never beyond its end.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ data: Data) { bytes = Array(data) }

    var isAtEnd: Bool { position == bytes.count }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= bytes.count - position else { return nil }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    mutating func number() -> Int? {
        bytes(4).map { $0.reversed().reduce(0) { $0 << 8 | Int($1) } }
    }

    mutating func float() -> Float? {
        number().map { Float(bitPattern: UInt32($0)) }
    }

    /// At most 64 clicks.
    mutating func clicks() -> [SurfaceClick]? {
        guard let count = number(), count <= 64 else { return nil }
        var clicks: [SurfaceClick] = []
        for _ in 0..<count {
            guard let vertex = number(), let polarity = number(), polarity <= 1 else { return nil }
            clicks.append(SurfaceClick(vertex, isForeground: polarity == 1))
        }
        return clicks
    }
}
