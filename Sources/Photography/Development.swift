import BSBBasics
import BSBImages
import Foundation

/// From light to a picture as cameras and the web deliver it: exposure, colour cast, lens and sensor faults.
package struct Development: Hashable, Sendable {
    /// Stops by which the picture is brighter than the automatic exposure.
    package var exposure: Float = 0
    /// Gains of red, green and blue.
    package var whiteBalance: SIMD3<Float> = .one
    /// 1 keeps colours, 0 makes a grey picture.
    package var saturation: Float = 1
    /// The strength of the S-shaped tone curve, 0 to 1.
    package var contrast: Float = 0.15
    /// The loss of light in the corners, 0 to 1.
    package var vignette: Float = 0
    /// The standard deviation of the lens blur in pixels.
    package var blur: Float = 0
    /// The standard deviation of sensor noise at middle grey, of 1.
    package var noise: Float = 0
    /// The coarseness of the JPEG-like quantisation: quality 1 (worst) to 100; nil for none.
    package var quality: Int?

    /// A clean development with automatic exposure.
    package init() {}

    /// Random faults, most of them slight.
    package static func random(using generator: inout SeededGenerator) -> Development {
        var result = Development()
        result.exposure = clamp(generator.gaussian() * 0.45, -1.3, 1.2)
        let warmth = generator.gaussian() * 0.08
        result.whiteBalance = [1 + warmth, 1 + generator.gaussian() * 0.02, 1 - warmth]
        result.saturation = generator.chance(0.06) ? 0 : clamp(1 + generator.gaussian() * 0.2, 0.3, 1.5)
        result.contrast = generator.uniform(-0.1, 0.6)
        result.vignette = generator.chance(0.3) ? generator.uniform(0, 0.5) : 0
        result.blur = generator.chance(0.35) ? generator.uniform(0.3, 1.3) : 0
        result.noise = generator.chance(0.5) ? generator.uniform(0, 0.05) : 0
        result.quality = generator.chance(0.5) ? 20 + generator.index(below: 75) : nil
        return result
    }

    /// The displayed picture of linear light.
    func develop(_ light: LinearImage, using generator: inout SeededGenerator) -> Image {
        var light = light
        light.blur(sigma: blur)
        let gain = Self.automaticGain(light) * Float(exp2(Double(exposure)))
        let center = SIMD2<Float>(Float(light.width), Float(light.height)) / 2
        let reach = 1 / Float.maximum(1, (center * center).sum())
        var image = Image(width: light.width, height: light.height)
        image.pixels.withUnsafeMutableBufferPointer { codes in
            for y in 0..<light.height {
                for x in 0..<light.width {
                    let offset = SIMD2<Float>(Float(x) + 0.5, Float(y) + 0.5) - center
                    let fall = 1 - vignette * (offset * offset).sum() * reach
                    var color = light.pixels[y * light.width + x] * whiteBalance * (gain * fall)
                    color = mix(SIMD3(repeating: color.luminance), color, saturation)
                    let i = 3 * (y * light.width + x)
                    for channel in 0..<3 { codes[i + channel] = tone(color[channel], using: &generator) }
                }
            }
        }
        if let quality { BlockCoding.degrade(&image, quality: quality) }
        return image
    }

    /// The sRGB code of one exposed channel, with noise that grows with the light as photon noise does.
    @inline(__always)
    private func tone(_ value: Float, using generator: inout SeededGenerator) -> UInt8 {
        // Highlights roll off above 0.6 instead of clipping.
        let v = Float.maximum(0, value)
        var display = v < 0.6 ? v : 0.6 + 0.4 * (1 - 1 / (1 + (v - 0.6) / 0.4))
        if contrast != 0 {
            let root = display.squareRoot()
            let curved = root * root * (3 - 2 * root)
            let bent = mix(root, curved, contrast)
            display = bent * bent
        }
        if noise > 0 {
            // Three uniform numbers from one draw are near enough to normal.
            let bits = generator.next()
            let sum = Float(bits & 0xFFFF) + Float(bits >> 16 & 0xFFFF) + Float(bits >> 32 & 0xFFFF)
            display += (sum / 65536 - 1.5) * 2 * noise * (0.15 + display).squareRoot() * 0.5
        }
        return LinearColor.code(display)
    }

    /// The gain that brings the picture's mean brightness (as displayed) to a middle value without burning out much.
    private static func automaticGain(_ light: LinearImage) -> Float {
        var sum: Float = 0
        for pixel in light.pixels { sum += Float.minimum(1.5, Float.maximum(0, pixel.luminance)).squareRoot() }
        let mean = sum / Float(light.pixels.count)
        return clamp(0.3 / Float.maximum(1e-4, mean * mean), 0.35, 3)
    }
}
