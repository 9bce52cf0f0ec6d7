import Basics
import Foundation

/// The part of a glTF 2.0 document that geometry needs.
///
/// Everything is optional, as nothing in a file can be relied on.
struct GLTFDocument: Decodable {
    struct Asset: Decodable {
        var version: String?
    }

    struct Scene: Decodable {
        var nodes: [Int]?
    }

    struct Node: Decodable {
        var name: String?
        var mesh: Int?
        var children: [Int]?
        var matrix: [Double]?
        var translation: [Double]?
        var rotation: [Double]?
        var scale: [Double]?
    }

    struct Primitive: Decodable {
        var attributes: [String: Int]?
        var indices: Int?
        var mode: Int?
        var material: Int?
    }

    struct TextureReference: Decodable {
        var index: Int
        var texCoord: Int?
    }

    struct Material: Decodable {
        struct MetallicRoughness: Decodable {
            var baseColorFactor: [Double]?
            var baseColorTexture: TextureReference?
        }

        var name: String?
        var pbrMetallicRoughness: MetallicRoughness?
    }

    struct Texture: Decodable {
        var source: Int?
    }

    struct Picture: Decodable {
        var uri: String?
        var bufferView: Int?
    }

    struct MeshEntry: Decodable {
        var name: String?
        var primitives: [Primitive]?
    }

    struct Sparse: Decodable {
        struct Indices: Decodable {
            var bufferView: Int
            var byteOffset: Int?
            var componentType: Int
        }

        struct Values: Decodable {
            var bufferView: Int
            var byteOffset: Int?
        }

        var count: Int
        var indices: Indices
        var values: Values
    }

    struct Accessor: Decodable {
        var bufferView: Int?
        var byteOffset: Int?
        var componentType: Int
        var normalized: Bool?
        var count: Int
        var type: String
        var sparse: Sparse?
    }

    struct BufferView: Decodable {
        var buffer: Int
        var byteOffset: Int?
        var byteLength: Int
        var byteStride: Int?
    }

    struct Buffer: Decodable {
        var byteLength: Int
        var uri: String?
    }

    var asset: Asset?
    var scene: Int?
    var scenes: [Scene]?
    var nodes: [Node]?
    var meshes: [MeshEntry]?
    var accessors: [Accessor]?
    var bufferViews: [BufferView]?
    var buffers: [Buffer]?
    var materials: [Material]?
    var textures: [Texture]?
    var images: [Picture]?
    var extensionsRequired: [String]?

    /// Decodes the document and refuses what could not be read rightly.
    ///
    /// - Throws: `Failure` for damaged JSON, another version, or a required extension that changes the geometry.
    init(json: Data) throws {
        do {
            self = try JSONDecoder().decode(GLTFDocument.self, from: json)
        } catch let error as DecodingError {
            throw Failure.mesh("the JSON is not a glTF document: \(Self.explanation(error))")
        } catch {
            throw Failure.mesh("the JSON is damaged")
        }
        let version = asset?.version ?? "2.0"
        guard version.hasPrefix("2.") else { throw Failure.mesh("glTF version \(version.prefix(20)) is not read", hint: "only 2.0 is") }
        for name in extensionsRequired ?? [] where !Self.isHarmless(name) {
            let isCompressed = name.contains("draco") || name.contains("meshopt")
            throw Failure.mesh(
                "the file requires the extension \(name.prefix(60)), which is not read",
                hint: isCompressed ? "export it without mesh compression" : nil)
        }
    }

    private static func isHarmless(_ name: String) -> Bool {
        let prefixes = ["KHR_mesh_quantization", "KHR_materials_", "KHR_texture_", "EXT_texture_", "KHR_lights_"]
        return prefixes.contains { name.hasPrefix($0) }
    }

    private static func explanation(_ error: DecodingError) -> String {
        let context: DecodingError.Context
        switch error {
        case .dataCorrupted(let found), .typeMismatch(_, let found), .keyNotFound(_, let found), .valueNotFound(_, let found):
            context = found
        @unknown default: return "unknown"
        }
        let place = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: "/")
        return place.isEmpty ? context.debugDescription : "\(place): \(context.debugDescription)"
    }
}
