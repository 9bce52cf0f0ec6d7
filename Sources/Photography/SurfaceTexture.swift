import BSBBasics

/// A colour for every point of space, so that a surface needs no texture coordinates.
package struct SurfaceTexture: Sendable {
    /// What is painted.
    package enum Pattern: Sendable, CaseIterable {
        case plain, patches, speckle, clouds, marble, wood, stripes, checks, dots, brushed, bricks
    }

    /// The procedural pattern; not used where there is a photo.
    package var pattern: Pattern
    /// Linear colours 0...1 that the pattern mixes.
    package var first: SIMD3<Float>
    /// The linear colour that the pattern mixes in first.
    package var second: SIMD3<Float>
    /// The linear colour that the pattern mixes in last.
    package var third: SIMD3<Float>
    /// Features per unit of length.
    package var scale: Float
    /// Distinguishes otherwise equal textures.
    package var seed: UInt32
    /// A picture to lay on from three sides instead of the pattern, tinted by `first`.
    package var photo: LinearImage?
    var frame: Rotation

    /// A texture with axes along the coordinate axes.
    package init(
        pattern: Pattern = .plain, first: SIMD3<Float>, second: SIMD3<Float>? = nil, third: SIMD3<Float>? = nil, scale: Float = 4,
        seed: UInt32 = 0, photo: LinearImage? = nil
    ) {
        self.pattern = pattern
        self.first = first
        self.second = second ?? first * 0.5
        self.third = third ?? first
        self.scale = scale
        self.seed = seed
        self.photo = photo
        frame = .identity
    }

    /// A random texture for things of size about 1; photos are used only if there are any.
    package static func random(using generator: inout SeededGenerator, photos: [LinearImage] = [], plainness: Float = 0.35)
        -> SurfaceTexture
    {
        let first = LinearColor.random(using: &generator)
        let related = generator.chance(0.6)
        let second = related ? LinearColor.variation(of: first, amount: 0.8, using: &generator) : LinearColor.random(using: &generator)
        let third = related ? LinearColor.variation(of: first, amount: 0.8, using: &generator) : LinearColor.random(using: &generator)
        let patterns = Pattern.allCases.filter { $0 != .plain }
        let pattern = generator.chance(plainness) ? .plain : generator.pick(patterns)
        var texture = SurfaceTexture(
            pattern: pattern, first: first, second: second, third: third, scale: generator.logUniform(2, 18),
            seed: UInt32(truncatingIfNeeded: generator.next()))
        texture.frame = generator.chance(0.5) ? generator.rotation() : .identity
        if !photos.isEmpty, generator.chance(0.25) {
            texture.photo = generator.pick(photos)
            texture.scale = generator.logUniform(0.5, 2.5)
            texture.first = mix(SIMD3<Float>.one, first / Float.maximum(0.1, first.max()), generator.uniform(0, 0.5))
        }
        return texture
    }

    /// The linear colour at `point`, on a surface whose unit normal is `normal` (used by photos only).
    @inline(__always)
    package func color(at point: SIMD3<Float>, normal: SIMD3<Float>) -> SIMD3<Float> {
        if photo == nil, pattern == .plain { return first }
        let p = frame.inverse(point) * scale
        if let photo { return photo.triplanar(p, normal: frame.inverse(normal)) * first }
        return procedural(p)
    }

    private func procedural(_ p: SIMD3<Float>) -> SIMD3<Float> {
        switch pattern {
        case .plain: return first
        case .patches: return mix(first, second, smoothstep(-0.06, 0.06, Noise.fractal(p * 0.5, octaves: 3, seed: seed)))
        case .speckle:
            let fine = Noise.value(p * 6, seed: seed)
            return mix(mix(first, second, smoothstep(0.25, 0.4, fine)), third, smoothstep(0.25, 0.4, Noise.value(p * 9, seed: seed &+ 5)))
        case .clouds: return mix(first, second, clamp(0.5 + 0.7 * Noise.fractal(p * 0.6, octaves: 4, seed: seed), 0, 1))
        case .marble: return marble(p)
        case .wood: return wood(p)
        case .stripes: return stripes(p)
        case .checks: return checks(p)
        case .dots: return dots(p)
        case .brushed:
            let streak = Noise.fractal(p * SIMD3(0.4, 9, 9), octaves: 2, seed: seed)
            return first * (1 + 0.3 * streak)
        case .bricks: return bricks(p)
        }
    }

    private func marble(_ p: SIMD3<Float>) -> SIMD3<Float> {
        let vein = abs(sine(p.x * 1.2 + 3.5 * Noise.fractal(p * 0.7, octaves: 4, seed: seed)))
        let base = mix(first, third, 0.5 + 0.4 * Noise.value(p * 0.4, seed: seed &+ 3))
        return mix(second, base, smoothstep(0, 0.45, vein))
    }

    private func wood(_ p: SIMD3<Float>) -> SIMD3<Float> {
        let bend = 0.5 * Noise.value(p * SIMD3(0.15, 0.5, 0.5), seed: seed)
        let radius = (p.y * p.y + p.z * p.z).squareRoot() * 1.3 + bend
        let ring = radius - radius.rounded(.down)
        let grain = Noise.value(p * SIMD3(0.8, 14, 14), seed: seed &+ 7)
        return mix(first, second, smoothstep(0.1, 0.9, ring) * 0.7) * (1 + 0.15 * grain)
    }

    private func stripes(_ p: SIMD3<Float>) -> SIMD3<Float> {
        let t = p.x * 0.5
        let phase = t - t.rounded(.down)
        return phase < 0.5 ? first : phase < 0.75 ? second : third
    }

    private func checks(_ p: SIMD3<Float>) -> SIMD3<Float> {
        // Off the axis planes, where flat sides of models tend to lie and rounding would decide.
        let c = ((p + 0.317) * 0.7).rounded(.down)
        let sum = c.x + c.y + c.z
        return (sum * 0.5).rounded(.down) * 2 == sum ? first : second
    }

    private func dots(_ p: SIMD3<Float>) -> SIMD3<Float> {
        let q = (p * 0.8).clamped(lowerBound: SIMD3(repeating: -1e6), upperBound: SIMD3(repeating: 1e6)).replacing(with: 0, where: p .!= p)
        let cell = q.rounded(.down)
        let f = q - cell - 0.5
        let c = SIMD3<Int32>(cell)
        let radius = 0.2 + 0.25 * Noise.cell(c.x, c.y, c.z, seed: seed)
        return mix(second, first, smoothstep(radius - 0.04, radius + 0.04, length(f)))
    }

    private func bricks(_ p: SIMD3<Float>) -> SIMD3<Float> {
        let row = (p.y * 1.2).rounded(.down)
        let shifted = (p.x + p.z) * 0.5 + (row * 0.5 - (row * 0.5).rounded(.down))
        let fx = shifted - shifted.rounded(.down)
        let fy = p.y * 1.2 - row
        let joint = min(min(fx, 1 - fx) * 2, min(fy, 1 - fy))
        let tone = Noise.value(SIMD3(shifted.rounded(.down) + 0.5, row + 0.5, 0.5) * 1.37, seed: seed)
        return mix(third, mix(first, second, 0.5 + 0.5 * tone), smoothstep(0.03, 0.1, joint))
    }
}
