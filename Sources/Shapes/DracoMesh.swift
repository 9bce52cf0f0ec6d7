import BSBBasics
import BSBCMeshCodecs
import Foundation

/// A mesh in the code of Draco (KHR_draco_mesh_compression), decoded by libdraco.
struct DracoMesh {
    /// Three points for each triangle.
    let indices: [UInt32]
    /// The number of points.
    let pointCount: Int
    private let mesh: Owner

    private final class Owner {
        let pointer: OpaquePointer
        init(_ pointer: OpaquePointer) { self.pointer = pointer }
        deinit { draco_mesh_free(pointer) }
    }

    /// Decodes the bytes.
    ///
    /// Throws `Failure` that names Draco if they hold no mesh.
    init(_ data: Data) throws {
        var reason = [CChar](repeating: 0, count: 200)
        let pointer = data.withUnsafeBytes { bytes in
            bytes.baseAddress.flatMap { draco_mesh_decode($0, bytes.count, &reason, reason.count) }
        }
        guard let pointer else {
            let text = String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw Failure.mesh(
                "a mesh is compressed by Draco and cannot be decoded: \(text.isEmpty ? "it is empty" : text)",
                hint: "export it without mesh compression")
        }
        mesh = Owner(pointer)
        pointCount = draco_mesh_point_count(pointer)
        var indices = [UInt32](repeating: 0, count: 3 * draco_mesh_face_count(pointer))
        draco_mesh_faces(pointer, &indices)
        self.indices = indices
    }

    /// The numbers of the attribute with a unique id, for each point; nil if there is none of so many components.
    ///
    /// - Parameter components: how many are wanted; any number where not given.
    func values(_ id: Int, components: Int? = nil) -> (values: [Float], components: Int)? {
        guard let id = UInt32(exactly: id) else { return nil }
        let found = Int(draco_mesh_components(mesh.pointer, id))
        guard found > 0, found == components ?? found else { return nil }
        var values = [Float](repeating: 0, count: found * pointCount)
        return draco_mesh_values(mesh.pointer, id, Int32(found), &values) == 1 ? (values, found) : nil
    }
}
