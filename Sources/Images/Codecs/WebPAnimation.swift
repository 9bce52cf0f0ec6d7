import BSBBasics
import BSBCImageCodecs
import Foundation

/// An animated WebP file that is made picture by picture: each is compressed when it comes, so that only compressed ones are kept.
///
/// The same pictures give the same bytes.
package final class WebPAnimation {
    /// Columns of every picture.
    package let width: Int
    /// Rows of every picture.
    package let height: Int
    private let encoder: OpaquePointer
    private var configuration: WebPConfig
    /// When the next picture is shown, in milliseconds from the start.
    private var time: Int32 = 0

    /// An endless loop of pictures of one size; `quality` is from 0 to 100.
    ///
    /// Throws `Failure` for a size that WebP does not have: more than 16,383 pixels on a side.
    package init(width: Int, height: Int, quality: Float = 80) throws {
        guard (1...16_383).contains(width), (1...16_383).contains(height) else {
            throw Self.failure("WebP has no pictures of \(width) x \(height) pixels", .usage)
        }
        var options = WebPAnimEncoderOptions()
        var configuration = WebPConfig()
        guard WebPAnimEncoderOptionsInit(&options) != 0, WebPConfigInit(&configuration) != 0,
            let encoder = WebPAnimEncoderNew(Int32(width), Int32(height), &options)
        else { throw Self.failure("the encoder cannot be made") }
        configuration.quality = quality
        (self.width, self.height, self.encoder, self.configuration) = (width, height, encoder, configuration)
    }

    deinit { WebPAnimEncoderDelete(encoder) }

    /// Adds a picture of the animation's size, which is shown for a while.
    ///
    /// Throws `Failure` if it cannot be encoded.
    package func add(_ image: Image, milliseconds: Int) throws {
        precondition(image.width == width && image.height == height && milliseconds > 0, "a picture of the animation's size")
        var picture = WebPPicture()
        guard WebPPictureInit(&picture) != 0 else { throw Self.failure("the picture cannot be made") }
        (picture.use_argb, picture.width, picture.height) = (1, Int32(width), Int32(height))
        defer { WebPPictureFree(&picture) }
        let isImported = image.pixels.withUnsafeBufferPointer { WebPPictureImportRGB(&picture, $0.baseAddress, Int32(3 * width)) }
        guard isImported != 0, WebPAnimEncoderAdd(encoder, &picture, time, &configuration) != 0 else { throw Self.failure(message) }
        time += Int32(milliseconds)
    }

    /// The file of all pictures so far, of which there is at least one; nothing can be added then.
    ///
    /// Throws `Failure` if there is none, or the file cannot be made.
    package func file() throws -> Data {
        var data = WebPData()
        guard time > 0, WebPAnimEncoderAdd(encoder, nil, time, nil) != 0, WebPAnimEncoderAssemble(encoder, &data) != 0,
            let bytes = data.bytes
        else { throw Self.failure(time > 0 ? message : "it has no picture") }
        defer { WebPFree(UnsafeMutableRawPointer(mutating: bytes)) }
        return Data(bytes: bytes, count: data.size)
    }

    private var message: String {
        let text = WebPAnimEncoderGetError(encoder).map { String(cString: $0) } ?? ""
        return text.isEmpty ? "a picture cannot be encoded" : text
    }

    private static func failure(_ reason: String, _ kind: Failure.Kind = .internal) -> Failure {
        Failure(kind, "making an animation", reason: reason)
    }
}
