/// Conversion between `Float` and the bits of IEEE 754 half precision (binary16), on platforms with and without `Float16`.
package enum HalfPrecision {
    /// The bits of the half nearest to `value`, ties to even; too large values become infinite.
    package static func bits(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let magnitude = bits & 0x7FFF_FFFF
        if magnitude > 0x7F80_0000 { return sign | 0x7E00 }
        if magnitude >= 0x4780_0000 { return sign | 0x7C00 }
        if magnitude < 0x3880_0000 {
            // Below 2^-14 halves are spaced 2^-24 apart, as floats in [0.5, 1) are.
            let aligned = Float(bitPattern: magnitude) + 0.5
            return sign | UInt16(truncatingIfNeeded: aligned.bitPattern - 0x3F00_0000)
        }
        // Rebias the exponent from 127 to 15 and round the 13 dropped bits to even; a carry runs into the exponent as it should.
        let rounded = magnitude - 0x3800_0000 + 0xFFF + (magnitude >> 13 & 1)
        return sign | UInt16(truncatingIfNeeded: rounded >> 13)
    }

    /// The value of the half with the given bits, exactly.
    package static func float(_ bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let magnitude = UInt32(bits & 0x7FFF)
        if magnitude >= 0x7C00 { return Float(bitPattern: sign | 0x7F80_0000 | magnitude << 13) }
        if magnitude < 0x0400 {
            let value = Float(magnitude) * 0x1p-24
            return Float(bitPattern: sign | value.bitPattern)
        }
        return Float(bitPattern: sign | (magnitude << 13 + 0x3800_0000))
    }
}
