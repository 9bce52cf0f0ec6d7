import Basics
import Shapes

/// The triangles of a mesh over its distinct positions.
///
/// A field of features has one value at a point of the surface, so vertices of the file that coincide share one unknown. (The published
/// field is a function of the position, for which this holds by itself.) Meshes whose triangles share no vertices stay connected this way.
public struct WeldedSurface: Sendable {
    /// #points distinct positions, by first vertex.
    public let positions: [SIMD3<Float>]
    /// #V: the point of each vertex of the file.
    public let pointOfVertex: [Int32]
    /// #F: the points of each triangle's corners.
    public let triangles: [SIMD3<Int32>]
    /// #F: the edge from each corner to the next: (first, second), (second, third), (third, first); -1 where both ends are one point.
    public let triangleEdges: [SIMD3<Int32>]
    /// The distinct edges, lower point first, ascending.
    public let edges: [SIMD2<Int32>]

    /// The surface of a mesh.
    ///
    /// Complexity: O(#V + #F log #F).
    /// - Parameter mesh: the mesh.
    /// - Parameter weldingVertices: whether coincident vertices become one point; each is its own otherwise.
    /// - Throws: `Failure` if a face has a corner that is no vertex, or if the mesh is too large for 32-bit indices.
    public init(_ mesh: Mesh, weldingVertices: Bool = true) throws {
        guard mesh.vertices.count < Int(Int32.max), mesh.faces.count < Int(Int32.max) / 3 else {
            throw Self.failure("the mesh is too large")
        }
        guard mesh.faces.allSatisfy({ $0.max() < UInt32(mesh.vertices.count) }) else {
            throw Self.failure("a face has a corner that is no vertex")
        }
        (positions, pointOfVertex) = weldingVertices ? Self.weld(mesh.vertices) : (mesh.vertices, mesh.vertices.indices.map { Int32($0) })
        let points = pointOfVertex
        triangles = mesh.faces.map { SIMD3(points[Int($0.x)], points[Int($0.y)], points[Int($0.z)]) }
        (edges, triangleEdges) = Self.edges(of: triangles)
    }

    private static func weld(_ vertices: [SIMD3<Float>]) -> ([SIMD3<Float>], [Int32]) {
        let weld = Weld(vertices)
        return (weld.representative.map { vertices[Int($0)] }, weld.welded.map { Int32($0) })
    }

    private static func edges(of triangles: [SIMD3<Int32>]) -> ([SIMD2<Int32>], [SIMD3<Int32>]) {
        // Sorting (edge, place) pairs as numbers keeps this free of hash tables.
        var keys: [(edge: UInt64, place: Int)] = []
        keys.reserveCapacity(triangles.count * 3)
        for (face, triangle) in triangles.enumerated() {
            for side in 0..<3 {
                let (a, b) = (triangle[side], triangle[(side + 1) % 3])
                if a != b { keys.append((UInt64(min(a, b)) << 32 | UInt64(max(a, b)), 3 * face + side)) }
            }
        }
        keys.sort { ($0.edge, $0.place) < ($1.edge, $1.place) }
        var edges: [SIMD2<Int32>] = []
        var sides = [SIMD3<Int32>](repeating: [-1, -1, -1], count: triangles.count)
        var last: UInt64?
        for key in keys {
            if key.edge != last { edges.append([Int32(key.edge >> 32), Int32(key.edge & 0xFFFF_FFFF)]) }
            last = key.edge
            sides[key.place / 3][key.place % 3] = Int32(edges.count - 1)
        }
        return (edges, sides)
    }

    /// #points: a number for each connected part, the same for points that edges connect.
    public func components() -> [Int32] {
        var parent = positions.indices.map { Int32($0) }
        func root(_ point: Int32) -> Int32 {
            var point = point
            while parent[Int(point)] != point {
                parent[Int(point)] = parent[Int(parent[Int(point)])]
                point = parent[Int(point)]
            }
            return point
        }
        for edge in edges {
            let (a, b) = (root(edge.x), root(edge.y))
            parent[Int(max(a, b))] = min(a, b)
        }
        return positions.indices.map { root(Int32($0)) }
    }

    private static func failure(_ reason: String) -> Failure {
        Failure(.badInput, "fitting features to the mesh", reason: reason)
    }
}
