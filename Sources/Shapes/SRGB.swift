import Foundation

/// The transfer function between linear light and sRGB (IEC 61966-2-1).
enum SRGB {
    static func encode(_ linear: SIMD3<Float>) -> SIMD3<Float> {
        map(linear) { $0 <= 0.0031308 ? 12.92 * $0 : 1.055 * pow($0, 1 / 2.4) - 0.055 }
    }

    static func decode(_ encoded: SIMD3<Float>) -> SIMD3<Float> {
        map(encoded) { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
    }

    private static func map(_ color: SIMD3<Float>, _ function: (Float) -> Float) -> SIMD3<Float> {
        SIMD3(channel(color.x, function), channel(color.y, function), channel(color.z, function))
    }

    private static func channel(_ value: Float, _ function: (Float) -> Float) -> Float {
        value.isNaN ? 0 : function(min(1, max(0, value)))
    }
}
