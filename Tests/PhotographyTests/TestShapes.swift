import Images
import Photography
import Shapes

/// An upright box between two corners.
func box(_ lower: SIMD3<Float>, _ upper: SIMD3<Float>) -> Mesh {
    let vertices = (0..<8).map { i in
        SIMD3<Float>(i & 1 == 0 ? lower.x : upper.x, i & 2 == 0 ? lower.y : upper.y, i & 4 == 0 ? lower.z : upper.z)
    }
    let faces: [SIMD3<UInt32>] = [
        [0, 2, 1], [1, 2, 3], [4, 5, 6], [5, 7, 6], [0, 1, 4], [1, 5, 4], [2, 6, 3], [3, 6, 7], [0, 4, 2], [2, 4, 6], [1, 3, 5], [3, 7, 5],
    ]
    return Mesh(vertices: vertices, faces: faces)
}

/// Meshes side by side as one.
func merged(_ meshes: [Mesh]) -> Mesh {
    var (vertices, faces): ([SIMD3<Float>], [SIMD3<UInt32>]) = ([], [])
    for mesh in meshes {
        let offset = UInt32(vertices.count)
        vertices += mesh.vertices
        faces += mesh.faces.map { $0 &+ offset }
    }
    return Mesh(vertices: vertices, faces: faces)
}

/// A trunk of class 0 with two arms of class 1.
func armedTrunk(name: String = "trunk") throws -> TrainingShape {
    let mesh = merged([
        box([-0.2, -0.6, -0.2], [0.2, 0.6, 0.2]), box([-0.7, 0.1, -0.1], [-0.25, 0.3, 0.1]), box([0.25, 0.1, -0.1], [0.6, 0.3, 0.1]),
    ])
    return try TrainingShape(
        name: name, category: "Trunk", mesh: mesh, faceClasses: (0..<36).map { $0 < 12 ? 0 : 1 }, viewDirection: [0, 0, -1])
}

/// The mean over a picture of the largest channel difference.
func meanDifference(_ a: Image, _ b: Image) -> Float {
    let sum = zip(a.pixels, b.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    return Float(sum) / Float(a.pixels.count)
}
