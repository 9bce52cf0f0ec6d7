import BSBDistillation
import BSBLinearAlgebra

/// The features of a mesh with everything else about its vertices that matching asks for, measured once for any number of clicks.
package struct SurfaceFeatures: Sendable {
    /// n x d, the features of the vertices.
    package let field: FeatureField
    /// n: whether a vertex can be an answer; vertices of no face cannot.
    package let eligible: [Bool]
    /// n positions in the unit ball.
    package let positions: [SIMD3<Float>]
    /// n: the share of the surface that each vertex stands for, in any unit.
    package let areas: [Double]
    /// The vertices, ready to be compared with queries.
    package let ranking: CosineRanking
    /// At most 4096 x d, unit features of vertices spread over the mesh (``ObjectSimilarity``).
    let sample: Matrix

    /// The features of a mesh.
    ///
    /// - Parameters:
    ///   - field: n x d.
    ///   - eligible: n; by default all vertices can be answers.
    ///   - positions: n positions in the unit ball, for options that ask where vertices are; without, those do nothing.
    ///   - areas: n; by default all vertices count alike.
    /// - Complexity: O(n d).
    package init(_ field: FeatureField, eligible: [Bool]? = nil, positions: [SIMD3<Float>] = [], areas: [Double]? = nil) {
        let count = field.vertexCount
        let eligible = eligible ?? [Bool](repeating: true, count: count)
        precondition(
            eligible.count == count && (positions.isEmpty || positions.count == count) && areas.map { $0.count == count } ?? true,
            "one of each for every vertex")
        self.field = field
        self.eligible = eligible
        self.positions = positions
        self.areas = areas ?? [Double](repeating: 1, count: count)
        ranking = CosineRanking(field.values)
        sample = ObjectSimilarity.sample(of: field.values, eligible: eligible)
    }

    /// The same vertices with other features.
    func with(_ other: FeatureField) -> SurfaceFeatures {
        SurfaceFeatures(other, eligible: eligible, positions: positions, areas: areas)
    }

    /// The number of vertices, n.
    package var count: Int { field.vertexCount }

    /// Bytes in memory, about.
    package var byteCount: Int { 4 * (field.values.values.count + sample.values.count) + count * 48 }
}
