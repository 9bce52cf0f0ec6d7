import BSBBasics

/// How a picture of a mesh is lit and coloured.
package struct Shading: Hashable, Sendable, Codable {
    /// The light, fixed to the camera.
    package enum Light: Hashable, Sendable, Codable {
        /// The published light: 9 spherical-harmonic coefficients [1, 1, 1, 1, 0, 0, 0, 0, 0] on the normal as wound, from the upper right
        /// front. Triangles wound the other way, and those turned away to the lower left, come out black.
        case sphericalHarmonics
        /// A wide light beside the eye and a soft fill from above, on whichever side of the surface is seen.
        case headlight
        /// The same with the wide light in a unit direction of camera space.
        case lamp(SIMD3<Float>)
        /// No light: the normal's components in camera space from -1 to 1 are shown as red, green and blue.
        case normalColors
    }

    /// The normals that are lit.
    package enum Normals: Hashable, Sendable, Codable {
        /// One for each triangle.
        case flat
        /// Smooth but for creases sharper than an angle in radians.
        case smooth(creaseAngle: Float)
    }

    /// Darkening where nearby surface keeps light off.
    package struct AmbientOcclusion: Hashable, Sendable, Codable {
        /// Rays for each pixel of the picture; sixteen pixels share theirs where they see the same surface.
        package var rays: Int
        /// How far surface can be to keep light off, in units of the mesh's box's diagonal.
        package var reach: Float
        /// 0 for none, 1 for black where all rays are kept off.
        package var strength: Float

        /// Darkening by `rays` rays for each pixel.
        package init(rays: Int = 8, reach: Float = 0.2, strength: Float = 0.7) {
            self.rays = rays
            self.reach = reach
            self.strength = strength
        }
    }

    /// What lights the surface.
    package var light: Light
    /// The normals that are lit.
    package var normals: Normals
    /// The surface's colour in 0...1 where no vertex colours are given.
    package var albedo: SIMD3<Float>
    /// What the light is multiplied by.
    package var exposure: Float
    /// The colour in 0...1 where there is no surface; nil leaves the surface's own colour at its outline, to be laid over something else.
    package var background: SIMD3<Float>?
    /// Darkening in hollows, or none.
    package var ambientOcclusion: AmbientOcclusion?
    /// Samples across and down each pixel: 1 for one at the centre, 2 and more for soft outlines.
    package var supersampling: Int
    /// Which sides of triangles are seen.
    package var culling: Culling
    /// How vertex colours vary over a triangle.
    package var interpolation: Interpolation

    /// A way of lighting and colouring; by default ``robust``.
    package init(
        light: Light = .headlight, normals: Normals = .flat, albedo: SIMD3<Float> = [2 / 3, 2 / 3, 2 / 3], exposure: Float = 1,
        background: SIMD3<Float>? = [1, 1, 1], ambientOcclusion: AmbientOcclusion? = nil, supersampling: Int = 1,
        culling: Culling = .none, interpolation: Interpolation = .perspectiveCorrect
    ) {
        self.light = light
        self.normals = normals
        self.albedo = albedo
        self.exposure = exposure
        self.background = background
        self.ambientOcclusion = ambientOcclusion
        self.supersampling = supersampling
        self.culling = culling
        self.interpolation = interpolation
    }

    /// The published renderer: its light, culling, interpolation, grey of 2/3 and white background.
    package static let reference = Shading(light: .sphericalHarmonics, culling: .kaolin, interpolation: .screenLinear)

    /// Every surface visible from both sides and lit, however the mesh is wound; smooth where the shape is.
    package static let robust = Shading(normals: .smooth(creaseAngle: .pi / 4))

    /// Pictures for people: ``robust`` with soft outlines, soft shadows in hollows and a light grey surface.
    package static let presentation = Shading(
        normals: .smooth(creaseAngle: .pi / 4), albedo: [0.75, 0.75, 0.75], exposure: 1.15, ambientOcclusion: AmbientOcclusion(),
        supersampling: 2)

    /// The light that a surface reflects, where 1 gives it its own colour.
    ///
    /// - Parameter normal: the unit normal in camera space; but for the published light, of the side that is seen.
    @inline(__always)
    func reflectance(_ normal: SIMD3<Float>) -> Float {
        switch light {
        case .sphericalHarmonics:
            return exposure * (0.28209479177 + 0.4886025119 * (normal.x + normal.z + normal.y))
        case .headlight: return lit(normal, from: [0.2594, 0.4323, 0.8646])
        case .lamp(let direction): return lit(normal, from: direction)
        case .normalColors: return exposure
        }
    }

    /// The lamp is wide: it reaches 0.3 beyond the horizon.
    @inline(__always)
    private func lit(_ normal: SIMD3<Float>, from direction: SIMD3<Float>) -> Float {
        let lamp = max(0, (dot(normal, direction) + 0.3) / 1.3)
        return exposure * (0.25 + 0.6 * lamp + 0.15 * (0.5 + 0.5 * normal.y))
    }
}

/// Colours of vertices that show a probability.
package enum ProbabilityColors {
    /// The published grey of what is outside a segment: (180, 180, 180).
    package static let outside = SIMD3<Float>(180, 180, 180) / 255
    /// The published blue of what is inside a segment: (60, 160, 250).
    package static let inside = SIMD3<Float>(60, 160, 250) / 255

    /// #V colours in 0...1, blended from grey to blue by #V probabilities.
    package static func blended(_ probabilities: [Float]) -> [SIMD3<Float>] {
        probabilities.map { outside + (inside - outside) * min(max($0, 0), 1) }
    }
}
