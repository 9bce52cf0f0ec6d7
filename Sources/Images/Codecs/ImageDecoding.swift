import BSBBasics
import Foundation

/// How picture files are read.
package struct ImageDecodingOptions: Sendable {
    /// The largest picture that is read; a file that claims more is refused before memory is taken for it.
    package var maximumPixels: Int
    /// What shows through transparent pixels.
    package var background: Color
    /// Whether a JPEG that is cut short or damaged gives what could be read of it, with grey for the rest, rather than a failure.
    package var acceptsDamaged: Bool

    /// 200 megapixels, over white, and no damaged files, where not given.
    package init(maximumPixels: Int = 200_000_000, background: Color = .white, acceptsDamaged: Bool = false) {
        self.maximumPixels = maximumPixels
        self.background = background
        self.acceptsDamaged = acceptsDamaged
    }
}

extension Image {
    /// Decodes a PNG, JPEG, WebP, HEIC, AVIF, TIFF, BMP or GIF file, told apart by their first bytes; of several pictures the first.
    ///
    /// Alpha is composited over the background of the options, 16 bits a channel become 8 (stretched where they use less than a quarter of
    /// their range), CMYK becomes RGB, and the picture is turned as its EXIF orientation says. Colour profiles are ignored.
    /// - Parameter data: the file.
    /// - Parameter options: what may be chosen.
    /// - Parameter name: the file's name, for messages.
    /// - Throws: a `Failure` of kind `.badInput`.
    public static func decode(_ data: Data, name: String? = nil, options: ImageDecodingOptions = .init()) throws -> Image {
        do {
            switch PictureFormat(signatureOf: data) {
            case .png: return try decodePNG(data, options)
            case .jpeg: return try decodeJPEG(data, options)
            case .webp: return try decodeWebP(data, options)
            case .heif: return try decodeHEIF(data, options)
            case .tiff: return try decodeTIFF(data, options)
            case .bmp: return try decodeBMP(data, options)
            case .gif: return try decodeGIF(data, options)
            case nil:
                let other = ForeignFile(data)
                throw DecodingProblem(
                    reason: other.map { "it is \($0.name)" } ?? "it is not a PNG, JPEG, WebP, HEIC, AVIF, TIFF, BMP or GIF picture",
                    hint: other?.hint ?? "convert it to PNG or JPEG")
            }
        } catch let problem as DecodingProblem {
            throw Failure(.badInput, "reading the picture", path: name, reason: problem.reason, hint: problem.hint)
        }
    }

    /// Reads a picture file; see ``decode(_:name:options:)``.
    ///
    /// - Throws: a `Failure` of kind `.badInput` or `.missingInput`.
    public init(contentsOf path: String, options: ImageDecodingOptions = .init()) throws {
        self = try Self.decode(AtomicFile.readFile(path, operation: "reading the picture"), name: path, options: options)
    }
}

extension Mask {
    /// Reads a mask from a picture file.
    ///
    /// A pixel belongs to the mask where any channel is above 127, or, in a file without such values (labels 0 and 1), where any is not 0.
    /// Transparent pixels do not belong.
    /// - Throws: a `Failure` of kind `.badInput` or `.missingInput`.
    public init(contentsOf path: String, maximumPixels: Int = 200_000_000) throws {
        let options = ImageDecodingOptions(maximumPixels: maximumPixels, background: .black)
        self.init(try Image(contentsOf: path, options: options))
    }

    /// The pixels with a channel above 127, or, where there are none, those with a channel above 0.
    public init(_ image: Image) {
        let threshold: UInt8 = image.pixels.contains { $0 > 127 } ? 127 : 0
        self = image.pixels.withUnsafeBufferPointer { pixels in
            Mask(width: image.width, height: image.height) { x, y in
                let i = 3 * (y * image.width + x)
                return max(pixels[i], pixels[i + 1], pixels[i + 2]) > threshold
            }
        }
    }
}

/// The kinds of picture file, by the bytes that they start with.
enum PictureFormat {
    case png, jpeg, webp, heif, tiff, bmp, gif

    init?(signatureOf data: Data) {
        let start = Array(data.prefix(12))
        if start.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if start.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if start.count == 12, start.starts(with: Array("RIFF".utf8)), start.suffix(4) == Array("WEBP".utf8)[...] {
            self = .webp
        } else if start.count == 12, start[4..<8] == Array("ftyp".utf8)[...], Self.isHEIF(data) {
            self = .heif
        } else if start.starts(with: [0x49, 0x49, 42, 0]) || start.starts(with: [0x4D, 0x4D, 0, 42])
            || start.starts(with: [0x49, 0x49, 43, 0]) || start.starts(with: [0x4D, 0x4D, 0, 43])
        {
            self = .tiff
        } else if start.starts(with: Array("BM".utf8)), start.count == 12, start[6..<10].allSatisfy({ $0 == 0 }) {
            self = .bmp
        } else if start.starts(with: Array("GIF8".utf8)) {
            self = .gif
        } else {
            return nil
        }
    }
}

extension PictureFormat {
    /// Whether one of the brands of an ISO media file is that of a still picture which libheif knows.
    fileprivate static func isHEIF(_ data: Data) -> Bool {
        let bytes = [UInt8](data.prefix(256))
        let length = bytes[..<4].reduce(0) { $0 << 8 | Int($1) }
        let known = ["heic", "heix", "heim", "heis", "hevc", "mif1", "msf1", "avif", "avis"].map { Array($0.utf8) }
        return stride(from: 8, to: min(length, bytes.count) - 3, by: 4).contains { known.contains(Array(bytes[$0..<($0 + 4)])) }
    }
}

/// What is wrong with a picture file, before its name is known.
struct DecodingProblem: Error {
    var reason: String
    var hint: String?
}

/// The number of pixels of a picture that a file claims to hold, where it is within the options' budget.
func checkedPixelCount(_ width: Int, _ height: Int, _ options: ImageDecodingOptions) throws -> Int {
    guard width > 0, height > 0 else { throw DecodingProblem(reason: "its size of \(width) x \(height) pixels is empty") }
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, count <= options.maximumPixels else {
        let reason = "its \(width) x \(height) pixels are more than the limit of \(options.maximumPixels)"
        throw DecodingProblem(reason: reason, hint: "scale it down")
    }
    // Decoders keep the picture once or twice beside their own coefficients, at most some 12 bytes for each pixel.
    if count > 4_000_000, let free = FreeMemory.bytes, count * 12 > free {
        let reason = "its \(width) x \(height) pixels need some \(count * 12 / 1_000_000) MB of memory, and \(free / 1_000_000) MB are free"
        throw DecodingProblem(reason: reason, hint: "scale it down, or give the program more memory")
    }
    return count
}

/// Composites RGBA pixels over `background` in place and drops their alpha: 4 x n bytes become 3 x n.
func flatten(_ pixels: inout [UInt8], over background: Color) {
    let count = pixels.count / 4
    let below = (UInt32(background.red), UInt32(background.green), UInt32(background.blue))
    pixels.withUnsafeMutableBufferPointer { p in
        // Pixel i is read at 4i before 3i is written, and 3i <= 4i.
        for i in 0..<count {
            let alpha = UInt32(p[4 * i + 3])
            let colour = (UInt32(p[4 * i]), UInt32(p[4 * i + 1]), UInt32(p[4 * i + 2]))
            p[3 * i] = UInt8((colour.0 * alpha + below.0 * (255 - alpha) + 127) / 255)
            p[3 * i + 1] = UInt8((colour.1 * alpha + below.1 * (255 - alpha) + 127) / 255)
            p[3 * i + 2] = UInt8((colour.2 * alpha + below.2 * (255 - alpha) + 127) / 255)
        }
    }
    pixels.removeLast(count)
}
