import BSBBasics
import Foundation

/// The part of a glTF 2.0 document that geometry needs.
///
/// Everything is optional, as nothing in a file can be relied on.
struct GLTFDocument: Decodable {
    struct Asset: Decodable {
        var version: String?
    }

    struct Scene: Decodable {
        var name: String?
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
        var skin: Int?
        var weights: [Double]?
        var extensions: NodeExtensions?
    }

    struct NodeExtensions: Decodable {
        struct Instancing: Decodable {
            var attributes: [String: Int]?
        }

        var instancing: Instancing?

        enum CodingKeys: String, CodingKey { case instancing = "EXT_mesh_gpu_instancing" }
    }

    struct Skin: Decodable {
        var joints: [Int]?
        var inverseBindMatrices: Int?
    }

    struct Primitive: Decodable {
        var attributes: [String: Int]?
        var indices: Int?
        var mode: Int?
        var material: Int?
        var targets: [[String: Int]]?
        var extensions: PrimitiveExtensions?
    }

    struct PrimitiveExtensions: Decodable {
        struct Draco: Decodable {
            var bufferView: Int
            var attributes: [String: Int]?
        }

        var draco: Draco?

        enum CodingKeys: String, CodingKey { case draco = "KHR_draco_mesh_compression" }
    }

    struct TextureReference: Decodable {
        struct Extensions: Decodable {
            var transform: Placement?

            enum CodingKeys: String, CodingKey { case transform = "KHR_texture_transform" }
        }

        /// Where in the picture the places lie.
        struct Placement: Decodable {
            var offset: [Double]?
            var rotation: Double?
            var scale: [Double]?
            var texCoord: Int?
        }

        var index: Int
        var texCoord: Int?
        var extensions: Extensions?
    }

    struct Material: Decodable {
        struct MetallicRoughness: Decodable {
            var baseColorFactor: [Double]?
            var baseColorTexture: TextureReference?
        }

        struct Extensions: Decodable {
            struct SpecularGlossiness: Decodable {
                var diffuseFactor: [Double]?
                var diffuseTexture: TextureReference?
            }

            var specularGlossiness: SpecularGlossiness?

            enum CodingKeys: String, CodingKey { case specularGlossiness = "KHR_materials_pbrSpecularGlossiness" }
        }

        var name: String?
        var pbrMetallicRoughness: MetallicRoughness?
        var extensions: Extensions?

        /// The colour of the surface, in whichever of the two ways.
        var base: (factor: [Double]?, texture: TextureReference?) {
            if let other = extensions?.specularGlossiness { return (other.diffuseFactor, other.diffuseTexture) }
            return (pbrMetallicRoughness?.baseColorFactor, pbrMetallicRoughness?.baseColorTexture)
        }
    }

    struct Texture: Decodable {
        struct Extensions: Decodable {
            struct Source: Decodable {
                var source: Int?
            }

            var webp: Source?
            var avif: Source?
            var basisu: Source?
            var dds: Source?

            enum CodingKeys: String, CodingKey {
                case webp = "EXT_texture_webp"
                case avif = "EXT_texture_avif"
                case basisu = "KHR_texture_basisu"
                case dds = "MSFT_texture_dds"
            }
        }

        var source: Int?
        var extensions: Extensions?

        /// The picture in a form that is read.
        var readableSource: Int? { extensions?.webp?.source ?? extensions?.avif?.source ?? source }
    }

    struct Picture: Decodable {
        var name: String?
        var uri: String?
        var bufferView: Int?
    }

    struct MeshEntry: Decodable {
        var name: String?
        var primitives: [Primitive]?
        var weights: [Double]?
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

    /// A buffer view in the code of meshoptimizer.
    struct Meshopt: Decodable {
        var buffer: Int
        var byteOffset: Int?
        var byteLength: Int
        var byteStride: Int
        var count: Int
        var mode: String
        var filter: String?
    }

    struct ViewExtensions: Decodable {
        var meshopt: Meshopt?

        enum CodingKeys: String, CodingKey { case meshopt = "EXT_meshopt_compression" }
    }

    struct BufferView: Decodable {
        var extensions: ViewExtensions?
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
    var skins: [Skin]?
    var extensionsRequired: [String]?

    static let versionHint = "export it as glTF 2.0, for example by opening it in a viewer that reads 1.0"

    private struct Head: Decodable {
        var asset: Asset?
    }

    /// Decodes the document and refuses what could not be read rightly.
    ///
    /// - Throws: `Failure` for damaged JSON, another version, or a required extension that may change the geometry.
    init(json: Data) throws {
        do {
            // Version 1 has another shape altogether.
            let version = try JSONDecoder().decode(Head.self, from: json).asset?.version ?? "2.0"
            guard version.hasPrefix("2.") else {
                throw Failure.mesh("this is glTF \(version.prefix(20)), which is not read; only 2.0 is", hint: Self.versionHint)
            }
            self = try JSONDecoder().decode(GLTFDocument.self, from: json)
            try checkNames(json)
        } catch let error as DecodingError {
            throw Failure.mesh("the JSON is not a glTF document: \(Self.explanation(error))")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure.mesh("the JSON is damaged")
        }
        for name in extensionsRequired ?? [] where !Self.isRead(name) && !Self.isHarmless(name) {
            throw Failure.mesh(
                "the file requires the extension \(name.prefix(60)), which is not read",
                hint: name.contains("compression") ? "export it without compression" : "export it without the extension")
        }
    }

    /// Refuses a document that has a list twice: which of the two is meant nobody can know, and what writes parts might take the other one.
    private func checkNames(_ json: Data) throws {
        let object = try JSONSerialization.jsonObject(with: json) as? [String: Any] ?? [:]
        let counts = [
            "scenes": scenes?.count, "nodes": nodes?.count, "meshes": meshes?.count, "materials": materials?.count, "images": images?.count,
        ]
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) where (object[name] as? [[String: Any]])?.count ?? 0 != count ?? 0 {
            throw Failure.mesh("the JSON has '\(name)' twice", hint: "names in JSON are to be there once; remove one of the two")
        }
    }

    /// Required extensions that are not heeded, since they do not touch the shape or its colours.
    var passedOver: [String] { (extensionsRequired ?? []).filter { !Self.isRead($0) && Self.isHarmless($0) } }

    private static func isRead(_ name: String) -> Bool {
        [
            "KHR_mesh_quantization", "KHR_draco_mesh_compression", "EXT_meshopt_compression", "EXT_mesh_gpu_instancing",
            "KHR_texture_transform", "EXT_texture_webp", "EXT_texture_avif", "KHR_materials_pbrSpecularGlossiness",
        ].contains(name)
    }

    private static func isHarmless(_ name: String) -> Bool {
        [
            "KHR_materials_", "KHR_texture_", "EXT_texture_", "MSFT_texture_", "MSFT_packing_", "ADOBE_materials_", "KHR_lights_",
            "EXT_lights_",
            "KHR_xmp", "KHR_animation_", "KHR_audio", "KHR_interactivity", "KHR_physics", "KHR_techniques_webgl", "KHR_node_", "VRM",
            "EXT_structural_metadata", "EXT_mesh_features", "EXT_instance_features", "EXT_feature_metadata", "FB_", "OMI_", "GODOT_",
            "CESIUM_primitive_outline", "EXT_mesh_manifold", "AGI_", "MPEG_media", "NV_materials_",
        ].contains { name.hasPrefix($0) }
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
