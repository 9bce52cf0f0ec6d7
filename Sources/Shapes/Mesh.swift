/// A triangle mesh that remembers the file it came from.
///
/// Vertex i is the i-th vertex of the file, in the file's order and count. Polygons are triangulated; `fileFace` leads from a triangle
/// back to the polygon it was cut from, so that every label can be given for the file's own faces. A file face that yields no triangle
/// (fewer than three different corners) still counts in `fileFaceCount`.
///
/// Meshes that were read from a file or checked with ``validate()`` hold only finite positions and indices below the vertex count.
public struct Mesh: Hashable, Sendable {
    /// #V positions in the file's units and order, relative to ``origin``.
    public var vertices: [SIMD3<Float>]
    /// Where `vertices` are measured from, in the file's frame: zero unless the shape lies far from the file's own origin.
    public var origin = SIMD3<Double>.zero
    /// #V positions in the file's frame, where single precision does not hold all of their digits.
    public var exactPositions: [SIMD3<Double>]?
    /// #F triangles, three vertex indices each.
    public var faces: [SIMD3<UInt32>]
    /// #F: the file's face that each triangle is part of.
    public var fileFace: [UInt32]
    /// The number of faces in the file, of any number of corners.
    public var fileFaceCount: Int
    /// #V colours in 0...1 (sRGB), where the file gives them.
    public var vertexColors: [SIMD3<Float>]?
    /// Materials and their pictures, where the file gives them.
    package var appearance: SurfaceAppearance? {
        didSet { forgetSource() }
    }
    /// Names of sets of the file's faces (OBJ groups and objects, glTF nodes), in the file's order.
    public var groups: [FaceGroup]
    /// The file's faces as polygons, where some have more than three corners.
    var polygons: FilePolygons?
    /// The nodes of a scene and what each holds, parents before children; empty for formats without.
    public var nodes: [SceneNode] = []
    /// What a glTF file holds besides the surface.
    var scene: GLTFScene?
    /// Pictures and material files that the file names, and whether they are there.
    package var neighbours: [NeighbourFile] = []
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

    /// A node of a scene.
    public struct SceneNode: Hashable, Sendable {
        /// The name in the file; the mesh's where the node has none.
        public var name: String
        /// The index of the parent in ``Mesh/nodes``.
        public var parent: Int?
        /// Its vertices, without those of its children.
        public var vertices: Range<Int>
        /// Its faces of the file, without those of its children.
        public var fileFaces: Range<Int>
        /// Whether it is drawn in poses of joints.
        public var isSkinned = false
        /// The number of its morph targets.
        public var morphTargets = 0
        /// How often it is drawn.
        public var instances = 1
    }

    /// Forgets what the file holds besides triangles and their appearance, which then no longer tells of this mesh.
    public mutating func forgetSource() {
        (polygons, scene) = (nil, nil)
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
