import BSBBasics
import BSBPhotography

/// A smooth change of shape: stretched along three axes, twisted, bent by slow waves.
package struct Deformation: Sendable {
    private var axes: Rotation
    private var stretch: SIMD3<Float>
    /// Radians of twist around the first axis per unit of length.
    private var twist: Float
    private var waves: [Wave]

    private struct Wave: Sendable {
        var frequency: SIMD3<Float>
        var phase: Float
        var offset: SIMD3<Float>
    }

    /// The deformation that changes nothing.
    package static let none = Deformation(axes: .identity, stretch: .one, twist: 0, waves: [])

    /// A random deformation of shapes in the unit ball.
    ///
    /// - Parameter strength: how far shapes are bent; 1 for the usual.
    /// - Parameter generator: where random choices come from.
    /// - Parameter up: the shape's upright axis; half of the stretches are along it, so that things come out tall or flat.
    package static func random(up: SIMD3<Float>, strength: Float = 1, using generator: inout SeededGenerator) -> Deformation {
        let axes = generator.chance(0.7) ? Rotation(up: up, angle: generator.uniform(0, .pi)) : generator.rotation()
        let range = 1 + 0.6 * strength
        let stretch = SIMD3<Float>(
            generator.logUniform(1 / range, range), generator.logUniform(1 / range, range), generator.logUniform(1 / range, range))
        let twist = generator.chance(0.3) ? generator.gaussian() * 0.35 * strength : 0
        let waves = (0..<generator.index(below: 6)).map { _ -> Wave in
            let frequency = generator.uniform(0.8, 3.2)
            return Wave(
                frequency: generator.direction() * frequency, phase: generator.uniform(0, 2 * .pi),
                offset: generator.direction() * (generator.uniform(0.05, 0.3) * strength / Float.maximum(1, frequency)))
        }
        return Deformation(axes: axes, stretch: stretch, twist: twist, waves: waves)
    }

    /// The deformed positions, moved and scaled to fill the unit ball again.
    ///
    /// - Complexity: O(#V).
    package func apply(to positions: [SIMD3<Float>]) -> [SIMD3<Float>] { Self.fitted(positions.map(moved)) }

    private func moved(_ position: SIMD3<Float>) -> SIMD3<Float> {
        var p = position
        for wave in waves { p += wave.offset * sine(dot(wave.frequency, position) + wave.phase) }
        p = axes.inverse(p) * stretch
        if twist != 0 {
            let (c, s) = (cosine(twist * p.y), sine(twist * p.y))
            p = [c * p.x - s * p.z, p.y, s * p.x + c * p.z]
        }
        return axes.apply(p)
    }

    private static func fitted(_ positions: [SIMD3<Float>]) -> [SIMD3<Float>] {
        guard !positions.isEmpty else { return [] }
        let mean = SIMD3<Float>(positions.reduce(SIMD3<Double>.zero) { $0 + SIMD3<Double>($1) } / Double(positions.count))
        let radius = positions.reduce(Float(0)) { Float.maximum($0, length($1 - mean)) }
        return positions.map { ($0 - mean) / Float.maximum(radius, 1e-6) }
    }
}
