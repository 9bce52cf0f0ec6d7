/// Draws on a picture.
///
/// Positions and lengths are in pixels of the picture's plane (the centre of pixel (x, y) is at (x + 0.5, y + 0.5)); whatever lies outside
/// the picture, or is not a number, is not drawn. Edges are antialiased.
package struct Canvas: Sendable {
    /// The picture drawn so far.
    package private(set) var image: Image

    /// A canvas on which `image` is the ground.
    package init(_ image: Image) {
        self.image = image
    }

    /// An empty canvas of one colour.
    package init(width: Int, height: Int, fill: Color = .white) {
        image = Image(width: width, height: height, fill: fill)
    }

    /// Columns.
    package var width: Int { image.width }
    /// Rows.
    package var height: Int { image.height }

    /// Covers one pixel of the picture with a colour of the given opacity.
    @inline(__always)
    mutating func cover(_ x: Int, _ y: Int, _ color: Color, _ opacity: Float) {
        let i = 3 * (y * image.width + x)
        image.pixels[i] = blended(image.pixels[i], color.red, alpha: opacity)
        image.pixels[i + 1] = blended(image.pixels[i + 1], color.green, alpha: opacity)
        image.pixels[i + 2] = blended(image.pixels[i + 2], color.blue, alpha: opacity)
    }

    /// Fills a shape given by its signed distance (negative inside), of which nothing lies outside the bounds.
    mutating func fill(
        from low: SIMD2<Float>, to high: SIMD2<Float>, _ color: Color, opacity: Float, distance: (SIMD2<Float>) -> Float
    ) {
        let left = clampedIndex(low.x - 1, 0...width)
        let right = clampedIndex(high.x + 2, 0...width)
        let top = clampedIndex(low.y - 1, 0...height)
        let bottom = clampedIndex(high.y + 2, 0...height)
        guard left < right, top < bottom else { return }
        for y in top..<bottom {
            for x in left..<right {
                let coverage = min(max(0.5 - distance([Float(x) + 0.5, Float(y) + 0.5]), 0), 1) * opacity
                if coverage > 0 { cover(x, y, color, coverage) }
            }
        }
    }

    /// Puts a picture with its upper left corner at a whole pixel, which may lie outside.
    package mutating func paste(_ other: Image, x: Int, y: Int, opacity: Float = 1) {
        let area = PixelRectangle(x: x, y: y, width: other.width, height: other.height).clipped(width: width, height: height)
        for row in area.y..<(area.y + area.height) {
            let source = 3 * ((row - y) * other.width + area.x - x)
            let target = 3 * (row * width + area.x)
            if opacity >= 1 {
                image.pixels.replaceSubrange(target..<(target + 3 * area.width), with: other.pixels[source..<(source + 3 * area.width)])
                continue
            }
            for i in 0..<(3 * area.width) {
                image.pixels[target + i] = blended(image.pixels[target + i], other.pixels[source + i], alpha: opacity)
            }
        }
    }

    /// Puts a picture, scaled as large as fits, in the middle of a rectangle; gives the rectangle that it covers.
    @discardableResult
    package mutating func paste(_ other: Image, fitting area: PixelRectangle, filter: ResamplingFilter = .bicubic) -> PixelRectangle {
        let scale = min(Double(area.width) / Double(other.width), Double(area.height) / Double(other.height))
        let (w, h) = (max(1, Int(Double(other.width) * scale + 0.5)), max(1, Int(Double(other.height) * scale + 0.5)))
        let place = PixelRectangle(x: area.x + (area.width - w) / 2, y: area.y + (area.height - h) / 2, width: w, height: h)
        paste(other.resized(width: w, height: h, filter: filter), x: place.x, y: place.y)
        return place
    }
}
