import BSBBasics
import BSBShapes

@testable import BSBRendering

/// Möller-Trumbore in double precision over all triangles: the slow reference.
struct NaiveCaster {
    let mesh: Mesh

    struct Hit {
        var face: Int
        var t: Double
        var u: Double
        var v: Double
    }

    func hits(_ ray: Ray) -> [Hit] {
        mesh.faces.indices.compactMap { hit(ray, $0) }.sorted { $0.t < $1.t }
    }

    private func hit(_ ray: Ray, _ face: Int) -> Hit? {
        let corners = mesh.corners(of: mesh.faces[face])
        let (a, b, c) = (corners.0.double, corners.1.double, corners.2.double)
        let (o, d) = (ray.origin.double, ray.direction.double)
        let (e1, e2) = (b - a, c - a)
        let p = cross(d, e2)
        let determinant = dot(e1, p)
        guard determinant != 0 else { return nil }
        let s = o - a
        let u = dot(s, p) / determinant
        let q = cross(s, e1)
        let v = dot(d, q) / determinant
        let t = dot(e2, q) / determinant
        guard u >= 0, v >= 0, u + v <= 1, t >= Double(ray.near), t <= Double(ray.far) else { return nil }
        return Hit(face: face, t: t, u: u, v: v)
    }
}

/// `count` random triangles with corners in [-1, 1]^3.
func triangleSoup(_ count: Int, seed: UInt64, size: Float = 0.3) -> Mesh {
    var generator = SeededGenerator(seed: seed)
    func point(_ r: Float) -> SIMD3<Float> { [generator.uniform(-r, r), generator.uniform(-r, r), generator.uniform(-r, r)] }
    var vertices: [SIMD3<Float>] = []
    for _ in 0..<count {
        let centre = point(0.7)
        vertices += [centre + point(size), centre + point(size), centre + point(size)]
    }
    return Mesh(vertices: vertices, faces: (0..<UInt32(count)).map { [3 * $0, 3 * $0 + 1, 3 * $0 + 2] })
}

/// The unit sphere as an octahedron whose triangles are split in four `levels` times, closed and wound outwards.
func octasphere(_ levels: Int) -> Mesh {
    var vertices: [SIMD3<Float>] = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]
    var faces: [SIMD3<UInt32>] = [[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]]
    for _ in 0..<levels {
        var middles: [SIMD2<UInt32>: UInt32] = [:]
        func middle(_ a: UInt32, _ b: UInt32) -> UInt32 {
            let key = SIMD2(min(a, b), max(a, b))
            if let known = middles[key] { return known }
            vertices.append((vertices[Int(a)] + vertices[Int(b)]).unitOrZero)
            middles[key] = UInt32(vertices.count - 1)
            return middles[key]!
        }
        faces = faces.flatMap { face -> [SIMD3<UInt32>] in
            let (a, b, c) = (middle(face.x, face.y), middle(face.y, face.z), middle(face.z, face.x))
            return [[face.x, a, c], [a, face.y, b], [c, b, face.z], [a, b, c]]
        }
    }
    return Mesh(vertices: vertices, faces: faces)
}

/// The cube [-0.5, 0.5]^3, wound outwards.
func cube() -> Mesh {
    let vertices = (0..<8).map { SIMD3<Float>($0 & 1 == 0 ? -0.5 : 0.5, $0 & 2 == 0 ? -0.5 : 0.5, $0 & 4 == 0 ? -0.5 : 0.5) }
    let quads: [[UInt32]] = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]]
    return Mesh(vertices: vertices, faces: quads.flatMap { [[$0[0], $0[1], $0[2]], [$0[0], $0[2], $0[3]]] })
}

extension Mesh {
    /// The same triangles wound the other way.
    var inverted: Mesh { Mesh(vertices: vertices, faces: faces.map { [$0.x, $0.z, $0.y] }) }
}
