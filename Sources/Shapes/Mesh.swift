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
    package var origin = SIMD3<Double>.zero
    /// #V positions in the file's frame, where single precision does not hold all of their digits.
    package var exactPositions: [SIMD3<Double>]?
    /// #F triangles, three vertex indices each.
    public var faces: [SIMD3<UInt32>]
    /// #F: the file's face that each triangle is part of.
    package var fileFace: [UInt32]
    /// The number of faces in the file, of any number of corners.
    package var fileFaceCount: Int
    /// #V colours in 0...1 (sRGB), where the file gives them.
    package var vertexColors: [SIMD3<Float>]?
    /// Materials and their pictures, where the file gives them.
    package var appearance: SurfaceAppearance? {
        didSet { forgetSource() }
    }
    /// Names of sets of the file's faces (OBJ groups and objects, glTF nodes), in the file's order.
    package var groups: [FaceGroup]
    /// The file's faces as polygons, where some have more than three corners.
    var polygons: FilePolygons?
    /// The nodes of a scene and what each holds, parents before children; empty for formats without.
    package var nodes: [SceneNode] = []
    /// What a glTF file holds besides the surface.
    var scene: GLTFScene?
    /// Pictures and material files that the file names, and whether they are there.
    package var neighbours: [NeighbourFile] = []
    /// What the reader put up with in the file, in readable sentences; empty for a clean file.
    package var remarks: [String]

    /// A named set of the file's faces.
    package struct FaceGroup: Hashable, Sendable {
        /// The name in the file.
        package var name: String
        /// Indices of the file's faces, ascending.
        package var fileFaces: [UInt32]

        /// A named set of faces.
        package init(name: String, fileFaces: [UInt32]) {
            self.name = name
            self.fileFaces = fileFaces
        }
    }

    /// A node of a scene.
    package struct SceneNode: Hashable, Sendable {
        /// The name in the file; the mesh's where the node has none.
        package var name: String
        /// The index of the parent in ``Mesh/nodes``.
        package var parent: Int?
        /// Its vertices, without those of its children.
        package var vertices: Range<Int>
        /// Its faces of the file, without those of its children.
        package var fileFaces: Range<Int>
        /// Whether it is drawn in poses of joints.
        package var isSkinned = false
        /// The number of its morph targets.
        package var morphTargets = 0
        /// How often it is drawn.
        package var instances = 1
    }

    /// Forgets what the file holds besides triangles and their appearance, which then no longer tells of this mesh.
    package mutating func forgetSource() {
        (polygons, scene) = (nil, nil)
    }

    /// A mesh of triangles only, each a face of the file, unless `fileFace` says otherwise.
    package init(
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
