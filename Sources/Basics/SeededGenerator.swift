import Foundation

/// A small, fast generator whose whole sequence is a pure function of a seed and a stream number.
///
/// Streams make the k-th item of a set independent of how many came before it: `SeededGenerator(seed: s, stream: k)`.
/// SplitMix64 (Steele, Lea, Flood 2014).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The sequence number `stream` of `seed`.
    package init(seed: UInt64, stream: UInt64 = 0) {
        state = Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ Self.mix(Self.mix(stream &+ 0xD1B5_4A32_D192_ED03))
    }

    /// The next 64 uniform bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A number uniform in [0, 1), with 24 random bits, the same on every platform.
    package mutating func uniform() -> Float {
        Float(next() >> 40) * 0x1p-24
    }

    /// A number uniform in [low, high).
    package mutating func uniform(_ low: Float, _ high: Float) -> Float {
        low + (high - low) * uniform()
    }

    /// A whole number uniform in 0 ..< count, for 0 < count < 2^31.
    package mutating func index(below count: Int) -> Int {
        Int(((next() >> 32) &* UInt64(count)) >> 32)
    }

    /// A number of the normal distribution of mean 0 and variance 1, from two uniform numbers (Box, Muller 1958).
    package mutating func gaussian() -> Float {
        let radius = (-2 * log(1 - Double(uniform()))).squareRoot()
        return Float(radius * cos(2 * .pi * Double(uniform())))
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
