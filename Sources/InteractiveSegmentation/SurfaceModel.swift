import Basics
import LinearAlgebra
import Shapes

/// What segmenting needs to know of a mesh's surface: which vertices are neighbours, and which way they face.
public struct SurfaceModel: Sendable {
    /// The mesh over its distinct positions, so that unwelded triangles stay connected.
    let adjacency: Adjacency
    /// #V unit normals, area-weighted; zero for vertices of no face.
    public let normals: [SIMD3<Float>]

    /// The surface of a mesh, whose adjacency may be at hand.
    ///
    /// Throws `Failure` if a face has a corner that is no vertex. Complexity: O(#V + #F log d) for the largest number d of triangles around
    /// a vertex.
    public init(_ mesh: Mesh, adjacency: Adjacency? = nil) throws {
        try mesh.validate()
        self.adjacency = adjacency ?? Adjacency(mesh)
        normals = mesh.vertexNormals()
    }

    /// The probabilities that agree best with the votes and with each other along edges: #V.
    ///
    /// Minimises `Σ wᵥ (pᵥ - mᵥ)² + strength w̄ Σ (pᵤ - pᵥ)²` over the edges (u, v), where m is the mean vote and w̄ the mean weight of the
    /// vertices that have votes: a screened Poisson system. Vertices without votes continue their surroundings; parts of the mesh that
    /// no vote touches have probability 0.
    ///
    /// Complexity: that of a sparse Cholesky factorisation, about O(#V^1.5).
    func smoothed(_ votes: Votes, strength: Double) throws -> [Float] {
        let (count, pointOfVertex) = (adjacency.weld.count, adjacency.weld.welded)
        var (weight, sum) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
        for (vertex, point) in pointOfVertex.enumerated() {
            weight[Int(point)] += Double(votes.weight[vertex])
            sum[Int(point)] += Double(votes.sum[vertex])
        }
        let voted = weight.filter { $0 > 0 }
        guard !voted.isEmpty else { return [Float](repeating: 0, count: votes.weight.count) }
        let tie = strength * voted.reduce(0, +) / Double(voted.count)
        let components = adjacency.vertexComponents()
        var isTouched = [Bool](repeating: false, count: count)
        for point in 0..<count where weight[point] > 0 { isTouched[Int(components[point])] = true }
        var triplets: [SparseMatrix.Triplet] = []
        for point in 0..<count {
            // A point of an untouched part stands alone with probability 0.
            let diagonal = isTouched[Int(components[point])] ? weight[point] : 1
            triplets.append(.init(row: Int32(point), column: Int32(point), value: diagonal))
        }
        for edge in adjacency.edges where isTouched[Int(components[Int(edge.a)])] {
            let (a, b) = (Int32(edge.a), Int32(edge.b))
            for (row, column, value) in [(a, a, tie), (b, b, tie), (a, b, -tie), (b, a, -tie)] {
                triplets.append(.init(row: row, column: column, value: value))
            }
        }
        var solution = Matrix(rows: count, columns: 1, values: sum.map { Float($0) })
        try SparseCholesky(SparseMatrix(rows: count, columns: count, triplets: triplets)).solve(&solution)
        return pointOfVertex.map { min(max(solution.values[Int($0)], 0), 1) }
    }
}
