import BSBCImageCodecs
import Foundation

extension Image {
    /// Decodes the first frame of a GIF file; throws a `DecodingProblem`.
    static func decodeGIF(_ data: Data, _ options: ImageDecodingOptions) throws -> Image {
        let source = GIFSource(data)
        var code: Int32 = 0
        let reader: InputFunc = { file, target, count in
            guard let pointer = file?.pointee.UserData, let target else { return 0 }
            return Int32(Unmanaged<GIFSource>.fromOpaque(pointer).takeUnretainedValue().read(into: target, count: Int(count)))
        }
        guard let file = DGifOpen(Unmanaged.passUnretained(source).toOpaque(), reader, &code) else { throw damaged(code) }
        defer {
            DGifCloseFile(file, nil)
            withExtendedLifetime(source) {}
        }
        var transparent = -1
        while true {
            var kind = UNDEFINED_RECORD_TYPE
            guard DGifGetRecordType(file, &kind) != 0 else { throw damaged(file.pointee.Error) }
            switch kind {
            case IMAGE_DESC_RECORD_TYPE: return try decodeFrame(file, transparent: transparent, options)
            case EXTENSION_RECORD_TYPE: transparent = try readExtension(file) ?? transparent
            case TERMINATE_RECORD_TYPE: throw DecodingProblem(reason: "its GIF data holds no picture")
            default: throw DecodingProblem(reason: "its GIF data is damaged")
            }
        }
    }

    /// Passes an extension; the transparent index, if it tells one.
    private static func readExtension(_ file: UnsafeMutablePointer<GifFileType>) throws -> Int? {
        var (code, block): (Int32, UnsafeMutablePointer<UInt8>?) = (0, nil)
        guard DGifGetExtension(file, &code, &block) != 0 else { throw damaged(file.pointee.Error) }
        var found: Int?
        while let bytes = block {
            if code == 0xF9, bytes[0] >= 4, bytes[1] & 1 == 1 { found = Int(bytes[4]) }
            guard DGifGetExtensionNext(file, &block) != 0 else { throw damaged(file.pointee.Error) }
        }
        return found
    }

    private static func decodeFrame(
        _ file: UnsafeMutablePointer<GifFileType>, transparent: Int, _ options: ImageDecodingOptions
    ) throws -> Image {
        guard DGifGetImageDesc(file) != 0 else { throw damaged(file.pointee.Error) }
        let frame = file.pointee.Image
        let (left, top, columns, rows) = (Int(frame.Left), Int(frame.Top), Int(frame.Width), Int(frame.Height))
        let (width, height) = (max(Int(file.pointee.SWidth), left + columns), max(Int(file.pointee.SHeight), top + rows))
        _ = try checkedPixelCount(width, height, options)
        guard let map = frame.ColorMap ?? file.pointee.SColorMap else { throw DecodingProblem(reason: "its GIF data has no colors") }
        var image = Image(width: width, height: height, fill: options.background)
        var line = [UInt8](repeating: 0, count: columns)
        for y in frame.Interlace ? interlaced(rows) : Array(0..<rows) {
            guard DGifGetLine(file, &line, Int32(columns)) != 0 else { throw damaged(file.pointee.Error) }
            for (x, index) in line.enumerated() where Int(index) != transparent && Int(index) < Int(map.pointee.ColorCount) {
                let color = map.pointee.Colors[Int(index)]
                image[left + x, top + y] = Color(color.Red, color.Green, color.Blue)
            }
        }
        return image
    }

    /// The rows in the order in which an interlaced picture has them.
    private static func interlaced(_ rows: Int) -> [Int] {
        [(0, 8), (4, 8), (2, 4), (1, 2)].flatMap { Array(stride(from: $0.0, to: rows, by: $0.1)) }
    }

    private static func damaged(_ code: Int32) -> DecodingProblem {
        let text = GifErrorString(code).map { " (\(String(cString: $0)))" } ?? ""
        return DecodingProblem(reason: "its GIF data is damaged or cut short\(text)", hint: "save it again")
    }
}

/// The bytes of a file as the decoder asks for them.
private final class GIFSource {
    private let data: Data
    private var position = 0

    init(_ data: Data) { self.data = Data(data) }

    func read(into target: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
        let length = min(count, data.count - position)
        data.copyBytes(to: target, from: position..<(position + length))
        position += length
        return length
    }
}
