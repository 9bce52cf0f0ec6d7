import Foundation

/// How the stored picture lies with respect to the one to be seen; the values are those of EXIF tag 274.
enum Orientation: Int, CaseIterable {
    case upright = 1
    case mirrored, upsideDown, upsideDownMirrored
    case transposed, turnedLeft, antitransposed, turnedRight

    /// The orientation that a TIFF block of EXIF data gives; upright where it gives none that makes sense.
    init(exif: Data) {
        self = Self.tag(274, in: Data(exif)).flatMap(Orientation.init) ?? .upright
    }

    /// The value of a 16-bit tag of the first directory.
    private static func tag(_ wanted: Int, in bytes: Data) -> Int? {
        let isLittle = bytes.starts(with: [0x49, 0x49, 42, 0])
        guard bytes.count >= 8, isLittle || bytes.starts(with: [0x4D, 0x4D, 0, 42]) else { return nil }
        func number(_ position: Int, _ length: Int) -> Int? {
            guard position >= 0, position + length <= bytes.count else { return nil }
            let field = bytes[position..<(position + length)]
            return (isLittle ? Array(field.reversed()) : Array(field)).reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(4, 4), let entries = number(directory, 2) else { return nil }
        for entry in 0..<entries {
            let position = directory + 2 + 12 * entry
            guard let tag = number(position, 2) else { return nil }
            if tag == wanted { return number(position + 2, 2) == 3 ? number(position + 8, 2) : nil }
        }
        return nil
    }

    /// Whether rows become columns.
    var swapsAxes: Bool { rawValue >= 5 }
}

extension Image {
    /// The picture as it is to be seen, from one stored with the given orientation.
    func oriented(_ orientation: Orientation) -> Image {
        guard orientation != .upright else { return self }
        let (w, h) = orientation.swapsAxes ? (height, width) : (width, height)
        // The stored position of the pixel (x, y) to be seen is `origin + x * dx + y * dy`.
        let (origin, dx, dy) = steps(orientation)
        let seen = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, initialized in
            pixels.withUnsafeBufferPointer { source in
                var i = 0
                for y in 0..<h {
                    for x in 0..<w {
                        let s = 3 * (origin + x * dx + y * dy)
                        target[i] = source[s]
                        target[i + 1] = source[s + 1]
                        target[i + 2] = source[s + 2]
                        i += 3
                    }
                }
            }
            initialized = pixels.count
        }
        return Image(width: w, height: h, pixels: seen)
    }

    private func steps(_ orientation: Orientation) -> (origin: Int, dx: Int, dy: Int) {
        let (right, bottom) = (width - 1, (height - 1) * width)
        return switch orientation {
        case .upright: (0, 1, width)
        case .mirrored: (right, -1, width)
        case .upsideDown: (right + bottom, -1, -width)
        case .upsideDownMirrored: (bottom, 1, -width)
        case .transposed: (0, width, 1)
        case .turnedLeft: (bottom, -width, 1)
        case .antitransposed: (right + bottom, -width, -1)
        case .turnedRight: (right, width, -1)
        }
    }
}
