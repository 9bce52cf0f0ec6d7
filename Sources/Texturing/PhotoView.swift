/// A point of a surface that is to be painted.
package struct PaintedPoint: Sendable, Hashable {
    /// Where it is.
    package var position: SIMD3<Float>
    /// The surface's unit normal there.
    package var normal: SIMD3<Float>
}

/// What a photo says of a point of a surface.
package struct PhotoView: Sendable, Hashable {
    /// Its place in the photo's plane, whether it is seen there or not.
    package var place: SIMD2<Double>
    /// How well the photo shows it, 0...1: less at a grazing angle, 0 where something hides it.
    package var seen: Float
    /// How much it faces the eye or turns away from it, 0...1: 0 at the outline.
    package var facing: Float
    /// The place of its mirror image; of itself where the surface is not symmetric.
    package var mirroredPlace: SIMD2<Double>
    /// How well the photo shows its mirror image.
    package var mirrored: Float

    /// What a photo says of a point.
    package init(place: SIMD2<Double>, seen: Float, facing: Float, mirroredPlace: SIMD2<Double>? = nil, mirrored: Float = 0) {
        (self.place, self.seen, self.facing) = (place, seen, facing)
        (self.mirroredPlace, self.mirrored) = (mirroredPlace ?? place, mirrored)
    }
}

/// Where the colour of a texel is from.
package enum Provenance: UInt8, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing was painted.
    case none
    /// The photo shows the point.
    case seen
    /// The photo shows the point's mirror image.
    case mirrored
    /// The photo shows neither: what lies before it, or spreads from around it.
    case made
}
