import BSBBasics
import BSBCImageCodecs
import Foundation

extension Image {
    /// Decodes every colour type, bit depth and interlacing of PNG; throws a `DecodingProblem`.
    static func decodePNG(_ data: Data, _ options: ImageDecodingOptions) throws -> Image {
        guard let context = spng_ctx_new(0) else { throw DecodingProblem(reason: "memory has run out") }
        defer { spng_ctx_free(context) }
        // The context reads from the buffer until it is freed, so everything happens within the closure.
        return try data.withUnsafeBytes { bytes in
            try check(spng_set_png_buffer(context, bytes.baseAddress, bytes.count))
            try check(spng_set_crc_action(context, Int32(SPNG_CRC_ERROR.rawValue), Int32(SPNG_CRC_DISCARD.rawValue)))
            try check(spng_set_chunk_limits(context, 1 << 26, 1 << 27))
            return try decodePNG(context, options)
        }
    }

    private static func decodePNG(_ context: OpaquePointer, _ options: ImageDecodingOptions) throws -> Image {
        var header = spng_ihdr()
        try check(spng_get_ihdr(context, &header))
        let count = try checkedPixelCount(Int(header.width), Int(header.height), options)
        var transparency = spng_trns()
        let hasAlpha = header.color_type & 4 != 0 || spng_get_trns(context, &transparency) == 0
        let image: Image
        if header.bit_depth == 16 {
            var pixels = DeepLevels.bytes(try deepLevels(context, count), channels: 4, hasAlpha: true)
            flatten(&pixels, over: options.background)
            image = Image(width: Int(header.width), height: Int(header.height), pixels: pixels)
        } else {
            image = try decodeBytes(context, header, hasAlpha: hasAlpha, options)
        }
        var exif = spng_exif()
        guard spng_get_exif(context, &exif) == 0, let start = exif.data else { return image }
        return image.oriented(Orientation(exif: Data(bytes: start, count: exif.length)))
    }

    /// Four channels of 16 bits for each pixel.
    private static func deepLevels(_ context: OpaquePointer, _ count: Int) throws -> [UInt16] {
        try [UInt16](unsafeUninitializedCapacity: 4 * count) { buffer, initialized in
            try check(
                spng_decode_image(context, buffer.baseAddress, 8 * count, Int32(SPNG_FMT_RGBA16.rawValue), Int32(SPNG_DECODE_TRNS.rawValue))
            )
            initialized = 4 * count
        }
    }

    private static func decodeBytes(
        _ context: OpaquePointer, _ header: spng_ihdr, hasAlpha: Bool, _ options: ImageDecodingOptions
    ) throws -> Image {
        let size = Int(header.width) * Int(header.height) * (hasAlpha ? 4 : 3)
        let format = Int32((hasAlpha ? SPNG_FMT_RGBA8 : SPNG_FMT_RGB8).rawValue)
        var pixels = try [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            // Refuses any length but that of the whole picture, so all of the buffer is written.
            try check(spng_decode_image(context, buffer.baseAddress, size, format, Int32(SPNG_DECODE_TRNS.rawValue)))
            initialized = size
        }
        if hasAlpha { flatten(&pixels, over: options.background) }
        return Image(width: Int(header.width), height: Int(header.height), pixels: pixels)
    }

    private static func check(_ code: Int32) throws {
        guard code != 0 else { return }
        throw DecodingProblem(reason: "its PNG data is damaged (\(String(cString: spng_strerror(code))))")
    }

    /// The picture as a PNG file; the same pixels give the same bytes.
    ///
    /// - Parameter compression: the effort from 0 (none) to 9 (smallest).
    /// - Throws: a `Failure` of kind `.internal` where memory runs out.
    public func pngData(compression: Int = 5) throws -> Data {
        try encodePNG(pixels, width, height, SPNG_COLOR_TYPE_TRUECOLOR, SPNG_FILTER_CHOICE_UP, compression: compression)
    }

    /// Writes the picture to a PNG file, atomically.
    ///
    /// - Throws: a `Failure` of kind `.internal`.
    public func writePNG(to path: String) throws {
        try AtomicFile.write(pngData(), to: path, operation: "writing the picture")
    }
}

extension Image {
    /// Whole numbers of 0...255 as a grey PNG file, such as the labels of pixels: height x width.
    ///
    /// - Throws: a `Failure` of kind `.internal` where memory runs out.
    package static func greyPNGData(_ levels: [UInt8], width: Int, height: Int) throws -> Data {
        precondition(levels.count == width * height, "levels must be height x width")
        return try encodePNG(levels, width, height, SPNG_COLOR_TYPE_GRAYSCALE, SPNG_FILTER_CHOICE_NONE, compression: 5)
    }
}

extension Mask {
    /// The mask as a grey PNG file of 0 and 255.
    ///
    /// - Throws: a `Failure` of kind `.internal` where memory runs out.
    public func pngData() throws -> Data {
        try encodePNG(bytes(inside: 255), width, height, SPNG_COLOR_TYPE_GRAYSCALE, SPNG_FILTER_CHOICE_NONE, compression: 5)
    }

    /// Writes the mask to a grey PNG file of 0 and 255, atomically.
    ///
    /// - Throws: a `Failure` of kind `.internal`.
    public func writePNG(to path: String) throws {
        try AtomicFile.write(pngData(), to: path, operation: "writing the mask")
    }

    /// One byte for each pixel, `inside` or 0: height x width.
    package func bytes(inside: UInt8) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: width * height)
        forEachSpan { y, range in
            for x in range { result[y * width + x] = inside }
        }
        return result
    }
}

/// A grey picture of 16 bits a pixel, such as a map of depths.
package struct DeepGreyImage: Sendable, Hashable {
    /// Columns.
    package let width: Int
    /// Rows.
    package let height: Int
    /// height x width.
    package var values: [UInt16]

    /// A picture of the given values.
    package init(width: Int, height: Int, values: [UInt16]) {
        precondition(width > 0 && height > 0 && values.count == width * height, "values must be height x width")
        (self.width, self.height, self.values) = (width, height, values)
    }

    /// The picture as a grey PNG file of 16 bits.
    ///
    /// - Throws: a `Failure` of kind `.internal` where memory runs out.
    package func pngData() throws -> Data {
        try encodePNG(values, width, height, SPNG_COLOR_TYPE_GRAYSCALE, SPNG_FILTER_CHOICE_UP, compression: 6)
    }
}

/// Encodes pixels of 8 or 16 bits.
private func encodePNG<Level: FixedWidthInteger>(
    _ pixels: [Level], _ width: Int, _ height: Int, _ kind: spng_color_type, _ filter: spng_filter_choice, compression: Int
) throws -> Data {
    func check(_ code: Int32) throws {
        guard code != 0 else { return }
        throw Failure(.internal, "encoding a PNG", reason: String(cString: spng_strerror(code)))
    }
    guard let context = spng_ctx_new(Int32(SPNG_CTX_ENCODER.rawValue)) else {
        throw Failure(.internal, "encoding a PNG", reason: "memory has run out")
    }
    defer { spng_ctx_free(context) }
    var header = spng_ihdr(
        width: UInt32(width), height: UInt32(height), bit_depth: UInt8(Level.bitWidth), color_type: UInt8(kind.rawValue),
        compression_method: 0,
        filter_method: 0, interlace_method: 0)
    try check(spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1))
    try check(spng_set_option(context, SPNG_IMG_COMPRESSION_LEVEL, Int32(min(max(compression, 0), 9))))
    try check(spng_set_option(context, SPNG_FILTER_CHOICE, Int32(filter.rawValue)))
    try check(spng_set_ihdr(context, &header))
    try pixels.withUnsafeBytes { bytes in
        try check(
            spng_encode_image(
                context, bytes.baseAddress, bytes.count, Int32(SPNG_FMT_PNG.rawValue), Int32(SPNG_ENCODE_FINALIZE.rawValue)))
    }
    var length = 0
    var code: Int32 = 0
    guard let encoded = spng_get_png_buffer(context, &length, &code) else {
        throw Failure(.internal, "encoding a PNG", reason: String(cString: spng_strerror(code)))
    }
    // The buffer is now ours to free.
    return Data(bytesNoCopy: encoded, count: length, deallocator: .free)
}
