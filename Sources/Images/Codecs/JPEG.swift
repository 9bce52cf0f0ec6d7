import BSBBasics
import BSBCImageCodecs
import Foundation

extension Image {
    /// Decodes baseline and progressive JPEG in grey, RGB, YCbCr, CMYK and YCCK; throws a `DecodingProblem`.
    static func decodeJPEG(_ data: Data, _ options: ImageDecodingOptions) throws -> Image {
        guard let decoder = tjInitDecompress() else { throw DecodingProblem(reason: "memory has run out") }
        defer { tjDestroy(decoder) }
        let markers = JPEGMarkers(data)
        if markers.isLossless { throw DecodingProblem(reason: "it is a lossless JPEG", hint: "convert it to PNG") }
        // Cut between two scans, a progressive picture is whole but coarse, and nobody could tell.
        if markers.isProgressive, !options.acceptsDamaged, !hasEnd(data) {
            throw DecodingProblem(reason: "its JPEG data is cut short: a progressive picture without its end", hint: "fetch it again")
        }
        // A missing end marker alone harms nothing: with one in place, only files that are really cut short raise a warning.
        let complete = data.suffix(2) == Data([0xFF, 0xD9]) ? data : data + Data([0xFF, 0xD9])
        let (width, height, pixels) = try complete.withUnsafeBytes { bytes in
            try decodeJPEG(decoder, bytes.bindMemory(to: UInt8.self), isAdobe: markers.isAdobe, options)
        }
        return Image(width: width, height: height, pixels: pixels).oriented(markers.orientation)
    }

    /// Whether an end marker follows the last scan.
    private static func hasEnd(_ data: Data) -> Bool {
        guard let scan = data.range(of: Data([0xFF, 0xDA]), options: .backwards) else { return false }
        return data.range(of: Data([0xFF, 0xD9]), in: scan.upperBound..<data.endIndex) != nil
    }

    private static func decodeJPEG(
        _ decoder: tjhandle, _ bytes: UnsafeBufferPointer<UInt8>, isAdobe: Bool, _ options: ImageDecodingOptions
    ) throws -> (width: Int, height: Int, pixels: [UInt8]) {
        var (width, height, subsampling, space) = (Int32(0), Int32(0), Int32(0), Int32(0))
        let length = UInt(bytes.count)
        let result = tjDecompressHeader3(decoder, bytes.baseAddress, length, &width, &height, &subsampling, &space)
        // An unusual subsampling is reported as an error although it can be decoded; the size is then known.
        guard result == 0 || width > 0 else { throw damaged(decoder) }
        guard width > 0 else {
            throw DecodingProblem(reason: "its JPEG data is cut short: it ends before it tells the picture's size", hint: "fetch it again")
        }
        let count = try checkedPixelCount(Int(width), Int(height), options)
        let isInk = space == Int32(TJCS_CMYK.rawValue) || space == Int32(TJCS_YCCK.rawValue)
        let format = isInk ? Int32(TJPF_CMYK.rawValue) : Int32(TJPF_RGB.rawValue)
        let channels = isInk ? 4 : 3
        var pixels = try [UInt8](unsafeUninitializedCapacity: count * channels) { buffer, initialized in
            // A damaged file may leave rows unwritten.
            buffer.initialize(repeating: 128)
            let code = tjDecompress2(
                decoder, bytes.baseAddress, length, buffer.baseAddress, width, 0, height, format, Int32(TJFLAG_LIMITSCANS))
            if code != 0 { try judge(decoder, options) }
            initialized = count * channels
        }
        if isInk { separateInks(&pixels, inverted: isAdobe) }
        return (Int(width), Int(height), pixels)
    }

    /// Decides whether what the decoder complained about makes the picture worthless.
    private static func judge(_ decoder: tjhandle, _ options: ImageDecodingOptions) throws {
        let isWarning = tjGetErrorCode(decoder) == Int32(TJERR_WARNING.rawValue)
        // Stray bytes between segments are skipped without loss.
        let isHarmless = String(cString: tjGetErrorStr2(decoder)).contains("extraneous bytes")
        guard isWarning, isHarmless || options.acceptsDamaged else { throw damaged(decoder) }
    }

    private static func damaged(_ decoder: tjhandle) -> DecodingProblem {
        DecodingProblem(reason: "its JPEG data is damaged (\(String(cString: tjGetErrorStr2(decoder))))", hint: "save it again")
    }

    /// Turns CMYK pixels into RGB in place; Adobe's files hold the absence of ink.
    private static func separateInks(_ pixels: inout [UInt8], inverted: Bool) {
        let count = pixels.count / 4
        let flip: UInt8 = inverted ? 0 : 255
        pixels.withUnsafeMutableBufferPointer { p in
            for i in 0..<count {
                let black = UInt32(p[4 * i + 3] ^ flip)
                for c in 0..<3 { p[3 * i + c] = UInt8((UInt32(p[4 * i + c] ^ flip) * black + 127) / 255) }
            }
        }
        pixels.removeLast(count)
    }

    /// The picture as a JPEG file; the same pixels give the same bytes.
    ///
    /// - Parameters:
    ///   - quality: from 1 (worst) to 100.
    ///   - subsampled: whether colour is kept at half the resolution, as cameras do.
    /// - Throws: a `Failure` of kind `.badInput` for a picture wider or higher than 65,500 pixels, `.internal` where memory runs out.
    package func jpegData(quality: Int = 90, subsampled: Bool = true) throws -> Data {
        guard max(width, height) <= 65_500 else {
            throw Failure(.badInput, "encoding a JPEG", reason: "\(width) x \(height) pixels are too many for JPEG", hint: "write a PNG")
        }
        guard let encoder = tjInitCompress() else { throw Failure(.internal, "encoding a JPEG", reason: "memory has run out") }
        defer { tjDestroy(encoder) }
        var encoded: UnsafeMutablePointer<UInt8>?
        var length: UInt = 0
        defer { tjFree(encoded) }
        let sampling = Int32((subsampled ? TJSAMP_420 : TJSAMP_444).rawValue)
        let code = pixels.withUnsafeBufferPointer { bytes in
            tjCompress2(
                encoder, bytes.baseAddress, Int32(width), 0, Int32(height), Int32(TJPF_RGB.rawValue), &encoded, &length, sampling,
                Int32(min(max(quality, 1), 100)), Int32(TJFLAG_ACCURATEDCT))
        }
        guard code == 0, let encoded else {
            throw Failure(.internal, "encoding a JPEG", reason: String(cString: tjGetErrorStr2(encoder)))
        }
        return Data(bytes: encoded, count: Int(length))
    }

    /// Writes the picture to a JPEG file, atomically; see ``jpegData(quality:subsampled:)``.
    ///
    /// - Throws: a `Failure` of kind `.badInput` or `.internal`.
    package func writeJPEG(to path: String, quality: Int = 90) throws {
        try AtomicFile.write(jpegData(quality: quality), to: path, operation: "writing the picture")
    }
}
