import ArgumentParser
import BSBInteractiveSegmentation
import BSBShapes

/// A part as a list of indices alone, to be pasted into the selection scripts of Blender, MeshLab or trimesh.
enum Selection: String, ExpressibleByArgument, CaseIterable {
    case faces, vertices

    /// The indices of the file's faces or vertices that are in the part, as a JSON array; an empty one without a part.
    func text(_ segment: SurfaceSegment?, of mesh: Mesh) -> String {
        let labels = self == .faces ? segment?.fileFaceLabels(mesh) : segment?.vertexLabels
        let indices = labels.map { labels in labels.indices.filter { labels[$0] } } ?? []
        return "[\(indices.map(String.init).joined(separator: ", "))]"
    }
}
