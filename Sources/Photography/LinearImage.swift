import BSBBasics
import BSBImages
import Foundation

/// A picture in linear light, as light and textures are added up in.
package struct LinearImage: Sendable {
    /// The number of columns.
    package let width: Int
    /// The number of rows.
    package let height: Int
    /// height x width linear colours, row 0 on top.
    package var pixels: [SIMD3<Float>]

    /// A picture of the given linear colours, height x width.
    package init(width: Int, height: Int, pixels: [SIMD3<Float>]) {
        precondition(width > 0 && height > 0 && pixels.count == width * height, "pixels must be height x width")
        (self.width, self.height, self.pixels) = (width, height, pixels)
    }

    /// The linear light of a displayed picture.
    package init(_ image: Image) {
        let table = LinearColor.linear
        let pixels = image.pixels.withUnsafeBufferPointer { codes in
            (0..<image.width * image.height).map { i in
                SIMD3<Float>(table[Int(codes[3 * i])], table[Int(codes[3 * i + 1])], table[Int(codes[3 * i + 2])])
            }
        }
        self.init(width: image.width, height: image.height, pixels: pixels)
    }

    /// The bilinear colour at (u, v), in pictures' heights, mirrored beyond the borders.
    @inline(__always)
    func sample(_ u: Float, _ v: Float) -> SIMD3<Float> {
        let x = Self.mirrored(u * Float(height), Float(width))
        let y = Self.mirrored(v * Float(height), Float(height))
        return bilinear(x, y)
    }

    /// The bilinear colour at a continuous pixel position, clamped to the picture.
    @inline(__always)
    func bilinear(_ x: Float, _ y: Float) -> SIMD3<Float> {
        let cx = clamp(x - 0.5, 0, Float(width - 1))
        let cy = clamp(y - 0.5, 0, Float(height - 1))
        let (x0, y0) = (Int(cx), Int(cy))
        let (x1, y1) = (min(x0 + 1, width - 1), min(y0 + 1, height - 1))
        let (fx, fy) = (cx - Float(x0), cy - Float(y0))
        return pixels.withUnsafeBufferPointer { p in
            mix(mix(p[y0 * width + x0], p[y0 * width + x1], fx), mix(p[y1 * width + x0], p[y1 * width + x1], fx), fy)
        }
    }

    /// The picture projected along the three axes, blended by the normal.
    @inline(__always)
    func triplanar(_ p: SIMD3<Float>, normal: SIMD3<Float>) -> SIMD3<Float> {
        let a = SIMD3<Float>(abs(normal.x), abs(normal.y), abs(normal.z))
        var weight = a * a * a * a
        weight /= Float.maximum(1e-6, weight.sum())
        var color = SIMD3<Float>.zero
        if weight.x > 0.02 { color += sample(p.z, -p.y) * weight.x }
        if weight.y > 0.02 { color += sample(p.x, p.z) * weight.y }
        if weight.z > 0.02 { color += sample(p.x, -p.y) * weight.z }
        return color
    }

    /// Folds a coordinate into the range from 0 to `period` by mirroring.
    @inline(__always)
    private static func mirrored(_ value: Float, _ period: Float) -> Float {
        let t = value / (2 * period)
        let phase = (t - t.rounded(.down)) * 2
        return (phase > 1 ? 2 - phase : phase) * period
    }

    /// Blurs with a Gaussian of standard deviation `sigma` pixels; borders repeat.
    ///
    /// - Complexity: O(width x height x sigma).
    package mutating func blur(sigma: Float) {
        guard sigma > 0.05 else { return }
        let radius = min(max(width, height), Int((3 * sigma).rounded(.up)))
        var kernel = (0...radius).map { Float(exp(-Double($0 * $0) / Double(2 * sigma * sigma))) }
        let total = kernel[0] + 2 * kernel.dropFirst().reduce(0, +)
        kernel = kernel.map { $0 / total }
        var temporary = pixels
        Self.convolve(pixels, into: &temporary, lines: height, count: width, lineStride: width, stride: 1, kernel: kernel)
        Self.convolve(temporary, into: &pixels, lines: width, count: height, lineStride: 1, stride: width, kernel: kernel)
    }

    private static func convolve(
        _ source: [SIMD3<Float>], into target: inout [SIMD3<Float>], lines: Int, count: Int, lineStride: Int, stride: Int, kernel: [Float]
    ) {
        source.withUnsafeBufferPointer { s in
            target.withUnsafeMutableBufferPointer { t in
                for line in 0..<lines {
                    let start = line * lineStride
                    for i in 0..<count {
                        var sum = s[start + i * stride] * kernel[0]
                        for k in 1..<kernel.count {
                            let before = s[start + max(0, i - k) * stride]
                            let after = s[start + min(count - 1, i + k) * stride]
                            sum += (before + after) * kernel[k]
                        }
                        t[start + i * stride] = sum
                    }
                }
            }
        }
    }
}
