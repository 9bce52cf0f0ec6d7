/// An 8-bit sRGB colour.
package struct Color: Hashable, Sendable {
    /// Red, 0 to 255.
    package var red: UInt8
    /// Green, 0 to 255.
    package var green: UInt8
    /// Blue, 0 to 255.
    package var blue: UInt8

    /// The colour of the given components.
    package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// The colour written as `0xRRGGBB`.
    package init(hex: UInt32) {
        self.init(UInt8(hex >> 16 & 0xFF), UInt8(hex >> 8 & 0xFF), UInt8(hex & 0xFF))
    }

    /// Red, green and blue as 0 to 1.
    package var unit: SIMD3<Float> { SIMD3(Float(red), Float(green), Float(blue)) / 255 }

    /// White.
    package static let white = Color(255, 255, 255)
    /// Black.
    package static let black = Color(0, 0, 0)

    /// The colour `amount` of the way to `other`, mixed component by component; `amount` from 0 to 1.
    package func mixed(with other: Color, _ amount: Float) -> Color {
        Color(
            blended(red, other.red, alpha: amount), blended(green, other.green, alpha: amount), blended(blue, other.blue, alpha: amount))
    }
}

/// `below` covered by `above` with opacity `alpha` from 0 to 1, rounded.
@inline(__always)
func blended(_ below: UInt8, _ above: UInt8, alpha: Float) -> UInt8 {
    let value = Float(below) + alpha * (Float(above) - Float(below)) + 0.5
    return value > 0 ? UInt8(min(value, 255)) : 0
}

/// `value` rounded down and brought into `range`; its lower bound for NaN.
func clampedIndex(_ value: Float, _ range: ClosedRange<Int>) -> Int {
    guard value > Float(range.lowerBound) else { return range.lowerBound }
    guard value < Float(range.upperBound) else { return range.upperBound }
    return Int(value.rounded(.down))
}
