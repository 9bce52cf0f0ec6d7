import Shapes

/// Which triangles meet at each corner of a mesh, with vertices at the same place taken as one.
///
/// It depends on the connectivity alone, so deformed copies of a mesh share it.
public struct CornerNeighbours: Sendable {
    /// #V: the first vertex at the same position.
    public let welded: [UInt32]
    let starts: [UInt32]
    let faces: [UInt32]

    /// The neighbours of the mesh's corners.
    ///
    /// - Complexity: O(#V + #F).
    public init(mesh: Mesh) {
        var first: [SIMD3<Float>: UInt32] = [:]
        first.reserveCapacity(mesh.vertices.count)
        welded = mesh.vertices.enumerated().map { index, position in
            if let known = first[position] { return known }
            first[position] = UInt32(index)
            return UInt32(index)
        }
        var starts = [UInt32](repeating: 0, count: mesh.vertices.count + 1)
        for face in mesh.faces {
            for corner in 0..<3 { starts[Int(welded[Int(face[corner])]) + 1] += 1 }
        }
        for i in 1..<starts.count { starts[i] += starts[i - 1] }
        var next = starts
        var faces = [UInt32](repeating: 0, count: mesh.faces.count * 3)
        for (index, face) in mesh.faces.enumerated() {
            for corner in 0..<3 {
                let vertex = Int(welded[Int(face[corner])])
                faces[Int(next[vertex])] = UInt32(index)
                next[vertex] += 1
            }
        }
        (self.starts, self.faces) = (starts, faces)
    }

    /// 3 #F unit normals, one for each corner.
    ///
    /// Each is the area-weighted mean over the triangles that meet there within `creaseCosine` of the corner's own, whichever way they
    /// are wound; zero for triangles without area.
    func normals(mesh: Mesh, creaseCosine: Float) -> [SIMD3<Float>] {
        let scaled = mesh.faces.map { face in
            let (a, b, c) = (mesh.vertices[Int(face.x)], mesh.vertices[Int(face.y)], mesh.vertices[Int(face.z)])
            return cross(b - a, c - a)
        }
        let units = scaled.map(\.unitOrZero)
        var normals = [SIMD3<Float>](repeating: .zero, count: mesh.faces.count * 3)
        scaled.withUnsafeBufferPointer { scaled in
            units.withUnsafeBufferPointer { units in
                for (index, face) in mesh.faces.enumerated() {
                    for corner in 0..<3 {
                        let vertex = Int(welded[Int(face[corner])])
                        var sum = SIMD3<Float>.zero
                        for slot in Int(starts[vertex])..<Int(starts[vertex + 1]) {
                            let other = Int(faces[slot])
                            let cosine = dot(units[other], units[index])
                            if cosine > creaseCosine { sum += scaled[other] } else if cosine < -creaseCosine { sum -= scaled[other] }
                        }
                        normals[3 * index + corner] = sum.unitOrZero
                    }
                }
            }
        }
        return normals
    }
}
