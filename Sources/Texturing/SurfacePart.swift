import BSBBasics
import BSBShapes

/// Some triangles of a mesh with the vertices that they use, vertices in one place taken as one.
package struct SurfacePart: Sendable {
    /// The triangles of the mesh, ascending.
    package let faces: [Int]
    /// #P positions.
    package let positions: [SIMD3<Float>]
    /// For each triangle of `faces`, its corners among `positions`.
    package let triangles: [SIMD3<Int>]
    /// #P: a vertex of the mesh at each position.
    package let vertices: [Int]
    /// #P unit normals of the mesh.
    package let normals: [SIMD3<Float>]
    /// The distinct edges between positions, ascending.
    package let edges: [SIMD2<Int32>]

    /// The triangles `faces` of a mesh; those with two corners in one place are left out.
    ///
    /// Complexity: O(#V + faces log faces).
    package init(_ faces: [Int], of mesh: Mesh) {
        let weld = Weld(mesh.vertices)
        let all = mesh.vertexNormals()
        var number: [UInt32: Int] = [:]
        var (kept, triangles, vertices) = ([Int](), [SIMD3<Int>](), [Int]())
        for face in faces.sorted() {
            let corners = weld.corners(mesh.faces[face])
            guard corners.x != corners.y, corners.y != corners.z, corners.z != corners.x else { continue }
            var triangle = SIMD3<Int>()
            for corner in 0..<3 {
                if number[corners[corner]] == nil {
                    number[corners[corner]] = vertices.count
                    vertices.append(Int(weld.representative[Int(corners[corner])]))
                }
                triangle[corner] = number[corners[corner]]!
            }
            kept.append(face)
            triangles.append(triangle)
        }
        self.faces = kept
        self.triangles = triangles
        self.vertices = vertices
        positions = vertices.map { mesh.vertices[$0] }
        normals = vertices.map { all[$0] }
        var edges = Set<SIMD2<Int32>>()
        for triangle in triangles {
            for side in 0..<3 {
                let (a, b) = (triangle[side], triangle[(side + 1) % 3])
                edges.insert([Int32(min(a, b)), Int32(max(a, b))])
            }
        }
        self.edges = edges.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
    }

    /// The normal of a triangle, twice as long as its area.
    func areaVector(_ triangle: Int) -> SIMD3<Double> {
        let corners = triangles[triangle]
        let (a, b, c) = (positions[corners.x], positions[corners.y], positions[corners.z])
        return cross(SIMD3<Double>(b) - SIMD3<Double>(a), SIMD3<Double>(c) - SIMD3<Double>(a))
    }
}
