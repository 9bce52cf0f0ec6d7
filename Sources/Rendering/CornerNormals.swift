import Foundation
import Shapes

/// Smooth normals for shading, one for each corner of each triangle, that keep creases sharp.
///
/// A corner's normal is the mean of its own triangle's and those of the triangles around the vertex that are turned by less than the
/// crease angle against it, weighted by area. Vertices at the same place count as one, and a triangle wound the other way counts with its
/// normal reversed, so files of loose or mixed triangles look as smooth as clean ones.
struct CornerNormals: Sendable {
    /// 3 x #F unit normals; zero for triangles without area.
    let values: [SIMD3<Float>]

    /// Beyond so many triangles around a vertex its corners stay flat, which bounds the time.
    private static let largestFan = 256

    /// - Complexity: O(#F) for meshes whose vertices have few triangles each.
    init(mesh: Mesh, faceNormals: [SIMD3<Float>], creaseAngle: Float) {
        let places = Self.places(of: mesh)
        let fans = Self.fans(mesh: mesh, places: places)
        let areas = mesh.faces.map { Self.area(mesh.corners(of: $0)) }
        let threshold = cos(creaseAngle)
        var values = [SIMD3<Float>](repeating: .zero, count: 3 * mesh.faces.count)
        for (face, corners) in mesh.faces.enumerated() {
            let own = faceNormals[face]
            for corner in 0..<3 {
                let place = Int(places[Int(corners[corner])])
                let fan = fans.faces[fans.starts[place]..<fans.starts[place + 1]]
                var sum = own * areas[face]
                for other in fan.count > Self.largestFan ? [] : fan where Int(other) != face {
                    let cosine = dot(own, faceNormals[Int(other)])
                    if abs(cosine) > threshold { sum += faceNormals[Int(other)] * (cosine < 0 ? -1 : 1) * areas[Int(other)] }
                }
                let mean = sum.unitOrZero
                values[3 * face + corner] = mean == .zero ? own : mean
            }
        }
        self.values = values
    }

    /// #V: the first vertex at the same place.
    private static func places(of mesh: Mesh) -> [UInt32] {
        var first = [SIMD3<Float>: UInt32](minimumCapacity: mesh.vertices.count)
        return mesh.vertices.enumerated().map { index, position in
            if let place = first[position] { return place }
            first[position] = UInt32(index)
            return UInt32(index)
        }
    }

    /// The triangles around each place: those of place p are faces[starts[p] ..< starts[p + 1]].
    private static func fans(mesh: Mesh, places: [UInt32]) -> (starts: [Int], faces: [UInt32]) {
        var starts = [Int](repeating: 0, count: mesh.vertices.count + 1)
        for face in mesh.faces { for corner in 0..<3 { starts[Int(places[Int(face[corner])]) + 1] += 1 } }
        for i in 1..<starts.count { starts[i] += starts[i - 1] }
        var next = starts
        var faces = [UInt32](repeating: 0, count: 3 * mesh.faces.count)
        for (index, face) in mesh.faces.enumerated() {
            for corner in 0..<3 {
                let place = Int(places[Int(face[corner])])
                faces[next[place]] = UInt32(index)
                next[place] += 1
            }
        }
        return (starts, faces)
    }

    private static func area(_ corners: (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)) -> Float {
        let normal = cross(corners.1 - corners.0, corners.2 - corners.0)
        let area = dot(normal, normal).squareRoot()
        return area.isFinite ? area : 0
    }

    /// The normal at a point of a triangle.
    @inline(__always)
    func normal(face: Int, weights: SIMD3<Float>) -> SIMD3<Float> {
        values[3 * face] * weights.x + values[3 * face + 1] * weights.y + values[3 * face + 2] * weights.z
    }
}
