import BSBBasics

/// A distant lamp, the sun or a window.
package struct Light: Sendable {
    /// Towards the light, of length 1.
    package var direction: SIMD3<Float>
    /// Linear colour times strength.
    package var color: SIMD3<Float>
    /// Half the angle that the light spans in radians: wide lights have soft shadows.
    package var angularRadius: Float
    /// Whether what stands in its way throws a shadow.
    package var castsShadows: Bool

    /// A light from `direction`, which need not have length 1.
    package init(direction: SIMD3<Float>, color: SIMD3<Float> = .one, angularRadius: Float = 0.03, castsShadows: Bool = true) {
        self.direction = direction.unitOrZero
        self.color = color
        self.angularRadius = angularRadius
        self.castsShadows = castsShadows
    }
}

/// All the light of a scene: lamps, and the glow of sky and ground from everywhere.
package struct Lighting: Sendable {
    /// The lamps.
    package var lights: [Light]
    /// Linear colours of the surroundings above and below.
    package var sky: SIMD3<Float>
    /// The linear colour of the surroundings below.
    package var ground: SIMD3<Float>
    /// The direction of the sky.
    package var up: SIMD3<Float>
    /// Rays per point that measure how open it is to its surroundings; 0 for none.
    package var occlusionRays: Int

    /// Light from the given lamps and surroundings.
    package init(
        lights: [Light], sky: SIMD3<Float> = [0.35, 0.38, 0.42], ground: SIMD3<Float> = [0.18, 0.17, 0.16], up: SIMD3<Float> = [0, 1, 0],
        occlusionRays: Int = 0
    ) {
        self.lights = lights
        self.sky = sky
        self.ground = ground
        self.up = up.unitOrZero
        self.occlusionRays = occlusionRays
    }

    /// A soft key light from above at the left of the camera, a weak fill light, and a bright room.
    package static func studio(viewDirection: SIMD3<Float>, up: SIMD3<Float> = [0, 1, 0], occlusionRays: Int = 8) -> Lighting {
        let side = cross(up, -viewDirection).unitOrZero
        let key = Light(direction: up * 1.1 - viewDirection * 0.7 - side * 0.8, color: [1.0, 0.97, 0.9] * 0.85, angularRadius: 0.07)
        let fill = Light(direction: up * 0.3 - viewDirection * 0.6 + side, color: [0.75, 0.85, 1.0] * 0.25, castsShadows: false)
        return Lighting(lights: [key, fill], up: up, occlusionRays: occlusionRays)
    }

    /// Random light: one to three lamps mostly from above, from hard sun to overcast.
    package static func random(up: SIMD3<Float>, viewDirection: SIMD3<Float>, using generator: inout SeededGenerator) -> Lighting {
        let count = generator.chance(0.12) ? 0 : 1 + generator.index(below: 3)
        let warmth = generator.uniform(-0.15, 0.25)
        let lights = (0..<count).map { index -> Light in
            let lift = generator.uniform(0.1, 1.6)
            let direction = generator.direction() * generator.uniform(0.4, 1.2) + up * lift - viewDirection * 0.5
            let tint = SIMD3<Float>(1 + warmth, 1, 1 - warmth) * (index == 0 ? 1 : generator.uniform(0.15, 0.6))
            return Light(
                direction: direction, color: tint * generator.uniform(0.5, 1.1), angularRadius: generator.logUniform(0.005, 0.1),
                castsShadows: index < 2 && generator.chance(0.8))
        }
        let level = count == 0 ? 0.8 : generator.logUniform(0.12, 0.6)
        let sky = SIMD3<Float>(1 - warmth * 0.6, 1, 1 + warmth * 0.6) * level
        return Lighting(
            lights: lights, sky: sky, ground: LinearColor.random(using: &generator) * level * generator.uniform(0.2, 0.9), up: up,
            occlusionRays: count == 0 || generator.chance(0.2) ? 3 : 0)
    }

    /// The light of the surroundings that falls on a surface of normal `n`.
    @inline(__always)
    func ambient(_ n: SIMD3<Float>) -> SIMD3<Float> { mix(ground, sky, 0.5 + 0.5 * dot(n, up)) }

    /// What a mirror sees in the direction `r`: a horizon between ground and sky, and a bright band above it like a window front.
    @inline(__always)
    func mirrored(_ r: SIMD3<Float>) -> SIMD3<Float> {
        let height = dot(r, up)
        let base = mix(ground * 0.8, sky * 1.6, smoothstep(-0.15, 0.2, height))
        return base + sky * (0.8 * smoothstep(0.25, 0.4, height) * (1 - smoothstep(0.6, 0.8, height)))
    }
}
