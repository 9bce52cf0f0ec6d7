import Foundation

/// Colours for numbers and for things.
package enum ColorMap {
    /// A colour for a number from 0 to 1, from dark violet over blue-green to pale yellow; its lightness grows evenly with the number.
    ///
    /// NaN gets the colour of 0.
    package static func sequential(_ value: Float) -> Color {
        sequentialTable[clampedIndex(value * 255 + 0.5, 0...255)]
    }

    /// A colour for a number from 0 (grey, as the untouched surface) to 1 (strong orange), for a highlight over a shape.
    package static func heat(_ value: Float) -> Color {
        heatTable[clampedIndex(value * 255 + 0.5, 0...255)]
    }

    /// A colour for a number from -1 (blue) over 0 (near white) to 1 (red).
    package static func diverging(_ value: Float) -> Color {
        divergingTable[clampedIndex((value + 1) * 127.5 + 0.5, 0...255)]
    }

    /// The colour of thing number `index`; colours of neighbouring numbers differ strongly, and all numbers have one.
    package static func categorical(_ index: Int) -> Color {
        // Hues step by the golden angle, so that any first n of them are well spread; lightness alternates to part similar hues.
        let turn = (Double(index.magnitude % 3600) * 0.618_033_988_75 + 0.07).truncatingRemainder(dividingBy: 1)
        let lightness = [0.68, 0.56, 0.80][Int(index.magnitude % 3)]
        return OklabColor(lightness: lightness, chroma: 0.15, hue: 2 * .pi * turn).inGamut
    }

    private static let sequentialTable = table([
        OklabColor(lightness: 0.22, chroma: 0.13, hue: 5.35), OklabColor(lightness: 0.40, chroma: 0.13, hue: 4.75),
        OklabColor(lightness: 0.58, chroma: 0.10, hue: 3.70), OklabColor(lightness: 0.76, chroma: 0.16, hue: 2.55),
        OklabColor(lightness: 0.94, chroma: 0.17, hue: 1.85),
    ])

    private static let heatTable = table([
        OklabColor(lightness: 0.78, chroma: 0.005, hue: 1.2), OklabColor(lightness: 0.80, chroma: 0.08, hue: 1.35),
        OklabColor(lightness: 0.74, chroma: 0.16, hue: 1.10), OklabColor(lightness: 0.66, chroma: 0.21, hue: 0.75),
    ])

    private static let divergingTable = table([
        OklabColor(lightness: 0.45, chroma: 0.16, hue: 4.55), OklabColor(lightness: 0.70, chroma: 0.09, hue: 4.35),
        OklabColor(lightness: 0.95, chroma: 0.01, hue: 1.6), OklabColor(lightness: 0.72, chroma: 0.12, hue: 0.75),
        OklabColor(lightness: 0.50, chroma: 0.18, hue: 0.50),
    ])

    /// 256 colours through the given ones, which are evenly spaced.
    private static func table(_ stops: [OklabColor]) -> [Color] {
        (0..<256).map { i in
            let position = Double(i) / 255 * Double(stops.count - 1)
            let stop = min(Int(position), stops.count - 2)
            return stops[stop].mixed(with: stops[stop + 1], position - Double(stop)).inGamut
        }
    }
}

/// A colour of the Oklab space (Ottosson 2020), in which distances are about as large as they look.
private struct OklabColor {
    var lightness: Double
    var a: Double
    var b: Double

    init(lightness: Double, a: Double, b: Double) {
        (self.lightness, self.a, self.b) = (lightness, a, b)
    }

    init(lightness: Double, chroma: Double, hue: Double) {
        self.init(lightness: lightness, a: chroma * cos(hue), b: chroma * sin(hue))
    }

    func mixed(with other: OklabColor, _ t: Double) -> OklabColor {
        OklabColor(lightness: lightness + t * (other.lightness - lightness), a: a + t * (other.a - a), b: b + t * (other.b - b))
    }

    /// The nearest sRGB colour of the same lightness and hue: chroma shrinks until it can be shown.
    var inGamut: Color {
        var colour = self
        while colour.linear.contains(where: { $0 < 0 || $0 > 1 }), hypot(colour.a, colour.b) > 1e-3 {
            colour.a *= 0.97
            colour.b *= 0.97
        }
        let encoded = colour.linear.map { channel in
            let c = min(max(channel, 0), 1)
            return UInt8(((c <= 0.003_130_8 ? 12.92 * c : 1.055 * pow(c, 1 / 2.4) - 0.055) * 255).rounded())
        }
        return Color(encoded[0], encoded[1], encoded[2])
    }

    private var linear: [Double] {
        let l = pow(lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b, 3)
        let m = pow(lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b, 3)
        let s = pow(lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b, 3)
        return [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
        ]
    }
}
