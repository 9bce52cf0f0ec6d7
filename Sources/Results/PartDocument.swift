import BSBInteractiveSegmentation
import BSBShapes
import BSBWorkbench

/// A part of a mesh, as results describe it.
public struct PartDocument: Sendable, Codable {
    /// How the part was found: `lift` for masks of rendered views lifted to the surface, `iseg` for a decoder trained on the mesh.
    public var method: SurfaceMethod
    /// The number of vertices.
    public var vertices: Int
    /// The number of the file's faces.
    public var faces: Int
    /// The share of the mesh's surface that is in the part.
    public var fraction: Double
    /// The probability from which a vertex is in the part.
    public var threshold: Float
}

extension PartDocument {
    /// The document of a part that was found by `method`.
    init(_ segment: SurfaceSegment, of mesh: Mesh, method: SurfaceMethod) {
        self.init(segment, faceLabels: segment.fileFaceLabels(mesh), of: mesh, method: method)
    }

    /// The document of a part whose faces of the file are known.
    init(_ segment: SurfaceSegment, faceLabels labels: [Bool], of mesh: Mesh, method: SurfaceMethod) {
        var (inside, all) = (0.0, 0.0)
        for (area, fileFace) in zip(mesh.faceAreas(), mesh.fileFace) {
            all += area
            if labels[Int(fileFace)] { inside += area }
        }
        self.init(
            method: method, vertices: segment.vertexLabels.count(where: { $0 }), faces: labels.count(where: { $0 }),
            fraction: all > 0 ? inside / all : 0, threshold: segment.threshold)
    }
}

/// A mesh as it was read, as results describe it.
public struct MeshDocument: Sendable, Codable {
    /// The file, as it was named.
    public var path: String
    /// SHA-256 of the file.
    public var hash: String
    /// The number of vertices.
    public var vertices: Int
    /// The number of the file's faces.
    public var faces: Int
    /// For scenes of several nodes: the ranges of each node's vertices and faces, parents before children.
    package var nodes: [MeshContents.Node]?
}

extension MeshDocument {
    /// The document of a mesh.
    init(_ mesh: OpenMesh) {
        let nodes = mesh.mesh.nodes.count > 1 ? MeshContents(mesh.mesh).nodes : nil
        self.init(path: mesh.path, hash: mesh.hash, vertices: mesh.mesh.vertices.count, faces: mesh.mesh.fileFaceCount, nodes: nodes)
    }
}
