import BSBImages
import Foundation

/// The loss of a block transform coder such as JPEG: 8 x 8 cosine transform of luma and halved chroma, coarse rounding.
enum BlockCoding {
    /// The luminance table of the JPEG standard (ITU-T T.81, table K.1).
    private static let table: [Float] = [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100,
        103, 99,
    ]

    /// Row u, column x: the orthonormal cosine basis of length 8.
    private static let basis: [SIMD8<Float>] = (0..<8).map { u in
        var row = SIMD8<Float>()
        for x in 0..<8 { row[x] = Float(cos(Double(2 * x + 1) * Double(u) * .pi / 16) * (u == 0 ? 0.125.squareRoot() : 0.5)) }
        return row
    }

    /// Passes a picture through the coder at `quality` 1 to 100.
    static func degrade(_ image: inout Image, quality: Int) {
        let q = Float(min(100, max(1, quality)))
        let scale = q < 50 ? 50 / q : 2 - q / 50
        let luma = table.map { Float.maximum(1, $0 * scale) }
        let (w, h) = (image.width, image.height)
        var planes = Self.planes(of: image)
        for plane in 0..<3 {
            // Chroma is coded at half the size, with its coarser table.
            let steps = plane == 0 ? luma : luma.map { $0 * 1.4 }
            var (values, width, height) = (planes[plane], w, h)
            if plane > 0 { (values, width, height) = halved(values, w, h) }
            roundBlocks(&values, width: width, height: height, steps: steps)
            if plane > 0 {
                planes[plane] = (0..<w * h).map { values[min($0 / w / 2, height - 1) * width + min($0 % w / 2, width - 1)] }
            } else {
                planes[plane] = values
            }
        }
        store(planes, in: &image)
    }

    private static func planes(of image: Image) -> [[Float]] {
        var planes = [[Float]](repeating: [Float](repeating: 0, count: image.width * image.height), count: 3)
        for i in 0..<image.width * image.height {
            let (r, g, b) = (Float(image.pixels[3 * i]), Float(image.pixels[3 * i + 1]), Float(image.pixels[3 * i + 2]))
            let y = 0.299 * r + 0.587 * g + 0.114 * b
            planes[0][i] = y - 128
            planes[1][i] = (b - y) * 0.564
            planes[2][i] = (r - y) * 0.713
        }
        return planes
    }

    private static func store(_ planes: [[Float]], in image: inout Image) {
        for i in 0..<image.width * image.height {
            let y = planes[0][i] + 128
            let (b, r) = (y + planes[1][i] / 0.564, y + planes[2][i] / 0.713)
            let g = (y - 0.299 * r - 0.114 * b) / 0.587
            image.pixels[3 * i] = UInt8(clamp(r + 0.5, 0, 255))
            image.pixels[3 * i + 1] = UInt8(clamp(g + 0.5, 0, 255))
            image.pixels[3 * i + 2] = UInt8(clamp(b + 0.5, 0, 255))
        }
    }

    private static func halved(_ values: [Float], _ width: Int, _ height: Int) -> ([Float], Int, Int) {
        let (w, h) = ((width + 1) / 2, (height + 1) / 2)
        let small = (0..<w * h).map { i -> Float in
            let (x, y) = (2 * (i % w), 2 * (i / w))
            let (x1, y1) = (min(x + 1, width - 1), min(y + 1, height - 1))
            return (values[y * width + x] + values[y * width + x1] + values[y1 * width + x] + values[y1 * width + x1]) / 4
        }
        return (small, w, h)
    }

    private static func roundBlocks(_ values: inout [Float], width: Int, height: Int, steps: [Float]) {
        for top in stride(from: 0, to: height, by: 8) {
            for left in stride(from: 0, to: width, by: 8) {
                var block = [SIMD8<Float>](repeating: .zero, count: 8)
                for y in 0..<8 {
                    for x in 0..<8 { block[y][x] = values[min(top + y, height - 1) * width + min(left + x, width - 1)] }
                }
                round(&block, steps: steps)
                for y in 0..<min(8, height - top) {
                    for x in 0..<min(8, width - left) { values[(top + y) * width + left + x] = block[y][x] }
                }
            }
        }
    }

    /// Transforms a block, rounds it to the table's steps, and transforms it back.
    private static func round(_ block: inout [SIMD8<Float>], steps: [Float]) {
        var coefficients = [SIMD8<Float>](repeating: .zero, count: 8)
        for v in 0..<8 {
            var columns = SIMD8<Float>.zero
            for y in 0..<8 { columns += block[y] * basis[v][y] }
            for u in 0..<8 {
                let step = steps[8 * v + u]
                coefficients[v][u] = ((columns * basis[u]).sum() / step).rounded() * step
            }
        }
        var rows = [SIMD8<Float>](repeating: .zero, count: 8)
        for v in 0..<8 {
            for u in 0..<8 where coefficients[v][u] != 0 { rows[v] += basis[u] * coefficients[v][u] }
        }
        for y in 0..<8 {
            block[y] = .zero
            for v in 0..<8 { block[y] += rows[v] * basis[v][y] }
        }
    }
}
