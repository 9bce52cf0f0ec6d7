import BSBDistillation
import BSBLinearAlgebra
import BSBShapes

/// The features of a mesh with everything else about its vertices that matching asks for, measured once for any number of clicks.
///
/// There is a row for each vertex, or for each cluster of a large mesh's vertices (``VertexClusters``), which one of them stands for.
package struct SurfaceFeatures: Sendable {
    /// n x d, the features of the rows.
    package let field: FeatureField
    /// n: whether a row can be an answer; vertices of no face cannot.
    package let eligible: [Bool]
    /// n positions in the unit ball.
    package let positions: [SIMD3<Float>]
    /// n: the share of the surface that each row stands for, in any unit.
    package let areas: [Double]
    /// #V: the share of the surface that each vertex stands for, in the same unit.
    package let vertexAreas: [Double]
    /// The rows, ready to be compared with queries.
    package let ranking: CosineRanking
    /// At most 4096 x d, unit features of vertices spread over the mesh (``ObjectSimilarity``).
    let sample: Matrix
    private let clusters: VertexClusters?

    /// The features of a mesh.
    ///
    /// - Parameters:
    ///   - field: n x d.
    ///   - eligible: #V; by default all vertices can be answers.
    ///   - positions: #V positions in the unit ball, for options that ask where vertices are; without, those do nothing.
    ///   - areas: #V; by default all vertices count alike.
    ///   - clusters: what the rows are, where they are not the vertices.
    /// - Complexity: O(n d + #V).
    package init(
        _ field: FeatureField, eligible: [Bool]? = nil, positions: [SIMD3<Float>] = [], areas: [Double]? = nil,
        clusters: VertexClusters? = nil
    ) {
        let count = clusters?.ofVertex.count ?? field.vertexCount
        let eligible = eligible ?? [Bool](repeating: true, count: count)
        precondition(
            field.vertexCount == clusters?.count ?? count && eligible.count == count && (positions.isEmpty || positions.count == count)
                && areas.map { $0.count == count } ?? true,
            "one of each for every vertex")
        self.field = field
        self.clusters = clusters
        vertexAreas = areas ?? [Double](repeating: 1, count: count)
        self.areas = clusters?.sums(vertexAreas) ?? vertexAreas
        self.eligible = clusters.map { $0.vertices.map { eligible[Int($0)] } } ?? eligible
        self.positions = positions.isEmpty ? [] : clusters.map { $0.vertices.map { positions[Int($0)] } } ?? positions
        ranking = CosineRanking(field.values)
        sample = ObjectSimilarity.sample(of: field.values, eligible: self.eligible)
    }

    private init(_ field: FeatureField, of other: SurfaceFeatures) {
        self.field = field
        (eligible, positions, areas, vertexAreas) = (other.eligible, other.positions, other.areas, other.vertexAreas)
        clusters = other.clusters
        ranking = CosineRanking(field.values)
        sample = ObjectSimilarity.sample(of: field.values, eligible: eligible)
    }

    /// The same rows with other features.
    func with(_ other: FeatureField) -> SurfaceFeatures { SurfaceFeatures(other, of: self) }

    /// The number of rows, n.
    package var count: Int { field.vertexCount }

    /// The vertex that a row is, or that stands for it.
    package func vertex(ofRow row: Int) -> Int { clusters.map { Int($0.vertices[row]) } ?? row }

    /// The row of a vertex.
    package func row(ofVertex vertex: Int) -> Int { clusters.map { Int($0.ofVertex[vertex]) } ?? vertex }

    /// The features of vertices: as many rows x d.
    package func values(at vertices: [Int]) -> Matrix { field.values.gatheringRows(vertices.map { row(ofVertex: $0) }) }

    /// Bytes in memory, about.
    package var byteCount: Int {
        4 * (field.values.values.count + sample.values.count) + count * 48 + (clusters == nil ? 0 : vertexAreas.count * 12)
    }
}
