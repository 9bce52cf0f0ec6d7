import BSBBasics
import Foundation

/// The file formats that meshes are read from.
package enum MeshFormat: String, CaseIterable, Sendable, Codable {
    /// Wavefront OBJ.
    case obj
    /// Geomview OFF and its COFF, NOFF and STOFF variants.
    case off
    /// Stanford PLY, ascii or binary.
    case ply
    /// Stereolithography, ascii or binary.
    case stl
    /// glTF 2.0 as JSON, with its buffers embedded or beside it.
    case gltf
    /// glTF 2.0 as one binary file.
    case glb

    /// The format that a file's first bytes prove, else the one its name promises, else a guess from its text.
    ///
    /// Contents win over the name, because files are renamed more often than they are converted. Nil: it looks like no mesh at all.
    package init?(sniffing data: Data, path: String?) {
        let head = [UInt8](data.prefix(4096))
        let promised = path.flatMap { MeshFormat(fileExtension: URL(fileURLWithPath: $0).pathExtension) }
        if let proven = Self.proven(by: head, size: data.count) {
            self = proven
        } else if ForeignFile(data) != nil {
            return nil
        } else if promised != .off, promised != .obj, Self.isOBJ(head) {
            // OFF may lack its keyword, and OBJ may begin with whatever it likes.
            self = .obj
        } else if let promised {
            self = promised
        } else {
            return nil
        }
    }

    /// The format with this file name extension, in any case, without the dot.
    package init?(fileExtension: String) {
        self.init(rawValue: fileExtension.lowercased())
    }

    private static func proven(by head: [UInt8], size: Int) -> MeshFormat? {
        if head.starts(with: Array("glTF".utf8)) { return .glb }
        if STLReader.isBinary(head: head, size: size) { return .stl }
        let bytes = head.drop { $0 == 0xEF || $0 == 0xBB || $0 == 0xBF || $0 == 32 || (9...13).contains($0) }
        let word = String(decoding: bytes.prefix { $0 > 32 }.prefix(12), as: UTF8.self)
        if word.uppercased() == "PLY" { return .ply }
        if OFFReader.Variant(header: word) != nil { return .off }
        let text = String(decoding: bytes, as: UTF8.self)
        if word.hasPrefix("{"), ["\"asset\"", "\"accessors\"", "\"bufferViews\""].contains(where: text.contains) { return .gltf }
        if word.lowercased() == "solid", !head.contains(0), text.range(of: "facet", options: .caseInsensitive) != nil { return .stl }
        return nil
    }

    /// Whether the text has lines of vertices.
    private static func isOBJ(_ head: [UInt8]) -> Bool {
        let lines = String(decoding: head, as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.prefix { !$0.contains("\0") }.contains { $0.wholeMatch(of: /[vV][ \t]+[-+.0-9].*/) != nil }
    }
}
