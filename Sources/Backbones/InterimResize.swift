import Images

extension Image {
    // Interim until Images has its own; Pillow's antialiased bilinear in 8 bits.
    func resized(width newWidth: Int, height newHeight: Int) -> Image {
        func coefficients(_ from: Int, _ to: Int) -> [(start: Int, weights: [Int32])] {
            let scale = Double(from) / Double(to)
            let filterScale = max(scale, 1)
            return (0..<to).map { i in
                let center = (Double(i) + 0.5) * scale
                let low = max(0, Int(center - filterScale + 0.5)), high = min(from, Int(center + filterScale + 0.5))
                let raw = (low..<high).map { max(0, 1 - abs((Double($0) - center + 0.5) / filterScale)) }
                let sum = raw.reduce(0, +)
                return (low, raw.map { Int32(($0 / sum * 4_194_304 + 0.5).rounded(.down)) })
            }
        }
        func clip(_ v: Int32) -> UInt8 { UInt8(max(0, min(255, v >> 22))) }
        var horizontal = [UInt8](repeating: 0, count: newWidth * height * 3)
        for (x, c) in coefficients(width, newWidth).enumerated() {
            for y in 0..<height {
                for k in 0..<3 {
                    var s: Int32 = 1 << 21
                    for (i, w) in c.weights.enumerated() { s += Int32(pixels[3 * (y * width + c.start + i) + k]) * w }
                    horizontal[3 * (y * newWidth + x) + k] = clip(s)
                }
            }
        }
        var result = [UInt8](repeating: 0, count: newWidth * newHeight * 3)
        for (y, c) in coefficients(height, newHeight).enumerated() {
            for x in 0..<(newWidth * 3) {
                var s: Int32 = 1 << 21
                for (i, w) in c.weights.enumerated() { s += Int32(horizontal[(c.start + i) * newWidth * 3 + x]) * w }
                result[y * newWidth * 3 + x] = clip(s)
            }
        }
        return Image(width: newWidth, height: newHeight, pixels: result)
    }
}
