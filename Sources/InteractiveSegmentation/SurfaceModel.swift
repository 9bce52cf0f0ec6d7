import BSBShapes

/// What segmenting needs to know of a mesh's surface: which vertices are neighbours, and which way they face.
package struct SurfaceModel: Sendable {
    /// The mesh over its distinct positions, so that unwelded triangles stay connected.
    let adjacency: Adjacency
    /// #V unit normals, area-weighted; zero for vertices of no face.
    package let normals: [SIMD3<Float>]

    /// The surface of a mesh, whose adjacency may be at hand.
    ///
    /// Throws `Failure` if a face has a corner that is no vertex. Complexity: O(#V + #F log d) for the largest number d of triangles around
    /// a vertex.
    package init(_ mesh: Mesh, adjacency: Adjacency? = nil) throws {
        try mesh.validate()
        self.adjacency = adjacency ?? Adjacency(mesh)
        normals = mesh.vertexNormals()
    }
}
