/// Who touches whom on a mesh, welded by position.
///
/// Indices of vertices are those of welded vertices (``Weld``), indices of faces those of `mesh.faces`. Triangles of which two corners
/// are in one place have no edges here and no neighbours.
public struct Adjacency: Sendable {
    /// An edge between two welded vertices, the lower one first.
    public struct Edge: Hashable, Sendable {
        /// The lower end.
        public var a: UInt32
        /// The higher end.
        public var b: UInt32
    }

    /// How vertices of the file map to welded ones.
    public let weld: Weld
    /// #W rows: the triangles around each welded vertex, ascending.
    public let incidentFaces: CompressedRows
    /// #W rows: the welded vertices at the other ends of each vertex's edges, ascending.
    public let oneRing: CompressedRows
    /// Every edge once, ascending by lower, then higher end.
    public let edges: [Edge]
    /// #E rows: the triangles at each edge, ascending; one at a boundary, two inside, more where the mesh is no manifold.
    public let edgeFaces: CompressedRows

    /// The adjacency of `mesh`.
    ///
    /// - Complexity: O(#V + #F log d) for the largest number d of triangles around a vertex.
    public init(_ mesh: Mesh) {
        let weld = Weld(mesh.vertices)
        let corners = mesh.faces.map(weld.corners)
        self.weld = weld
        let proper = corners.indices.filter { !corners[$0].isCollapsed }
        incidentFaces = CompressedRows(rows: weld.count) { emit in
            for face in proper { for corner in 0..<3 { emit(corners[face][corner], UInt32(face)) } }
        }

        // Half edges sorted by (lower end, higher end, face): equal edges become neighbours.
        let halfEdges = CompressedRows(rows: weld.count) { emit in
            for face in proper {
                for side in 0..<3 { emit(min(corners[face][side], corners[face][(side + 1) % 3]), UInt32(face * 3 + side)) }
            }
        }
        var edges: [Edge] = []
        var edgeOfHalf: [(edge: UInt32, face: UInt32)] = []
        edges.reserveCapacity(mesh.faces.count * 3 / 2)
        edgeOfHalf.reserveCapacity(mesh.faces.count * 3)
        for low in 0..<weld.count {
            let around = halfEdges[low].map { half -> (high: UInt32, face: UInt32) in
                let (face, side) = (half / 3, Int(half % 3))
                return (max(corners[Int(face)][side], corners[Int(face)][(side + 1) % 3]), face)
            }
            for (high, face) in around.sorted(by: { ($0.high, $0.face) < ($1.high, $1.face) }) {
                let edge = Edge(a: UInt32(low), b: high)
                if edges.last != edge { edges.append(edge) }
                edgeOfHalf.append((UInt32(edges.count - 1), face))
            }
        }
        edgeFaces = CompressedRows(rows: edges.count) { emit in for half in edgeOfHalf { emit(half.edge, half.face) } }
        oneRing = CompressedRows(rows: weld.count) { emit in
            // Edges ascend, so a vertex first meets its lower neighbours, then its higher ones, each ascending.
            for edge in edges { emit(edge.b, edge.a) }
            for edge in edges { emit(edge.a, edge.b) }
        }
        self.edges = edges
    }

    /// #F: the connected component of each triangle, and their number; components are numbered by their first triangle.
    ///
    /// Triangles that share a welded vertex are connected. Triangles without edges join the component of their first corner's other
    /// triangles, or have one of their own.
    /// - Complexity: O(#F α(#F)).
    public func components(of mesh: Mesh) -> (ofFace: [UInt32], count: Int) {
        var parent = (0..<UInt32(weld.count)).map { $0 }
        func root(_ vertex: UInt32) -> UInt32 {
            var vertex = vertex
            while parent[Int(vertex)] != vertex {
                parent[Int(vertex)] = parent[Int(parent[Int(vertex)])]
                vertex = parent[Int(vertex)]
            }
            return vertex
        }
        for face in mesh.faces {
            let corners = weld.corners(face)
            for other in [corners.y, corners.z] {
                let (a, b) = (root(corners.x), root(other))
                parent[Int(max(a, b))] = min(a, b)
            }
        }
        var number = [UInt32](repeating: .max, count: weld.count)
        var count: UInt32 = 0
        let ofFace = mesh.faces.map { face -> UInt32 in
            let root = Int(root(weld.welded[Int(face.x)]))
            if number[root] == .max {
                number[root] = count
                count += 1
            }
            return number[root]
        }
        return (ofFace, Int(count))
    }
}

extension SIMD3<UInt32> {
    /// Whether two of the corners are the same.
    var isCollapsed: Bool { x == y || y == z || z == x }
}
