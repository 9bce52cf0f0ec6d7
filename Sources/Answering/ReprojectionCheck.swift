import BSBCorrespondence
import BSBImages
import BSBRegistration
import BSBRendering
import BSBShapes

/// A painted mesh, seen as the photo sees it, compared with the photo.
package struct ReprojectionCheck: Sendable, Hashable, Codable {
    /// Pixels of the mask that were compared.
    package var pixels: Int
    /// The share of the mask's pixels that show fully painted surface.
    package var coverage: Double
    /// Mean absolute difference of a channel in 0...1.
    package var meanDifference: Double
    /// The same for a part painted evenly in the photo's mean colour: what a picture must beat.
    package var meanDifferenceOfPlainColour: Double

    /// Looks up what up to 4000 pixels of a mask show of the painted mesh.
    ///
    /// Throws `Failure` if the paint cannot be read.
    init(_ painted: Mesh, _ match: Answer, _ map: DenseMap, _ mask: Mask, _ amounts: [Float]) throws {
        var placed = match.mesh.scene.mesh
        (placed.appearance, placed.vertexColors) = (painted.appearance, nil)
        let places = mask.spreadPixels(most: 4000)
        let spots = map.spots(of: mask, isFilled: false)
        let mean = Self.meanColor(match.photo.image, places)
        let colors = try SurfaceColors(placed)
        var (count, difference, plain) = (0, 0.0, 0.0)
        for place in places {
            guard let colors, let spot = spots[place.y * mask.width + place.x] else { continue }
            let corners = placed.faces[Int(spot.face)]
            let amount = (0..<3).reduce(Float(0)) { $0 + amounts[Int(corners[$1])] * spot.weights[$1] }
            // Where the paint fades into the rest, the photo is not what is shown.
            guard amount > 0.95 else { continue }
            let wanted = match.photo.image[place.x, place.y].unit
            count += 1
            difference += Self.distance(colors.color(face: Int(spot.face), weights: spot.weights), wanted)
            plain += Self.distance(mean, wanted)
        }
        let each = Double(max(1, count))
        pixels = count
        coverage = Double(count) / Double(max(1, places.count))
        (meanDifference, meanDifferenceOfPlainColour) = (difference / each, plain / each)
    }

    private static func distance(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> Double {
        let offset = a - b
        return Double(abs(offset.x) + abs(offset.y) + abs(offset.z)) / 3
    }

    private static func meanColor(_ image: Image, _ places: [(x: Int, y: Int)]) -> SIMD3<Float> {
        places.reduce(SIMD3<Float>.zero) { $0 + image[$1.x, $1.y].unit } / Float(max(1, places.count))
    }
}
