import BSBCImageCodecs
import Foundation

/// libtiff, if the system has it; opened when the first such picture is read, and told to keep its complaints from standard error.
private let tiffLibrary: bsb_tiff? = {
    var functions = bsb_tiff()
    for name in ["libtiff.so.6", "libtiff.so.5", "libtiff.6.dylib", "libtiff.dylib"] where bsb_tiff_open(name, &functions) != 0 {
        _ = functions.SetErrorHandler(nil)
        _ = functions.SetWarningHandler(nil)
        return functions
    }
    return nil
}()

extension Image {
    /// Decodes the first picture of a TIFF file; throws a `DecodingProblem`.
    ///
    /// Grey levels of 16 bits, or of floats, that use a part of their range are stretched to all of it, as ``DeepLevels`` has it.
    static func decodeTIFF(_ data: Data, _ options: ImageDecodingOptions) throws -> Image {
        guard let tiff = tiffLibrary else {
            throw DecodingProblem(
                reason: "it is a TIFF picture, and the library that reads those is not there",
                hint: "install libtiff (Debian: libtiff6), or convert it to PNG or JPEG")
        }
        let source = TIFFSource(data)
        guard let file = source.open(tiff) else { throw DecodingProblem(reason: "its TIFF header is damaged") }
        defer { tiff.Close(file) }
        return try withExtendedLifetime(source) {
            let header = TIFFHeader(file, tiff)
            if header.isThumbnailOfRaw {
                throw DecodingProblem(reason: "it is a raw photo", hint: "develop it and save it as JPEG or PNG")
            }
            let count = try checkedPixelCount(header.width, header.height, options)
            let image = try header.isDeepGrey ? deepGrey(file, tiff, header, count) : plain(file, tiff, header, count, options)
            return image.oriented(header.orientation)
        }
    }

    private static func plain(
        _ file: OpaquePointer, _ tiff: bsb_tiff, _ header: TIFFHeader, _ count: Int, _ options: ImageDecodingOptions
    ) throws -> Image {
        var text = [CChar](repeating: 0, count: 1024)
        guard tiff.RGBAImageOK(file, &text) != 0 else {
            let reason = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw DecodingProblem(reason: "it is a TIFF of a kind that is not read (\(reason))", hint: "convert it to PNG")
        }
        var raster = [UInt32](repeating: 0, count: count)
        // In the order in which the file has its rows and columns: turning is done later.
        let code = tiff.ReadRGBAImageOriented(
            file, UInt32(header.width), UInt32(header.height), &raster, Int32(header.orientation.rawValue), 1)
        guard code != 0 else { throw DecodingProblem(reason: "its TIFF data is damaged or cut short", hint: "save it again") }
        let below = (UInt32(options.background.red), UInt32(options.background.green), UInt32(options.background.blue))
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * count)
        for value in raster {
            // Colours come multiplied by their opacity.
            let rest = 255 - (value >> 24)
            pixels.append(UInt8(min(255, (value & 255) + (below.0 * rest + 127) / 255)))
            pixels.append(UInt8(min(255, (value >> 8 & 255) + (below.1 * rest + 127) / 255)))
            pixels.append(UInt8(min(255, (value >> 16 & 255) + (below.2 * rest + 127) / 255)))
        }
        return Image(width: header.width, height: header.height, pixels: pixels)
    }

    /// Grey levels of 16 bits or floats, row by row.
    private static func deepGrey(
        _ file: OpaquePointer, _ tiff: bsb_tiff, _ header: TIFFHeader, _ count: Int
    ) throws -> Image {
        let size = Int(tiff.ScanlineSize(file))
        guard size >= header.width * header.bits / 8 else { throw DecodingProblem(reason: "its TIFF header is damaged") }
        var row = [UInt8](repeating: 0, count: size)
        var values: [Float] = []
        values.reserveCapacity(count)
        for y in 0..<header.height {
            guard tiff.ReadScanline(file, &row, UInt32(y), 0) >= 0 else {
                throw DecodingProblem(reason: "its TIFF data is damaged or cut short", hint: "save it again")
            }
            row.withUnsafeBytes { bytes in
                for x in 0..<header.width {
                    let value =
                        header.bits == 16
                        ? header.isSigned
                            ? Float(bytes.loadUnaligned(fromByteOffset: 2 * x, as: Int16.self))
                            : Float(bytes.loadUnaligned(fromByteOffset: 2 * x, as: UInt16.self))
                        : bytes.loadUnaligned(fromByteOffset: 4 * x, as: Float.self)
                    values.append(value)
                }
            }
        }
        let levels = Self.levels(values, header)
        var bytes = DeepLevels.bytes(levels, channels: 1, hasAlpha: false)
        if header.isInverted { bytes = bytes.map { 255 - $0 } }
        return Image(width: header.width, height: header.height, pixels: bytes.flatMap { [$0, $0, $0] })
    }

    /// Numbers as levels of 16 bits: as they are where they are such, else from the least to the largest.
    private static func levels(_ values: [Float], _ header: TIFFHeader) -> [UInt16] {
        if header.bits == 16, !header.isSigned { return values.map { UInt16($0) } }
        let finite = values.lazy.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max(), high > low else { return values.map { _ in 0 } }
        return values.map { $0.isFinite ? UInt16((($0 - low) / (high - low) * 65535).rounded()) : 0 }
    }
}

/// What the tags of the first picture say.
private struct TIFFHeader {
    let width: Int
    let height: Int
    let bits: Int
    let orientation: Orientation
    let isSigned: Bool
    /// Whether the least level is white.
    let isInverted: Bool
    /// Whether there is one channel of 16 bits or of floats, in rows.
    let isDeepGrey: Bool
    /// Whether the first picture is the small one of a camera's raw file.
    let isThumbnailOfRaw: Bool

    init(_ file: OpaquePointer, _ tiff: bsb_tiff) {
        func short(_ tag: Int32) -> Int? {
            var value: UInt16 = 0
            return withUnsafeMutablePointer(to: &value) { pointer in
                withVaList([OpaquePointer(pointer)]) { tiff.VGetFieldDefaulted(file, UInt32(tag), $0) }
            } == 0 ? nil : Int(value)
        }
        func long(_ tag: Int32) -> Int? {
            var value: UInt32 = 0
            return withUnsafeMutablePointer(to: &value) { pointer in
                withVaList([OpaquePointer(pointer)]) { tiff.VGetField(file, UInt32(tag), $0) }
            } == 0 ? nil : Int(value)
        }
        width = long(TIFFTAG_IMAGEWIDTH) ?? 0
        height = long(TIFFTAG_IMAGELENGTH) ?? 0
        bits = short(TIFFTAG_BITSPERSAMPLE) ?? 1
        orientation = short(TIFFTAG_ORIENTATION).flatMap { Orientation(rawValue: $0) } ?? .upright
        let photometric = short(TIFFTAG_PHOTOMETRIC) ?? 1
        let format = short(TIFFTAG_SAMPLEFORMAT) ?? 1
        (isSigned, isInverted) = (format == 2, photometric == 0)
        let isNumber = bits == 16 && (format == 1 || format == 2) || bits == 32 && format == 3
        isDeepGrey = isNumber && (short(TIFFTAG_SAMPLESPERPIXEL) ?? 1) == 1 && photometric <= 1 && tiff.IsTiled(file) == 0
        isThumbnailOfRaw = (long(TIFFTAG_SUBFILETYPE) ?? 0) & 1 == 1 || photometric == 32803
    }
}

/// The bytes of a file as libtiff asks for them.
private final class TIFFSource {
    private let data: Data
    private var position = 0

    init(_ data: Data) { self.data = Data(data) }

    func open(_ tiff: bsb_tiff) -> OpaquePointer? {
        tiff.ClientOpen(
            "picture", "rm", Unmanaged.passUnretained(self).toOpaque(),
            { handle, target, count in
                tmsize_t(Unmanaged<TIFFSource>.fromOpaque(handle!).takeUnretainedValue().read(into: target, count: Int(count)))
            },
            { _, _, _ in 0 },
            { handle, offset, whence in
                Unmanaged<TIFFSource>.fromOpaque(handle!).takeUnretainedValue().seek(offset, whence: whence)
            }, { _ in 0 }, { handle in UInt64(Unmanaged<TIFFSource>.fromOpaque(handle!).takeUnretainedValue().data.count) },
            { _, _, _ in 0 }, { _, _, _ in })
    }

    private func read(into target: UnsafeMutableRawPointer?, count: Int) -> Int {
        let length = max(0, min(count, data.count - position))
        guard let target, length > 0 else { return 0 }
        data.copyBytes(to: UnsafeMutableRawBufferPointer(start: target, count: length), from: position..<(position + length))
        position += length
        return length
    }

    private func seek(_ offset: UInt64, whence: Int32) -> UInt64 {
        let base = whence == SEEK_CUR ? position : whence == SEEK_END ? data.count : 0
        position = min(max(0, base &+ Int(truncatingIfNeeded: offset)), Int.max / 2)
        return UInt64(position)
    }
}
