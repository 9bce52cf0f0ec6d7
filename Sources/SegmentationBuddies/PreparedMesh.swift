import Basics
import Foundation
import InteractiveSegmentation
import Rendering
import Shapes

/// A mesh file, read, checked and placed in the unit ball.
public struct PreparedMesh: Sendable {
    /// The file, as the user named it.
    public let path: String
    /// SHA-256 of the file.
    public let hash: String
    /// The mesh in the file's units.
    public let mesh: Mesh
    /// The colours that the file gives, where they are to be seen.
    public let colors: SurfaceColors?
    /// From the file's units to the unit ball and back.
    public let normalisation: Normalisation
    /// The rays of the mesh in the unit ball.
    public let scene: RayScene
    /// What is odd about the mesh.
    public let report: MeshReport
    /// #V: whether a face uses the vertex, so that it can be an answer.
    public let referenced: [Bool]
    /// Neighbourhoods, for smoothing over the surface.
    public let surface: SurfaceModel

    /// Reads the mesh in the file `path`.
    ///
    /// Throws `Failure` if it cannot be read or has no surface.
    public init(
        contentsOf path: String, normalisation method: Normalisation.Method = .vertexMean, colored isColored: Bool = false
    ) throws {
        let data = try AtomicFile.readFile(path, operation: "reading the mesh")
        try self.init(
            Mesh(contentsOf: path), path: path, hash: ContentHash(of: data).hex, normalisation: method, colored: isColored)
    }

    /// Reads the mesh in the file `path` as the settings of a workbench want it.
    ///
    /// Throws `Failure` if it cannot be read or has no surface.
    public init(contentsOf path: String, at bench: Workbench) throws {
        try self.init(
            contentsOf: path, normalisation: bench.settings.normalisation, colored: bench.settings.surface == .texture)
    }

    /// Prepares a mesh that was read already.
    ///
    /// Throws `Failure` if it has no surface.
    public init(
        _ mesh: Mesh, path: String, hash: String, normalisation method: Normalisation.Method = .vertexMean,
        colored isColored: Bool = false
    ) throws {
        guard !mesh.faces.isEmpty else {
            throw Failure(
                .badInput, "reading the mesh", path: path, reason: "it has no faces",
                hint: "only surfaces can be matched, not point clouds; mesh it first")
        }
        self.path = path
        self.hash = hash
        self.mesh = mesh
        colors = try isColored ? SurfaceColors(mesh) : nil
        normalisation = try Normalisation(of: mesh, method: method)
        let placed = normalisation.applied(to: mesh)
        scene = try RayScene(mesh: placed)
        let adjacency = Adjacency(mesh)
        report = MeshReport(mesh, adjacency: adjacency)
        referenced = mesh.referencedVertices()
        surface = try SurfaceModel(placed, adjacency: adjacency)
    }

    /// What names the mesh and its colours in keys of the cache.
    var look: String { colors.map { "\(hash) \($0.key)" } ?? hash }
}
