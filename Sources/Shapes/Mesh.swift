/// A triangle mesh that remembers the file it came from.
///
/// Vertex i is the i-th vertex of the file, in the file's order and count. Polygons are triangulated; `fileFace` leads from a triangle
/// back to the polygon it was cut from, so that every label can be given for the file's own faces. A file face that yields no triangle
/// (fewer than three different corners) still counts in `fileFaceCount`.
///
/// Meshes that were read from a file or checked with ``validate()`` hold only finite positions and indices below the vertex count.
public struct Mesh: Hashable, Sendable {
    /// #V positions, in the file's units and order.
    public var vertices: [SIMD3<Float>]
    /// #F triangles, three vertex indices each.
    public var faces: [SIMD3<UInt32>]
    /// #F: the file's face that each triangle is part of.
    public var fileFace: [UInt32]
    /// The number of faces in the file, of any number of corners.
    public var fileFaceCount: Int
    /// #V colours in 0...1 (sRGB), where the file gives them.
    public var vertexColors: [SIMD3<Float>]?
    /// Materials and their pictures, where the file gives them.
    public var appearance: SurfaceAppearance?
    /// Names of sets of the file's faces (OBJ groups and objects, glTF nodes), in the file's order.
    public var groups: [FaceGroup]
    /// What the reader put up with in the file, in readable sentences; empty for a clean file.
    public var remarks: [String]

    /// A named set of the file's faces.
    public struct FaceGroup: Hashable, Sendable {
        /// The name in the file.
        public var name: String
        /// Indices of the file's faces, ascending.
        public var fileFaces: [UInt32]

        /// A named set of faces.
        public init(name: String, fileFaces: [UInt32]) {
            self.name = name
            self.fileFaces = fileFaces
        }
    }

    /// A mesh of triangles only, each a face of the file, unless `fileFace` says otherwise.
    public init(
        vertices: [SIMD3<Float>], faces: [SIMD3<UInt32>], fileFace: [UInt32]? = nil, fileFaceCount: Int? = nil,
        vertexColors: [SIMD3<Float>]? = nil, groups: [FaceGroup] = [], remarks: [String] = []
    ) {
        self.vertices = vertices
        self.faces = faces
        self.fileFace = fileFace ?? (0..<UInt32(faces.count)).map { $0 }
        self.fileFaceCount = fileFaceCount ?? faces.count
        self.vertexColors = vertexColors
        self.groups = groups
        self.remarks = remarks
    }
}
