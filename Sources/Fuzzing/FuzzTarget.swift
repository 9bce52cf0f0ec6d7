import ArgumentParser
import BSBAnswering
import BSBBasics
import BSBImages
import BSBInteractiveSegmentation
import BSBShapes
import BSBWorkbench
import Foundation

/// What is fed with damaged bytes: everything that reads what others made.
enum FuzzTarget: String, CaseIterable, ExpressibleByArgument {
    case obj, off, ply, stl, gltf, glb
    /// Any mesh, by its content, as commands read it.
    case mesh
    /// Any picture, by its content: PNG, JPEG, WebP, HEIF, TIFF, BMP, GIF.
    case picture
    /// A list of clicks in JSON.
    case clicks
    case safetensors
    /// A decoder of `bsb train`.
    case decoder
    /// A NumPy array.
    case numpy
    /// An entry of the cache, its checksum taken off.
    case cache

    /// Endings of the files that it starts from; empty for all.
    var endings: Set<String> {
        switch self {
        case .obj, .off, .ply, .stl, .gltf, .glb: [rawValue]
        case .mesh: ["obj", "off", "ply", "stl", "gltf", "glb"]
        case .picture: ["png", "jpg", "jpeg", "webp", "heic", "avif", "tif", "tiff", "bmp", "gif"]
        case .clicks: ["json"]
        case .safetensors, .decoder: ["safetensors"]
        case .numpy: ["npy"]
        case .cache: ["grid", "npy"]
        }
    }

    /// Reads the bytes, and does with what comes of them what commands do.
    ///
    /// A `Failure` is a good answer; a trap or a hang is a finding.
    func run(_ data: Data) throws {
        switch self {
        case .obj, .off, .ply, .stl, .gltf, .glb: try use(Mesh(data: data, format: MeshFormat(rawValue: rawValue)!, options: limits))
        case .mesh: try use(Mesh(sniffing: data, path: "input", hasNeighbours: false, options: limits))
        case .picture: _ = try Image.decode(data, options: ImageDecodingOptions(maximumPixels: 4_000_000))
        case .clicks: try withFile(data) { _ = try ClickList(contentsOf: $0) }
        case .safetensors: _ = try Safetensors(data)
        case .decoder: _ = try TrainedDecoder(data)
        case .numpy: _ = try NumPyArray(decoding: data).floats()
        case .cache: CacheReading.read(data)
        }
    }

    private var limits: MeshReadingOptions { MeshReadingOptions(maximumFaces: 50_000) }

    private func use(_ mesh: Mesh) throws {
        _ = MeshReport(mesh).warnings
        _ = MeshContents(mesh).lines()
        let ofFace = (0..<mesh.fileFaceCount).map { $0 % 3 == 0 ? 0 : -1 }
        let parts = MeshParts([.init(name: "part", color: .one)], ofFileFace: ofFace)
        _ = try mesh.objFiles(parts: parts, name: "part")
        _ = try mesh.glbData(parts: parts)
        _ = try mesh.plyData(attributes: MeshAttributes(pictures: mesh.pictureNames(beside: "part")))
    }

    private func withFile(_ data: Data, _ body: (String) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "/fuzz-\(getpid()).json"
        defer { unlink(path) }
        try data.write(to: URL(fileURLWithPath: path))
        try body(path)
    }
}
