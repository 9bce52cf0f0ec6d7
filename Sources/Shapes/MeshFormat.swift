import Basics
import Foundation

/// The file formats that meshes are read from.
public enum MeshFormat: String, CaseIterable, Sendable, Codable {
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
    public init?(sniffing data: Data, path: String?) {
        let head = [UInt8](data.prefix(4096))
        let promised = path.flatMap { MeshFormat(fileExtension: URL(fileURLWithPath: $0).pathExtension) }
        if let proven = Self.proven(by: head) {
            self = proven
        } else if let promised {
            self = promised
        } else if let guessed = Self.guessed(from: head, size: data.count) {
            self = guessed
        } else {
            return nil
        }
    }

    /// The format with this file name extension, in any case, without the dot.
    public init?(fileExtension: String) {
        self.init(rawValue: fileExtension.lowercased())
    }

    private static func proven(by head: [UInt8]) -> MeshFormat? {
        if head.starts(with: Array("glTF".utf8)) { return .glb }
        let text = head.drop { $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
        if text.starts(with: Array("ply".utf8)), let next = text.dropFirst(3).first, next == 10 || next == 13 || next == 32 {
            return .ply
        }
        let word = text.prefix { $0 > 32 }
        if OFFReader.Variant(header: String(decoding: word, as: UTF8.self)) != nil { return .off }
        return nil
    }

    private static func guessed(from head: [UInt8], size: Int) -> MeshFormat? {
        if STLReader.isBinary(head: head, size: size) { return .stl }
        let text = String(decoding: head, as: UTF8.self)
        let start = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        if start.hasPrefix("{") && text.contains("\"asset\"") { return .gltf }
        if start.hasPrefix("solid") { return .stl }
        let lines = text.split(whereSeparator: \.isNewline)
        let vertexLines = lines.prefix { !$0.contains("\0") }.filter { $0.hasPrefix("v ") || $0.hasPrefix("v\t") }
        return vertexLines.count > 0 ? .obj : nil
    }
}
