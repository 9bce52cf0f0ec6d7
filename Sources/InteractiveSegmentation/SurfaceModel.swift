import BSBShapes

/// What segmenting needs to know of a mesh's surface: which vertices are neighbours, and which way they face.
///
/// Parts are worked out on its rows: the mesh's vertices, or the clusters of a large mesh's.
package struct SurfaceModel: Sendable {
    /// The rows over their distinct positions, so that unwelded triangles stay connected.
    let adjacency: Adjacency
    /// #V unit normals, area-weighted; zero for vertices of no face.
    package let normals: [SIMD3<Float>]
    /// #V: the point of ``adjacency`` that each vertex of the mesh is at.
    let pointOfVertex: [UInt32]
    /// #F triangles between rows, in the order of the mesh's.
    let faces: [SIMD3<UInt32>]
    private let clusters: VertexClusters?
    private let positions: [SIMD3<Float>]

    /// The surface of a mesh, whose adjacency may be at hand.
    ///
    /// Throws `Failure` if a face has a corner that is no vertex. Complexity: O(#V + #F log d) for the largest number d of triangles around
    /// a vertex.
    package init(_ mesh: Mesh, adjacency: Adjacency? = nil) throws {
        try mesh.validate()
        self.adjacency = adjacency ?? Adjacency(mesh)
        normals = mesh.vertexNormals()
        pointOfVertex = self.adjacency.weld.welded
        (faces, positions, clusters) = (mesh.faces, mesh.vertices, nil)
    }

    /// The surface of a large mesh, whose vertices are taken together in clusters.
    ///
    /// - Parameter coarse: the mesh of the clusters.
    /// - Throws: as the other.
    package init(_ mesh: Mesh, clusters: VertexClusters, coarse: Mesh) throws {
        try coarse.validate()
        adjacency = Adjacency(Mesh(vertices: coarse.vertices, faces: Self.telling(coarse)))
        normals = mesh.vertexNormals()
        let welded = adjacency.weld.welded
        pointOfVertex = clusters.ofVertex.map { welded[Int($0)] }
        (faces, positions, self.clusters) = (coarse.faces, mesh.vertices, clusters)
    }

    /// The faces of a mesh of clusters without those within one cluster, which are most and say nothing; but each cluster keeps the first face
    /// that it has, so that parts are met in the same order.
    private static func telling(_ coarse: Mesh) -> [SIMD3<UInt32>] {
        var isMet = [Bool](repeating: false, count: coarse.vertices.count)
        return coarse.faces.filter { face in
            guard face.x != face.y || face.y != face.z || !isMet[Int(face.x)] else { return false }
            for corner in 0..<3 { isMet[Int(face[corner])] = true }
            return true
        }
    }

    /// The number of rows.
    var rowCount: Int { adjacency.weld.welded.count }

    /// The vertex of the mesh that a row is, or that stands for it.
    func vertex(ofRow row: Int) -> Int { clusters.map { Int($0.vertices[row]) } ?? row }

    /// The vertex of the mesh that stands for a point of ``adjacency``.
    package func vertex(ofPoint point: Int) -> Int { vertex(ofRow: Int(adjacency.weld.representative[point])) }

    /// The distinct points of the surface, each with the largest of the values at its vertices, and the edges between them.
    package func graph(of values: [Float]) -> (values: [Float], edges: [SIMD2<Int32>]) {
        var largest = [Float](repeating: -.infinity, count: adjacency.weld.count)
        for (vertex, point) in pointOfVertex.enumerated() { largest[Int(point)] = max(largest[Int(point)], values[vertex]) }
        return (largest, adjacency.edges.map { SIMD2(Int32($0.a), Int32($0.b)) })
    }

    /// #V: values of rows carried to every vertex of the mesh.
    ///
    /// A vertex of a cluster has the mean over its cluster and those around, weighted by one over the squared distance (Shepard 1968), so that
    /// borders do not run along clusters.
    ///
    /// Complexity: O(#V x neighbours).
    func carried(_ rows: [Float]) -> [Float] {
        guard let clusters else { return rows }
        let (ring, welded, points) = (adjacency.oneRing(), adjacency.weld.welded, adjacency.positions)
        var values = [Float](repeating: 0, count: points.count)
        for (row, point) in welded.enumerated() { values[Int(point)] = rows[row] }
        return positions.indices.map { vertex in
            let (point, position) = (Int(pointOfVertex[vertex]), positions[vertex])
            if Int(clusters.vertices[Int(clusters.ofVertex[vertex])]) == vertex { return values[point] }
            var (sum, whole) = (Float(0), Float(0))
            func add(_ other: Int) {
                let offset = points[other] - position
                let weight = 1 / max((offset * offset).sum(), 1e-12)
                (sum, whole) = (sum + weight * values[other], whole + weight)
            }
            add(point)
            for other in ring[point] { add(Int(other)) }
            return sum / whole
        }
    }
}
