import BSBShapes

/// An octahedron whose triangles are cut into n^2 each, on the unit sphere, wound outwards.
public func sphereMesh(_ n: Int) -> Mesh {
    var vertices: [SIMD3<Float>] = []
    var index: [SIMD3<Int32>: UInt32] = [:]
    func vertex(_ p: SIMD3<Int32>) -> UInt32 {
        if let known = index[p] { return known }
        let v = SIMD3<Float>(p)
        vertices.append(v / (v * v).sum().squareRoot())
        index[p] = UInt32(vertices.count - 1)
        return UInt32(vertices.count - 1)
    }
    var faces: [SIMD3<UInt32>] = []
    for octant in 0..<8 {
        let sign = SIMD3<Int32>(octant & 1 == 0 ? 1 : -1, octant & 2 == 0 ? 1 : -1, octant & 4 == 0 ? 1 : -1)
        let isMirrored = sign.x * sign.y * sign.z < 0
        func add(_ a: UInt32, _ b: UInt32, _ c: UInt32) { faces.append(isMirrored ? [a, c, b] : [a, b, c]) }
        func corner(_ i: Int, _ j: Int) -> UInt32 { vertex(sign &* [Int32(i), Int32(j), Int32(n - i - j)]) }
        for i in 0..<n {
            for j in 0..<(n - i) {
                add(corner(i, j), corner(i + 1, j), corner(i, j + 1))
                if i + j + 1 < n { add(corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)) }
            }
        }
    }
    return Mesh(vertices: vertices, faces: faces)
}

/// An upright box between two corners.
public func box(_ lower: SIMD3<Float>, _ upper: SIMD3<Float>) -> Mesh {
    let vertices = (0..<8).map { i in
        SIMD3<Float>(i & 1 == 0 ? lower.x : upper.x, i & 2 == 0 ? lower.y : upper.y, i & 4 == 0 ? lower.z : upper.z)
    }
    let faces: [SIMD3<UInt32>] = [
        [0, 2, 1], [1, 2, 3], [4, 5, 6], [5, 7, 6], [0, 1, 4], [1, 5, 4], [2, 6, 3], [3, 6, 7], [0, 4, 2], [2, 4, 6], [1, 3, 5], [3, 7, 5],
    ]
    return Mesh(vertices: vertices, faces: faces)
}

/// Meshes side by side as one.
public func merged(_ meshes: [Mesh]) -> Mesh {
    var (vertices, faces): ([SIMD3<Float>], [SIMD3<UInt32>]) = ([], [])
    for mesh in meshes {
        let offset = UInt32(vertices.count)
        vertices += mesh.vertices
        faces += mesh.faces.map { $0 &+ offset }
    }
    return Mesh(vertices: vertices, faces: faces)
}

/// A trunk, part 0, with two arms, part 1.
public func armedTrunk() -> (mesh: Mesh, faceParts: [UInt8]) {
    let mesh = merged([
        box([-0.2, -0.6, -0.2], [0.2, 0.6, 0.2]), box([-0.7, 0.1, -0.1], [-0.25, 0.3, 0.1]), box([0.25, 0.1, -0.1], [0.6, 0.3, 0.1]),
    ])
    return (mesh, (0..<36).map { $0 < 12 ? 0 : 1 })
}
