import BSBBasics
import BSBImages
import BSBShapes
import Foundation

/// The colours of a mesh's surface as its file gives them, ready to be looked up: pictures of materials, their colours, and colours of
/// vertices, multiplied as glTF has it.
package struct SurfaceColors: Sendable {
    private let faces: [SIMD3<UInt32>]
    private let vertexColors: [SIMD3<Float>]?
    private let appearance: SurfaceAppearance?
    private let pictures: [Image?]
    /// A name of everything but the mesh's own file that the colours depend on; part of cache keys.
    package let key: String

    /// Pictures are reduced to this longest side, which is enough for small views and keeps them from flickering.
    private static let longestSide = 1024

    /// The colours of `mesh`, or nil if its file gives none.
    ///
    /// - Throws: `Failure` if a picture cannot be decoded.
    package init?(_ mesh: Mesh) throws {
        guard mesh.vertexColors != nil || mesh.appearance?.isVisible == true else { return nil }
        faces = mesh.faces
        vertexColors = mesh.vertexColors
        appearance = mesh.appearance
        let materials = mesh.appearance?.materials ?? []
        pictures = try materials.map { material in
            guard let data = material.picture else { return nil }
            let image = try Image.decode(data, name: "the picture of material '\(material.name)'")
            return max(image.width, image.height) > Self.longestSide ? image.resized(longestSide: Self.longestSide, filter: .box) : image
        }
        let parts = materials.map { "\($0.name) \($0.color) \($0.picture.map { ContentHash(of: $0).hex } ?? "")" }
        key = ContentHash(of: Data(parts.joined(separator: "\n").utf8)).hex
    }

    /// The colour in 0...1 (sRGB) at a place of a triangle.
    ///
    /// - Parameter face: the triangle.
    /// - Parameter weights: the barycentric weights of the triangle's corners.
    package func color(face: Int, weights: SIMD3<Float>) -> SIMD3<Float> {
        var color = SIMD3<Float>.one
        if let vertexColors {
            let corners = faces[face]
            color =
                vertexColors[Int(corners.x)] * weights.x + vertexColors[Int(corners.y)] * weights.y
                + vertexColors[Int(corners.z)] * weights.z
        }
        guard let appearance, appearance.materialOfFace[face] >= 0 else { return color }
        let material = Int(appearance.materialOfFace[face])
        color *= appearance.materials[material].color
        guard let picture = pictures[material] else { return color }
        let place = (0..<3).reduce(SIMD2<Float>.zero) { $0 + appearance.coordinates[3 * face + $1] * weights[$1] }
        return place.x.isFinite && place.y.isFinite ? color * picture.repeating(at: place) : color
    }
}

extension Image {
    /// The colour in 0...1 at a place of the picture, (0, 0) its upper left and (1, 1) its lower right corner; it repeats beyond.
    func repeating(at place: SIMD2<Float>) -> SIMD3<Float> {
        let x = (place.x - place.x.rounded(.down)) * Float(width) - 0.5
        let y = (place.y - place.y.rounded(.down)) * Float(height) - 0.5
        let (left, top) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
        let (fx, fy) = (x - Float(left), y - Float(top))
        func texel(_ column: Int, _ row: Int) -> SIMD3<Float> {
            self[(column + width) % width, (row + height) % height].unit
        }
        let upper = texel(left, top) * (1 - fx) + texel(left + 1, top) * fx
        let lower = texel(left, top + 1) * (1 - fx) + texel(left + 1, top + 1) * fx
        return upper * (1 - fy) + lower * fy
    }
}
