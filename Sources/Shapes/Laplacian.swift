/// Weights for the edges of a mesh, such that the sum of w_ij |f_i - f_j|^2 measures how rough a field f over the vertices is.
public struct Laplacian: Sendable {
    /// How an edge is weighted.
    public enum Weighting: String, CaseIterable, Sendable, Codable {
        /// Every edge counts 1.
        case uniform
        /// (cot a + cot b) / 2 for the angles a and b opposite to the edge (Pinkall and Polthier 1993): independent of how the surface
        /// is divided. Each weight is kept between 0.05 and 20, so that obtuse and degenerate triangles neither repel nor dominate.
        case cotangent
    }

    /// An edge with its weight.
    public struct Term: Hashable, Sendable {
        /// The lower end, a welded vertex.
        public var i: UInt32
        /// The higher end, a welded vertex.
        public var j: UInt32
        /// Above 0.
        public var weight: Double
    }

    /// One term for each edge, ascending by `i`, then `j`.
    public let terms: [Term]
    /// The number of welded vertices.
    public let count: Int

    /// The weights of the edges of `mesh`, whose welded adjacency is given.
    ///
    /// - Complexity: O(#E + #F).
    public init(_ mesh: Mesh, adjacency: Adjacency, weighting: Weighting = .cotangent) {
        count = adjacency.weld.count
        terms = adjacency.edges.enumerated().map { index, edge in
            guard weighting == .cotangent else { return Term(i: edge.a, j: edge.b, weight: 1) }
            let sum = adjacency.edgeFaces[index].reduce(0.0) { sum, face in
                sum + Self.oppositeCotangent(mesh, adjacency.weld, face: Int(face), edge: edge)
            }
            return Term(i: edge.a, j: edge.b, weight: min(max(sum / 2, 0.05), 20))
        }
    }

    /// #W: the sum of the weights at each welded vertex, the Laplacian matrix's diagonal.
    public var diagonal: [Double] {
        var sums = [Double](repeating: 0, count: count)
        for term in terms {
            sums[Int(term.i)] += term.weight
            sums[Int(term.j)] += term.weight
        }
        return sums
    }

    private static func oppositeCotangent(_ mesh: Mesh, _ weld: Weld, face: Int, edge: Adjacency.Edge) -> Double {
        let corners = weld.corners(mesh.faces[face])
        let apex = corners.x ^ corners.y ^ corners.z ^ edge.a ^ edge.b
        func position(_ vertex: UInt32) -> SIMD3<Double> { SIMD3<Double>(mesh.vertices[Int(weld.representative[Int(vertex)])]) }
        let (u, v) = (position(edge.a) - position(apex), position(edge.b) - position(apex))
        let sine = length(cross(u, v))
        // A flat triangle has no angle to speak of; a lone edge's neutral share stands in.
        guard sine > 1e-12 * (dot(u, u) + dot(v, v)) else { return 0.5 }
        return min(max(dot(u, v) / sine, -40), 40)
    }
}
