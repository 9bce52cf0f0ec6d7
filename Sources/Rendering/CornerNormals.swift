import BSBBasics
import BSBShapes
import Foundation

/// The triangles around each corner of a mesh, with vertices at the same place taken as one.
///
/// It depends on the connectivity alone, so deformed copies of a mesh share it.
package struct CornerFans: Sendable {
    /// Which vertices are at the same place.
    package let weld: Weld
    /// #W rows: the triangles around each place, ascending.
    let faces: CompressedRows

    /// The fans of a mesh.
    ///
    /// - Complexity: O(#V + #F).
    package init(_ mesh: Mesh) {
        let weld = Weld(mesh.vertices)
        self.weld = weld
        faces = CompressedRows(rows: weld.count) { emit in
            for (index, face) in mesh.faces.enumerated() {
                let corners = weld.corners(face)
                for corner in 0..<3 { emit(corners[corner], UInt32(index)) }
            }
        }
    }
}

/// Smooth normals for shading, one for each corner of each triangle, that keep creases sharp.
///
/// A corner's normal is the mean of its own triangle's and those of the triangles around the vertex that are turned by less than the
/// crease angle against it, weighted by area. Vertices at the same place count as one, and a triangle wound the other way counts with its
/// normal reversed, so files of loose or mixed triangles look as smooth as clean ones.
package struct CornerNormals: Sendable {
    /// 3 x #F unit normals; zero for triangles without area.
    package let values: [SIMD3<Float>]

    /// Beyond so many triangles around a vertex its corners stay flat, which bounds the time.
    private static let largestFan = 256

    /// The normals of a mesh.
    ///
    /// - Parameters:
    ///   - mesh: the mesh.
    ///   - fans: those of the mesh, or of one that it is a deformed copy of; found anew by default.
    ///   - creaseAngle: in radians.
    /// - Complexity: O(#F) for meshes whose vertices have few triangles each.
    package init(_ mesh: Mesh, fans: CornerFans? = nil, creaseAngle: Float) {
        let fans = fans ?? CornerFans(mesh)
        let scaled = mesh.faces.map { Self.areaVector(mesh.corners(of: $0)) }
        let units = scaled.map(\.preciseUnitOrZero)
        let threshold = Float(cos(Double(creaseAngle)))
        var values = [SIMD3<Float>](repeating: .zero, count: 3 * mesh.faces.count)
        for (face, corners) in mesh.faces.enumerated() {
            let (own, places) = (units[face], fans.weld.corners(corners))
            for corner in 0..<3 {
                let place = Int(places[corner])
                let fan = fans.faces.starts[place]..<fans.faces.starts[place + 1]
                var sum = scaled[face]
                for slot in fan.count > Self.largestFan ? 0..<0 : fan {
                    let other = Int(fans.faces.values[slot])
                    let cosine = dot(own, units[other])
                    if other != face, abs(cosine) > threshold { sum += cosine < 0 ? -scaled[other] : scaled[other] }
                }
                let mean = sum.preciseUnitOrZero
                values[3 * face + corner] = mean == .zero ? own : mean
            }
        }
        self.values = values
    }

    private static func areaVector(_ corners: (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)) -> SIMD3<Float> {
        let vector = cross(corners.1 - corners.0, corners.2 - corners.0)
        return dot(vector, vector).isFinite ? vector : .zero
    }

    /// The normal at a point of a triangle.
    @inline(__always)
    func normal(face: Int, weights: SIMD3<Float>) -> SIMD3<Float> {
        values[3 * face] * weights.x + values[3 * face + 1] * weights.y + values[3 * face + 2] * weights.z
    }
}
