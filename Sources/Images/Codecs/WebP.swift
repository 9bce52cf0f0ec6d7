import BSBCImageCodecs
import Foundation

extension Image {
    /// Decodes WebP pictures, lossy and lossless, and the first frame of animations; throws a `DecodingProblem`.
    static func decodeWebP(_ data: Data, _ options: ImageDecodingOptions) throws -> Image {
        let image = try data.withUnsafeBytes { try decodeWebP($0.bindMemory(to: UInt8.self), options) }
        return image.oriented(orientationOfWebP(data))
    }

    private static func decodeWebP(_ bytes: UnsafeBufferPointer<UInt8>, _ options: ImageDecodingOptions) throws -> Image {
        var features = WebPBitstreamFeatures()
        guard WebPGetFeatures(bytes.baseAddress, bytes.count, &features) == VP8_STATUS_OK else {
            throw DecodingProblem(reason: "its WebP header is damaged")
        }
        if features.has_animation != 0 { return try decodeFirstFrame(bytes, features, options) }
        let (width, height) = (Int(features.width), Int(features.height))
        let size = try checkedPixelCount(width, height, options) * 4
        var pixels = try [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            // All of the buffer is written where the result is not null.
            guard WebPDecodeRGBAInto(bytes.baseAddress, bytes.count, buffer.baseAddress, size, Int32(4 * width)) != nil else {
                throw DecodingProblem(reason: "its WebP data is damaged or cut short")
            }
            initialized = size
        }
        flatten(&pixels, over: options.background)
        return Image(width: width, height: height, pixels: pixels)
    }

    private static func decodeFirstFrame(
        _ bytes: UnsafeBufferPointer<UInt8>, _ features: WebPBitstreamFeatures, _ options: ImageDecodingOptions
    ) throws -> Image {
        let count = try checkedPixelCount(Int(features.width), Int(features.height), options)
        var data = WebPData(bytes: bytes.baseAddress, size: bytes.count)
        guard let decoder = WebPAnimDecoderNew(&data, nil) else { throw DecodingProblem(reason: "its WebP animation is damaged") }
        defer { WebPAnimDecoderDelete(decoder) }
        var (frame, timestamp): (UnsafeMutablePointer<UInt8>?, Int32) = (nil, 0)
        guard WebPAnimDecoderGetNext(decoder, &frame, &timestamp) != 0, let frame else {
            throw DecodingProblem(reason: "its WebP animation is damaged or cut short")
        }
        var pixels = Array(UnsafeBufferPointer(start: frame, count: 4 * count))
        flatten(&pixels, over: options.background)
        return Image(width: Int(features.width), height: Int(features.height), pixels: pixels)
    }

    /// The orientation of the EXIF chunk of the RIFF container, if there is one.
    private static func orientationOfWebP(_ data: Data) -> Orientation {
        let bytes = Data(data)
        var position = 12
        while position + 8 <= bytes.count {
            let length = (0..<4).reduce(0) { $0 | Int(bytes[position + 4 + $1]) << (8 * $1) }
            let end = position + 8 + length
            guard end <= bytes.count else { break }
            if bytes[position..<(position + 4)].elementsEqual("EXIF".utf8) {
                let content = bytes.subdata(in: (position + 8)..<end)
                return Orientation(exif: content.starts(with: Array("Exif\0\0".utf8)) ? content.dropFirst(6) : content)
            }
            position = end + length % 2
        }
        return .upright
    }
}
