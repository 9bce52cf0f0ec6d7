import BSBBasics
import BSBInteractiveSegmentation
import BSBShapes
import Foundation

/// A part of a mesh as results tell it: a document, and files with coloured and grouped meshes and with arrays.
package struct PartFiles {
    private let segment: SurfaceSegment
    private let mesh: Mesh
    /// #F of the file: whether each face is in the part.
    private let faceLabels: [Bool]
    /// What documents say of the part.
    package let document: PartDocument

    /// The files of a part that was found by `method`.
    package init(_ segment: SurfaceSegment, of mesh: Mesh, method: SurfaceMethod) {
        self.segment = segment
        self.mesh = mesh
        faceLabels = segment.fileFaceLabels(mesh)
        document = PartDocument(segment, faceLabels: faceLabels, of: mesh, method: method)
    }

    /// Adds them to a folder.
    ///
    /// Throws `Failure` if one cannot be made.
    func add(to folder: inout OutputFolder) throws {
        folder.add("part.ply", try plyData())
        let parts = MeshParts(
            [.init(name: "part", color: Palette.part.unit)], ofFileFace: faceLabels.map { $0 ? 0 : -1 },
            vertexValues: ("probability", segment.probability))
        for file in try mesh.objFiles(parts: parts, name: "part") { folder.add(file.name, file.data) }
        folder.add("part.glb", try mesh.glbData(parts: parts))
        addLabels(to: &folder)
    }

    private func plyData() throws -> Data {
        let attributes = MeshAttributes(
            vertexColors: Palette.colors(segment), vertexValues: ("probability", segment.probability),
            partOfFileFace: faceLabels.map { $0 ? 0 : -1 }, partNames: ["part"], pictures: mesh.pictureNames(beside: "part"))
        return try mesh.plyData(attributes: attributes)
    }

    /// Adds the arrays alone.
    package func addLabels(to folder: inout OutputFolder) {
        folder.add("probability.npy", NumPyArray(segment.probability, shape: [segment.probability.count]).encoded())
        folder.add("labels.npy", NumPyArray(segment.vertexLabels, shape: [segment.probability.count]).encoded())
        folder.add("face_labels.npy", NumPyArray(faceLabels, shape: [faceLabels.count]).encoded())
    }
}
