import BSBBasics

/// Who touches whom on a mesh, with vertices at one position taken as one.
///
/// Indices of vertices are those of welded vertices (``Weld``), indices of triangles those of `mesh.faces`. Meshes whose triangles share no
/// vertices are connected this way. A triangle of which two corners are in one place connects its corners, but is not listed as a
/// neighbour of them or of its edges.
package struct Adjacency: Sendable {
    /// An edge between two welded vertices, the lower one first.
    package struct Edge: Hashable, Sendable {
        /// The lower end.
        package var a: UInt32
        /// The higher end.
        package var b: UInt32
    }

    /// How vertices of the file map to welded ones.
    package let weld: Weld
    /// #W positions.
    package let positions: [SIMD3<Float>]
    /// #F: the triangles' corners as welded vertices.
    package let triangles: [SIMD3<UInt32>]
    /// Every edge once, ascending by lower, then higher end.
    package let edges: [Edge]
    /// #F: the edges (first, second), (second, third), (third, first) of each triangle; -1 where both ends are one vertex.
    package let triangleEdges: [SIMD3<Int32>]

    /// The adjacency of `mesh`.
    ///
    /// - Complexity: O(#V + #F log d) for the largest number d of triangles around a vertex.
    package init(_ mesh: Mesh) {
        let weld = Weld(mesh.vertices)
        self.weld = weld
        positions = weld.representative.map { mesh.vertices[Int($0)] }
        triangles = mesh.faces.map(weld.corners)
        (edges, triangleEdges) = Self.edges(of: triangles, vertexCount: weld.count)
    }

    /// #W rows: the welded vertices at the other ends of each vertex's edges, ascending.
    ///
    /// - Complexity: O(#E).
    package func oneRing() -> CompressedRows {
        CompressedRows(rows: weld.count) { emit in
            // Edges ascend, so a vertex first meets its lower neighbours, then its higher ones, each ascending.
            for edge in edges { emit(edge.b, edge.a) }
            for edge in edges { emit(edge.a, edge.b) }
        }
    }

    /// #E rows: the triangles at each edge, ascending; one at a boundary, two inside, more where the mesh is no manifold.
    ///
    /// - Complexity: O(#F).
    package func edgeFaces() -> CompressedRows {
        CompressedRows(rows: edges.count) { emit in
            for (face, sides) in triangleEdges.enumerated() where !triangles[face].isCollapsed {
                for side in 0..<3 { emit(UInt32(sides[side]), UInt32(face)) }
            }
        }
    }

    /// Half edges sorted by (lower end, higher end): those of one edge become neighbours.
    private static func edges(of triangles: [SIMD3<UInt32>], vertexCount: Int) -> ([Edge], [SIMD3<Int32>]) {
        var halves = CompressedRows(rows: vertexCount) { emit in
            for (face, corners) in triangles.enumerated() {
                for side in 0..<3 where corners[side] != corners[(side + 1) % 3] {
                    emit(min(corners[side], corners[(side + 1) % 3]), UInt32(3 * face + side))
                }
            }
        }
        func high(_ half: UInt32) -> UInt32 {
            let (corners, side) = (triangles[Int(half / 3)], Int(half % 3))
            return max(corners[side], corners[(side + 1) % 3])
        }
        var edges: [Edge] = []
        edges.reserveCapacity(triangles.count * 3 / 2)
        var sides = [SIMD3<Int32>](repeating: [-1, -1, -1], count: triangles.count)
        for low in 0..<vertexCount {
            let row = halves.starts[low]..<halves.starts[low + 1]
            halves.values[row].sort { (high($0), $0) < (high($1), $1) }
            for half in halves.values[row] {
                let edge = Edge(a: UInt32(low), b: high(half))
                if edges.last != edge { edges.append(edge) }
                sides[Int(half / 3)][Int(half % 3)] = Int32(edges.count - 1)
            }
        }
        return (edges, sides)
    }

    /// #W: a number for each connected part, the same for welded vertices that edges connect: its lowest vertex.
    ///
    /// - Complexity: O(#E α(#W)).
    package func vertexComponents() -> [UInt32] {
        var sets = DisjointSets(count: weld.count)
        for edge in edges { sets.join(Int(edge.a), Int(edge.b)) }
        return sets.roots().map { UInt32($0) }
    }

    /// #F: the connected part of each triangle, and their number; parts are numbered by their first triangle.
    ///
    /// Triangles that share a welded vertex are connected.
    /// - Complexity: O(#F α(#F)).
    package func faceComponents() -> (ofFace: [UInt32], count: Int) {
        let components = vertexComponents()
        var number = [UInt32](repeating: .max, count: weld.count)
        var count: UInt32 = 0
        let ofFace = triangles.map { corners -> UInt32 in
            let component = Int(components[Int(corners.x)])
            if number[component] == .max {
                number[component] = count
                count += 1
            }
            return number[component]
        }
        return (ofFace, Int(count))
    }
}

extension SIMD3<UInt32> {
    /// Whether two of the corners are the same.
    var isCollapsed: Bool { x == y || y == z || z == x }
}
