import BSBAnswering
import BSBBasics
import BSBRendering
import BSBShapes
import BSBWorkbench
import Foundation
import Synchronization

/// A photo that is open, and where its file is.
package struct HeldPhoto: Sendable {
    /// What it is asked for by.
    package let id: Identifier
    /// The photo.
    package let photo: OpenPhoto
    /// The upload that goes with it.
    let upload: Identifier
    /// The file: the user's own, or one of the upload.
    let file: String
    /// Bytes of the file.
    let bytes: Int

    /// The photo, as clients see it.
    package var document: PhotoDocument {
        PhotoDocument(id: id, name: photo.path, hash: photo.hash, width: photo.image.width, height: photo.image.height, bytes: bytes)
    }
}

/// A mesh that is open, and where its file is.
package final class HeldMesh: Sendable {
    /// What it is asked for by.
    package let id: Identifier
    /// The mesh.
    package let mesh: OpenMesh
    /// The upload that goes with it.
    let upload: Identifier
    /// The file: the user's own, or one of the upload.
    let file: String
    /// Bytes of the file.
    let bytes: Int
    /// Whether models have seen all of it.
    let isPrepared = Atomic(false)

    init(id: Identifier, mesh: OpenMesh, upload: Identifier, file: String, bytes: Int) {
        (self.id, self.mesh, self.upload, self.file, self.bytes) = (id, mesh, upload, file, bytes)
    }

    /// The mesh, as clients see it.
    package var document: OpenMeshDocument {
        OpenMeshDocument(self, id: id, isPrepared: isPrepared.load(ordering: .relaxed))
    }

    /// Bytes in memory, about: the mesh as it was read and as placed, its rays and neighbourhoods.
    var memory: Int {
        let pictures = mesh.mesh.appearance?.materials.reduce(0) { $0 + ($1.picture?.count ?? 0) } ?? 0
        return 300 * mesh.mesh.vertices.count + 500 * mesh.mesh.faces.count + pictures + bytes
    }

    /// The picture of a material as the file has it.
    ///
    /// Throws `Refusal(.unknown)` where there is none.
    package func picture(ofMaterial index: Int) throws -> Data {
        let materials = mesh.mesh.appearance?.materials ?? []
        guard materials.indices.contains(index), let picture = materials[index].picture else {
            throw Refusal(.unknown, "giving the picture of a material", reason: "the mesh has no picture of material \(index)")
        }
        return picture
    }

    /// A small picture of the mesh in its own colours, as PNG.
    ///
    /// Throws `Failure`.
    package func portrait(side: Int) throws -> Data {
        let camera = Camera(azimuth: .pi / 6, elevation: .pi / 9)
        let painter = PictureRenderer(mesh.scene, shading: .presentation, colors: try SurfaceColors(mesh.mesh))
        return try painter.picture(from: camera, size: RasterSize(side)).image.pngData(compression: 1)
    }

    /// The mesh as arrays in one safetensors file; docs/api.md says which.
    ///
    /// Throws `Failure`.
    package func geometry() throws -> Data {
        let mesh = mesh.mesh
        let (vertices, triangles) = (mesh.vertices.count, mesh.faces.count)
        var file = TensorFile(metadata: ["origin": "\(mesh.origin.x) \(mesh.origin.y) \(mesh.origin.z)"])
        file.add("positions", .float32, shape: [vertices, 3], Self.packed(mesh.vertices))
        file.add("normals", .float32, shape: [vertices, 3], Self.packed(self.mesh.surface.normals))
        file.add("triangles", .uint32, shape: [triangles, 3], mesh.faces.flatMap { [$0.x, $0.y, $0.z] })
        file.add("triangle_faces", .uint32, shape: [triangles], mesh.fileFace)
        let components = Adjacency(mesh).faceComponents().ofFace
        var faceComponents = [UInt32](repeating: 0, count: mesh.fileFaceCount)
        for (triangle, face) in mesh.fileFace.enumerated() { faceComponents[Int(face)] = components[triangle] }
        file.add("face_components", .uint32, shape: [mesh.fileFaceCount], faceComponents)
        if let appearance = mesh.appearance {
            file.add("materials", .int32, shape: [triangles], appearance.materialOfFace)
            file.add("coordinates", .float32, shape: [triangles, 3, 2], appearance.coordinates.flatMap { [$0.x, $0.y] })
        }
        if let colors = mesh.vertexColors {
            file.add("colors", .uint8, shape: [vertices, 3], colors.flatMap(Self.bytes))
        }
        return try file.encoded()
    }

    private static func bytes(_ color: SIMD3<Float>) -> [UInt8] {
        (0..<3).map { color[$0].isNaN ? 0 : UInt8((min(max(color[$0], 0), 1) * 255).rounded()) }
    }

    private static func packed(_ vectors: [SIMD3<Float>]) -> [Float] { vectors.flatMap { [$0.x, $0.y, $0.z] } }
}
