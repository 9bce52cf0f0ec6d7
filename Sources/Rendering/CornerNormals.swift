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
    private let mesh: Mesh
    private let fans: CornerFans
    private let threshold: Float
    /// 3 x #F, where they are made once for all; large meshes are seen by few of their corners.
    private let kept: [SIMD3<Float>]?

    /// Beyond so many triangles around a vertex its corners stay flat, which bounds the time.
    private static let largestFan = 256
    /// The number of triangles up to which all normals are made at once.
    package static let usualKeptFaces = 500_000

    /// The normals of a mesh.
    ///
    /// - Parameters:
    ///   - mesh: the mesh.
    ///   - fans: those of the mesh, or of one that it is a deformed copy of; found anew by default.
    ///   - creaseAngle: in radians.
    ///   - keptFaces: the triangles up to which all normals are made at once; with more, each when it is asked for.
    /// - Complexity: O(#F) for meshes whose vertices have few triangles each.
    package init(_ mesh: Mesh, fans: CornerFans? = nil, creaseAngle: Float, keptFaces: Int = usualKeptFaces) {
        let fans = fans ?? CornerFans(mesh)
        let threshold = Float(cos(Double(creaseAngle)))
        (self.mesh, self.fans, self.threshold) = (mesh, fans, threshold)
        guard mesh.faces.count <= keptFaces else {
            kept = nil
            return
        }
        let scaled = mesh.faces.map { Self.areaVector(mesh.corners(of: $0)) }
        let units = scaled.map(\.preciseUnitOrZero)
        var values = [SIMD3<Float>](repeating: .zero, count: 3 * mesh.faces.count)
        for (face, corners) in mesh.faces.enumerated() {
            let places = fans.weld.corners(corners)
            for corner in 0..<3 {
                values[3 * face + corner] = Self.normal(face, fans.faces[Int(places[corner])], threshold) { (scaled[$0], units[$0]) }
            }
        }
        kept = values
    }

    /// 3 x #F unit normals; zero for triangles without area.
    ///
    /// - Complexity: O(#F) where they were not kept.
    package var values: [SIMD3<Float>] { kept ?? (0..<3 * mesh.faces.count).map { corner($0 / 3, $0 % 3) } }

    /// The mean over a fan of triangles of those that are turned little against one of them.
    @inline(__always)
    private static func normal(
        _ face: Int, _ fan: ArraySlice<UInt32>, _ threshold: Float, area: (Int) -> (scaled: SIMD3<Float>, unit: SIMD3<Float>)
    ) -> SIMD3<Float> {
        let (scaled, own) = area(face)
        var sum = scaled
        for other in fan.count > largestFan ? [] : fan where Int(other) != face {
            let (scaled, unit) = area(Int(other))
            let cosine = dot(own, unit)
            if abs(cosine) > threshold { sum += cosine < 0 ? -scaled : scaled }
        }
        let mean = sum.preciseUnitOrZero
        return mean == .zero ? own : mean
    }

    private static func areaVector(_ corners: (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)) -> SIMD3<Float> {
        let vector = cross(corners.1 - corners.0, corners.2 - corners.0)
        return dot(vector, vector).isFinite ? vector : .zero
    }

    private func corner(_ face: Int, _ corner: Int) -> SIMD3<Float> {
        let place = Int(fans.weld.welded[Int(mesh.faces[face][corner])])
        return Self.normal(face, fans.faces[place], threshold) { other in
            let scaled = Self.areaVector(mesh.corners(of: mesh.faces[other]))
            return (scaled, scaled.preciseUnitOrZero)
        }
    }

    /// The normal at a point of a triangle.
    @inline(__always)
    func normal(face: Int, weights: SIMD3<Float>) -> SIMD3<Float> {
        guard let kept else {
            return corner(face, 0) * weights.x + corner(face, 1) * weights.y + corner(face, 2) * weights.z
        }
        return kept[3 * face] * weights.x + kept[3 * face + 1] * weights.y + kept[3 * face + 2] * weights.z
    }
}
