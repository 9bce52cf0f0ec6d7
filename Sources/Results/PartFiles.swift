import BSBAnswering
import BSBBasics
import Foundation
import BSBInteractiveSegmentation
import BSBShapes
import BSBWorkbench

/// The files of a part of a mesh: as coloured and grouped meshes, and as arrays.
struct PartFiles {
    private let segment: SurfaceSegment
    private let mesh: Mesh

    /// The files of a part.
    init(_ segment: SurfaceSegment, of mesh: Mesh) {
        self.segment = segment
        self.mesh = mesh
    }

    /// Adds them to a folder.
    ///
    /// Throws `Failure` if one cannot be made.
    func add(to folder: inout OutputFolder) throws {
        let faceLabels = segment.fileFaceLabels(mesh)
        let attributes = MeshAttributes(
            vertexColors: Palette.colors(segment), vertexValues: ("probability", segment.probability),
            partOfFileFace: faceLabels.map { $0 ? 0 : -1 }, partNames: ["part"])
        folder.add("part.ply", try mesh.plyData(attributes: attributes))
        let color = SIMD3<Float>(Float(Palette.part.red), Float(Palette.part.green), Float(Palette.part.blue)) / 255
        let parts = MeshParts(
            [.init(name: "part", color: color)], ofFileFace: faceLabels.map { $0 ? 0 : -1 },
            vertexValues: ("probability", segment.probability))
        for file in try mesh.objFiles(parts: parts, name: "part") { folder.add(file.name, file.data) }
        folder.add("part.glb", try mesh.glbData(parts: parts))
        addLabels(faceLabels, to: &folder)
    }

    /// Adds the arrays alone.
    func addLabels(to folder: inout OutputFolder) { addLabels(segment.fileFaceLabels(mesh), to: &folder) }

    private func addLabels(_ faceLabels: [Bool], to folder: inout OutputFolder) {
        folder.add("probability.npy", NumPyArray(segment.probability, shape: [segment.probability.count]).encoded())
        folder.add("labels.npy", NumPyArray(segment.vertexLabels, shape: [segment.probability.count]).encoded())
        folder.add("face_labels.npy", NumPyArray(faceLabels, shape: [faceLabels.count]).encoded())
    }
}
