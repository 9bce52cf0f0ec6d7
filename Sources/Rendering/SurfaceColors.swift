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
    /// The most pixels that all pictures of a mesh may have.
    package static let mostPixels = 600_000_000

    /// The colours of `mesh`, or nil if its file gives none.
    ///
    /// - Parameter mesh: the mesh.
    /// - Parameter mostPixels: the most pixels that all its pictures may have; those that are alike count once.
    /// - Throws: `Failure` if a picture cannot be decoded, or there are too many pixels.
    package init?(_ mesh: Mesh, mostPixels: Int = mostPixels) throws {
        guard mesh.vertexColors != nil || mesh.appearance?.isVisible == true else { return nil }
        faces = mesh.faces
        vertexColors = mesh.vertexColors
        appearance = mesh.appearance
        let materials = mesh.appearance?.materials ?? []
        // Materials often share a picture, and a small file may hold a large one.
        var known: [String: Image] = [:]
        var left = mostPixels
        let hashes = materials.map { $0.picture.map { ContentHash(of: $0).hex } }
        pictures = try zip(materials, hashes).map { material, hash in
            guard let data = material.picture, let hash else { return nil }
            if let image = known[hash] { return image }
            let image = try Self.reduced(data, "the picture of material '\(material.name)'", &left)
            known[hash] = image
            return image
        }
        let parts = zip(materials, hashes).map { "\($0.name) \($0.color) \($1 ?? "")" }
        key = ContentHash(of: Data(parts.joined(separator: "\n").utf8)).hex
    }

    private static func reduced(_ data: Data, _ name: String, _ left: inout Int) throws -> Image {
        let image = try Image.decode(data, name: name, options: ImageDecodingOptions(maximumPixels: min(left, 200_000_000)))
        left -= image.width * image.height
        return max(image.width, image.height) > longestSide ? image.resized(longestSide: longestSide, filter: .box) : image
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
