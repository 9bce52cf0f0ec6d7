import BSBBasics
import BSBInteractiveSegmentation
import BSBRendering
import BSBShapes
import Foundation

/// A mesh that is open for any number of questions.
///
/// It holds the surface, checked and placed in the unit ball. What models see of it is made when it is first needed and kept in the
/// workbench's memory and cache.
public final class OpenMesh: Sendable {
    /// The file, or what the caller calls the mesh.
    public let path: String
    /// SHA-256 of the file, or of the vertices and faces of a mesh that was none.
    public let hash: String
    /// The mesh in the file's units.
    public let mesh: Mesh
    /// The axis that is up in pictures.
    package let up: UpAxis
    /// The colours that the file gives, where they are to be seen.
    package let colors: SurfaceColors?
    /// From the file's units to the unit ball and back.
    package let normalisation: Normalisation
    /// The rays of the mesh in the unit ball.
    package let scene: RayScene
    /// What is odd about the mesh.
    package let report: MeshReport
    /// #V: whether a face uses the vertex, so that it can be an answer.
    package let referenced: [Bool]
    /// #V: the share of the surface's area that each vertex stands for; sums to 1.
    package let areas: [Double]
    /// Neighbourhoods, for smoothing over the surface.
    package let surface: SurfaceModel
    /// The clusters of a large mesh's vertices, on which features and parts are worked out.
    package let clusters: VertexClusters?
    /// The mesh in the unit ball that features are fitted to, with the triangles of the scene: that of the clusters, where there are any.
    package let fitted: Mesh
    /// What names the surface as models see it: its shape, its place in the unit ball and the colours that are looked at.
    ///
    /// It is of the vertices and faces and not of the file, since a file may name others that hold them.
    package let look: String
    /// What names the surface as features are fitted to it.
    package let fit: String
    /// The vertices up to which a mesh is not large.
    package static let usualClusterLimit = 50_000

    /// Opens the mesh in the file `path`.
    ///
    /// Throws `Failure` if it cannot be read or has no surface.
    package convenience init(
        contentsOf path: String, normalisation: Normalisation.Method = .vertexMean, colored isColored: Bool = false, up: UpAxis = .y,
        reading: MeshReadingOptions = MeshReadingOptions()
    ) throws {
        let data = try Mesh.contents(of: path)
        try self.init(
            Mesh(sniffing: data, path: path, options: reading), name: path, hash: ContentHash(of: data).hex, normalisation: normalisation,
            colored: isColored, up: up)
    }

    /// Opens a mesh from the bytes of its file; the format is told by them and by the ending of `name`.
    ///
    /// Files that it names, such as pictures, are not looked for: nobody said where.
    ///
    /// Throws `Failure` if it is no mesh or has no surface.
    package convenience init(
        _ data: Data, name: String, normalisation: Normalisation.Method = .vertexMean, colored isColored: Bool = false, up: UpAxis = .y,
        reading: MeshReadingOptions = MeshReadingOptions()
    ) throws {
        try self.init(
            Mesh(sniffing: data, path: name, hasNeighbours: false, options: reading), name: name, hash: ContentHash(of: data).hex,
            normalisation: normalisation, colored: isColored, up: up)
    }

    /// Opens the mesh in the file `path` as the settings of a workbench want it.
    ///
    /// Throws `Failure` if it cannot be read or has no surface.
    package convenience init(contentsOf path: String, at bench: Workbench) throws {
        try self.init(
            contentsOf: path, normalisation: bench.settings.normalisation, colored: bench.settings.surface == .texture,
            up: bench.settings.up, reading: bench.meshReading)
    }

    /// Opens a mesh that was read or made already.
    ///
    /// - Parameter hash: SHA-256 of the file, if it was read from one.
    /// - Parameter clusterLimit: the vertices up to which features and parts are worked out on the very vertices, and the clusters beyond.
    /// - Throws: `Failure` if it has no surface, or one of more than ``MeshReport/mostLayers``.
    package init(
        _ mesh: Mesh, name: String, hash: String? = nil, normalisation method: Normalisation.Method = .vertexMean,
        colored isColored: Bool = false, up: UpAxis = .y,
        clusterLimit: Int = OpenMesh.usualClusterLimit
    ) throws {
        guard !mesh.faces.isEmpty else {
            throw Failure(
                .badInput, "reading the mesh", path: name, reason: "it has no faces",
                hint: "only surfaces can be matched, not point clouds; mesh it first")
        }
        let shape = Self.contentHash(of: mesh)
        path = name
        self.hash = hash ?? shape
        self.mesh = mesh
        self.up = up
        colors = try isColored ? SurfaceColors(mesh) : nil
        normalisation = try Normalisation(of: mesh, method: method)
        let placed = normalisation.applied(to: mesh)
        let adjacency = Adjacency(mesh)
        let repeats = adjacency.repeats()
        report = MeshReport(mesh, adjacency: adjacency, repeats: repeats)
        guard report.layers <= MeshReport.mostLayers else {
            throw Failure(
                .badInput, "reading the mesh", path: name,
                reason: "its triangles fill space: a line through it crosses \(Int(report.layers.rounded())) of them on the average",
                hint: "check that its faces name the vertices that they should")
        }
        let clusters = VertexClusters(mesh, adjacency: adjacency, limit: clusterLimit)
        let fitted = clusters?.mesh(placed) ?? placed
        surface = try clusters.map { try SurfaceModel(placed, clusters: $0, coarse: fitted) } ?? SurfaceModel(placed, adjacency: adjacency)
        (self.clusters, self.fitted) = (clusters, fitted)
        scene = try RayScene(mesh: placed, leavingOut: repeats.hidden)
        referenced = mesh.referencedVertices()
        let areas = mesh.vertexAreas()
        let total = areas.reduce(0, +)
        self.areas = areas.map { total > 0 ? $0 / total : 0 }
        let look = "\(shape) \(method.rawValue) \(colors?.key ?? "grey")"
        self.look = look
        // What is worked out on clusters is of them.
        fit = clusters.map { "\(look) clusters \($0.count) of \(clusterLimit)" } ?? look
    }

    private static func contentHash(of mesh: Mesh) -> String {
        var hasher = ContentHasher()
        hasher.add("vertices", mesh.vertices)
        hasher.add("faces", mesh.faces)
        return hasher.finalize().hex
    }

    /// The share of the surface's area that a set of vertices has.
    package func share(of labels: [Bool]) -> Double {
        zip(areas, labels).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
    }
}
