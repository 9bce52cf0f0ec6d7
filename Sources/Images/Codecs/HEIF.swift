import BSBCImageCodecs
import Foundation

/// libheif, if the system has it; opened when the first such picture is read.
private let heifLibrary: bsb_heif? = {
    var functions = bsb_heif()
    for name in ["libheif.so.1", "libheif.1.dylib", "libheif.dylib"] where bsb_heif_open(name, &functions) != 0 { return functions }
    return nil
}()

extension Image {
    /// Decodes the main picture of a HEIC or AVIF file as it is to be seen; throws a `DecodingProblem`.
    ///
    /// Turns and mirrors are part of the format and done by libheif; the EXIF orientation in such files repeats them.
    static func decodeHEIF(_ data: Data, _ options: ImageDecodingOptions) throws -> Image {
        guard let heif = heifLibrary else {
            throw DecodingProblem(
                reason: "it is a HEIC or AVIF picture, and the library that reads those is not there",
                hint: "install libheif (Debian: libheif1), or convert it to PNG or JPEG")
        }
        guard let context = heif.context_alloc() else { throw DecodingProblem(reason: "memory has run out") }
        defer { heif.context_free(context) }
        return try data.withUnsafeBytes { bytes in
            try check(heif.context_read_from_memory_without_copy(context, bytes.baseAddress, bytes.count, nil))
            var handle: OpaquePointer?
            try check(heif.context_get_primary_image_handle(context, &handle))
            defer { heif.image_handle_release(handle) }
            // Decoders take memory by what streams say, not by what the container says of them.
            for size in HEIFStreamSizes(bytes).sizes where size.width > 0 && size.height > 0 {
                _ = try checkedPixelCount(size.width, size.height, options)
            }
            return try decodeHEIF(handle, heif, options)
        }
    }

    private static func decodeHEIF(_ handle: OpaquePointer?, _ heif: bsb_heif, _ options: ImageDecodingOptions) throws -> Image {
        _ = try checkedPixelCount(Int(heif.image_handle_get_width(handle)), Int(heif.image_handle_get_height(handle)), options)
        let hasAlpha = heif.image_handle_has_alpha_channel(handle) != 0
        var image: OpaquePointer?
        let chroma = hasAlpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB
        try check(heif.decode_image(handle, &image, heif_colorspace_RGB, chroma, nil))
        defer { heif.image_release(image) }
        let (width, height) = (
            Int(heif.image_get_width(image, heif_channel_interleaved)), Int(heif.image_get_height(image, heif_channel_interleaved))
        )
        let count = try checkedPixelCount(width, height, options)
        var stride: Int32 = 0
        guard let plane = heif.image_get_plane_readonly(image, heif_channel_interleaved, &stride) else {
            throw DecodingProblem(reason: "its HEIF data has no pixels")
        }
        let row = width * (hasAlpha ? 4 : 3)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(count * (hasAlpha ? 4 : 3))
        for y in 0..<height { pixels += UnsafeBufferPointer(start: plane + y * Int(stride), count: row) }
        if hasAlpha { flatten(&pixels, over: options.background) }
        return Image(width: width, height: height, pixels: pixels)
    }

    private static func check(_ error: heif_error) throws {
        guard error.code != heif_error_Ok else { return }
        let text = error.message.map { String(cString: $0) } ?? "unknown"
        throw DecodingProblem(reason: "its HEIC or AVIF data cannot be decoded (\(text))", hint: "convert it to PNG or JPEG")
    }
}
