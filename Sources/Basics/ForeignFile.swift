import Foundation

/// What a file is that is none of those that are read, for messages: archives, pages that a download gave instead of a file, other formats.
package struct ForeignFile: Sendable {
    /// What it is, as in "this is …".
    package var name: String
    /// What to do about it, where there is more to do than to convert it.
    package var hint: String?

    /// Looks at a file's first bytes; nil if they are of nothing known.
    package init?(_ data: Data) {
        let head = [UInt8](data.prefix(512))
        if let (_, name, hint) = Self.signatures.first(where: { head.starts(with: $0.bytes) }) {
            self.init(name: name, hint: hint)
            return
        }
        let text = String(decoding: head.drop { $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        if let (_, name, hint) = Self.texts.first(where: { text.hasPrefix($0.start) }) {
            self.init(name: name, hint: hint)
        } else if text.hasPrefix("<?xml") {
            self.init(name: text.contains("<collada") ? "a COLLADA file" : text.contains("<svg") ? "an SVG drawing" : "an XML file")
        } else if head.count > 12, head[4..<8].elementsEqual("ftyp".utf8) {
            self.init(name: "a video, or a picture of a kind that is not known")
        } else {
            return nil
        }
    }

    private init(name: String, hint: String? = nil) {
        (self.name, self.hint) = (name, hint)
    }

    private static let unpack = "unpack it first"
    private static let page = "the download gave a page instead of the file: fetch it again"

    private static let signatures: [(bytes: [UInt8], name: String, hint: String?)] = [
        ([0x1F, 0x8B], "a file packed with gzip", unpack), (Array("PK\u{3}\u{4}".utf8), "a ZIP archive, 3MF or USDZ", unpack),
        (Array("BZh".utf8), "a file packed with bzip2", unpack), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "a file packed with xz", unpack),
        ([0x28, 0xB5, 0x2F, 0xFD], "a file packed with Zstandard", unpack), ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive", unpack),
        (Array("Rar!".utf8), "a RAR archive", unpack), (Array("Kaydara FBX Binary".utf8), "an FBX file", nil),
        (Array("; FBX".utf8), "an FBX file", nil), (Array("BLENDER".utf8), "a Blender file", nil),
        (Array("PXR-USDC".utf8), "a USD file", nil),
        (Array("#usda".utf8), "a USD file", nil), (Array("#VRML".utf8), "a VRML file", nil),
        (Array("ISO-10303-21".utf8), "a STEP file", nil),
        (Array("DRACO".utf8), "a bare Draco file", nil), (Array("%PDF".utf8), "a PDF document", nil),
        ([0x89, 0x50, 0x4E, 0x47], "a PNG picture and no mesh format", nil), ([0xFF, 0xD8, 0xFF], "a JPEG picture", nil),
        (Array("GIF8".utf8), "a GIF picture", nil), (Array("RIFF".utf8), "a sound, video or WebP picture", nil),
        (Array("8BPS".utf8), "a Photoshop file", nil), ([0, 0, 1, 0], "an icon", nil), ([0xFF, 0x0A], "a JPEG XL picture", nil),
        ([0, 0, 0, 0x0C, 0x4A, 0x58, 0x4C, 0x20], "a JPEG XL picture", nil), ([0xFF, 0x4F, 0xFF, 0x51], "a JPEG 2000 picture", nil),
        ([0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20], "a JPEG 2000 picture", nil), ([0x76, 0x2F, 0x31, 0x01], "an OpenEXR picture", nil),
        (Array("#?RADIANCE".utf8), "a Radiance HDR picture", nil), (Array("DDS ".utf8), "a DDS picture", nil),
        ([0xAB, 0x4B, 0x54, 0x58], "a KTX picture", nil), (Array("glTF".utf8), "a glTF mesh", nil),
        (Array("ply\n".utf8), "a PLY mesh", nil),
        (Array("FUJIFILM".utf8), "a raw photo", nil), ([0x1A, 0x45, 0xDF, 0xA3], "a video", nil),
    ]

    private static let texts: [(start: String, name: String, hint: String?)] = [
        ("<!doctype html", "an HTML page", page), ("<html", "an HTML page", page),
        ("version https://git-lfs", "a Git LFS pointer, not the file itself", "fetch it with 'git lfs pull'"),
        ("<collada", "a COLLADA file", nil), ("<x3d", "an X3D file", nil), ("<svg", "an SVG drawing", nil),
    ]
}
