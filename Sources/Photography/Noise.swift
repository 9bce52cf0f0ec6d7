/// Smooth random functions of space.
enum Noise {
    /// Value noise: random numbers in [-1, 1] at the integer points, quintic interpolation between.
    @inline(__always)
    static func value(_ p: SIMD3<Float>, seed: UInt32) -> Float {
        let q = p.clamped(lowerBound: SIMD3(repeating: -1e6), upperBound: SIMD3(repeating: 1e6)).replacing(with: 0, where: p .!= p)
        let floor = q.rounded(.down)
        let f = q - floor
        let cell = SIMD3<Int32>(floor)
        let w = f * f * f * (f * (f * 6 - 15) + 10)
        let x = SIMD8<UInt32>(0, 1, 0, 1, 0, 1, 0, 1) &+ UInt32(bitPattern: cell.x)
        let y = SIMD8<UInt32>(0, 0, 1, 1, 0, 0, 1, 1) &+ UInt32(bitPattern: cell.y)
        let z = SIMD8<UInt32>(0, 0, 0, 0, 1, 1, 1, 1) &+ UInt32(bitPattern: cell.z)
        let h = hash(x, y, z, seed: seed)
        let v = SIMD8<Float>(SIMD8<Int32>(truncatingIfNeeded: h &>> 8))
        let near = v.lowHalf + (v.highHalf - v.lowHalf) * w.z
        let row = near.lowHalf + (near.highHalf - near.lowHalf) * w.y
        return (row.x + (row.y - row.x) * w.x) * 0x1p-23 - 1
    }

    /// The sum of `octaves` value noises, each of twice the frequency and half the weight; in about [-1, 1].
    @inline(__always)
    static func fractal(_ p: SIMD3<Float>, octaves: Int, seed: UInt32) -> Float {
        var (sum, weight, total, q): (Float, Float, Float, SIMD3<Float>) = (0, 1, 0, p)
        for octave in 0..<octaves {
            sum += weight * value(q, seed: seed &+ UInt32(octave) &* 0x9E37_79B9)
            total += weight
            weight *= 0.5
            q = q * 2.03 + 17.7
        }
        return sum / total * 1.4
    }

    /// A number in [0, 1) for an integer point.
    @inline(__always)
    static func cell(_ x: Int32, _ y: Int32, _ z: Int32, seed: UInt32) -> Float {
        let h = hash(
            SIMD8(repeating: UInt32(bitPattern: x)), SIMD8(repeating: UInt32(bitPattern: y)), SIMD8(repeating: UInt32(bitPattern: z)),
            seed: seed)
        return Float(h[0] >> 8) * 0x1p-24
    }

    /// Eight hashes of integer points at once.
    @inline(__always)
    private static func hash(_ x: SIMD8<UInt32>, _ y: SIMD8<UInt32>, _ z: SIMD8<UInt32>, seed: UInt32) -> SIMD8<UInt32> {
        var h = x &* 0x9E37_79B1 ^ y &* 0x85EB_CA77 ^ z &* 0xC2B2_AE3D ^ SIMD8(repeating: seed &* 0x27D4_EB2F)
        h ^= h &>> 15
        h = h &* 0x2C1B_3C6D
        h ^= h &>> 12
        h = h &* 0x297A_2D39
        h ^= h &>> 15
        return h
    }
}
