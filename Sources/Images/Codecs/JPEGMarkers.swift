import Foundation

/// What the segments before the first scan of a JPEG file say that the decoder does not pass on.
struct JPEGMarkers {
    /// Whether Adobe's segment is present, whose CMYK values are inverted.
    private(set) var isAdobe = false
    /// Whether the picture comes in scans, from coarse to fine.
    private(set) var isProgressive = false
    /// Whether the picture is coded without loss, which the decoder does not know.
    private(set) var isLossless = false
    /// How the picture is to be turned.
    private(set) var orientation = Orientation.upright

    /// Reads the segments of `data` up to the first scan or the first thing that is no segment.
    init(_ data: Data) {
        let bytes = Data(data)
        var position = 2
        while position + 4 <= bytes.count, bytes[position] == 0xFF {
            let marker = bytes[position + 1]
            // Fill bytes, and markers without a length.
            if marker == 0xFF || marker == 0x01 || (0xD0...0xD7).contains(marker) {
                position += marker == 0xFF ? 1 : 2
                continue
            }
            guard marker != 0xDA, marker != 0xD9 else { return }
            let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
            guard length >= 2, position + 2 + length <= bytes.count else { return }
            read(marker, bytes.subdata(in: (position + 4)..<(position + 2 + length)))
            position += 2 + length
        }
    }

    private mutating func read(_ marker: UInt8, _ content: Data) {
        isProgressive = isProgressive || [0xC2, 0xC6, 0xCA, 0xCE].contains(marker)
        isLossless = isLossless || [0xC3, 0xC7, 0xCB, 0xCF].contains(marker)
        if marker == 0xEE, content.starts(with: Array("Adobe".utf8)) { isAdobe = true }
        let exif = Array("Exif\0\0".utf8)
        if marker == 0xE1, content.starts(with: exif), orientation == .upright {
            orientation = Orientation(exif: content.dropFirst(exif.count))
        }
    }
}
