import BSBBasics
import Foundation

/// Colours: between the display's encoding and linear light, and random ones.
enum LinearColor {
    /// 256 linear values of the sRGB codes.
    static let linear: [Float] = (0..<256).map { code in
        let v = Double(code) / 255
        return Float(v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4))
    }

    /// 4,096 sRGB codes of linear values 0...1, for quick encoding.
    private static let codes: [UInt8] = (0..<4096).map { step in
        // Steps are quadratic so that dark values, where the curve is steep, keep their precision.
        let root = (Double(step) + 0.5) / 4096
        let v = root * root
        let encoded = v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055
        return UInt8(min(255, max(0, (encoded * 255).rounded())))
    }

    /// The sRGB code of a linear value.
    @inline(__always)
    static func code(_ value: Float) -> UInt8 {
        codes[Int(clamp(clamp(value, 0, 1).squareRoot() * 4096, 0, 4095))]
    }

    /// The linear colour of hue 0...1, saturation and value 0...1 (as displayed).
    static func color(hue: Float, saturation: Float, value: Float) -> SIMD3<Float> {
        let h = (hue - hue.rounded(.down)) * 6
        let channels = SIMD3<Float>(abs(h - 3) - 1, 2 - abs(h - 2), 2 - abs(h - 4)).clamped(lowerBound: .zero, upperBound: .one)
        let rgb = (SIMD3<Float>.one + (channels - 1) * saturation) * value
        return linear(of: rgb)
    }

    /// A displayed colour in 0...1 as linear light.
    static func linear(of rgb: SIMD3<Float>) -> SIMD3<Float> {
        let codes = (rgb.clamped(lowerBound: .zero, upperBound: .one) * 255).rounded(.toNearestOrAwayFromZero)
        return [linear[Int(codes.x)], linear[Int(codes.y)], linear[Int(codes.z)]]
    }

    /// A colour as things have them: mostly muted, browns and greys often, some strong ones, some near black or white.
    static func random(using generator: inout SeededGenerator) -> SIMD3<Float> {
        switch generator.uniform() {
        case ..<0.18:  // greys, from near black to white, slightly tinted
            return color(hue: generator.uniform(), saturation: generator.uniform(0, 0.1), value: generator.uniform(0.08, 0.97))
        case ..<0.36:  // browns, skin, wood, sand
            return color(hue: generator.uniform(0.02, 0.13), saturation: generator.uniform(0.2, 0.75), value: generator.uniform(0.2, 0.9))
        case ..<0.75:  // muted
            return color(hue: generator.uniform(), saturation: generator.uniform(0.1, 0.55), value: generator.uniform(0.2, 0.95))
        default:  // strong
            return color(hue: generator.uniform(), saturation: generator.uniform(0.55, 1), value: generator.uniform(0.35, 1))
        }
    }

    /// A colour near `base`, lighter or darker and slightly shifted.
    static func variation(of base: SIMD3<Float>, amount: Float, using generator: inout SeededGenerator) -> SIMD3<Float> {
        let shift = SIMD3<Float>(generator.gaussian(), generator.gaussian(), generator.gaussian()) * (0.25 * amount)
        let gain = generator.logUniform(1 / (1 + 1.5 * amount), 1 + 1.5 * amount)
        return ((base * (SIMD3<Float>.one + shift)) * gain + 0.004).clamped(lowerBound: .zero, upperBound: .one)
    }
}
