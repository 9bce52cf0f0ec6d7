/// A rectangle of whole pixels: columns x ..< x + width, rows y ..< y + height.
package struct PixelRectangle: Hashable, Sendable, Codable {
    /// The first column.
    package var x: Int
    /// The first row.
    package var y: Int
    /// The number of columns.
    package var width: Int
    /// The number of rows.
    package var height: Int

    /// The rectangle of the given corner and size.
    package init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// The part inside a picture of the given size; its width or height is 0 where they do not meet.
    package func clipped(width limitX: Int, height limitY: Int) -> PixelRectangle {
        let (left, top) = (min(max(x, 0), limitX), min(max(y, 0), limitY))
        let right = min(max(x.addingReportingOverflow(width).partialValue, left), limitX)
        let bottom = min(max(y.addingReportingOverflow(height).partialValue, top), limitY)
        return PixelRectangle(x: left, y: top, width: right - left, height: bottom - top)
    }

    /// The smallest rectangle that holds this one and another.
    package func union(_ other: PixelRectangle) -> PixelRectangle {
        let (left, top) = (min(x, other.x), min(y, other.y))
        let (right, bottom) = (max(x + width, other.x + other.width), max(y + height, other.y + other.height))
        return PixelRectangle(x: left, y: top, width: right - left, height: bottom - top)
    }

    /// The rectangle with `margin` more pixels on each side.
    package func expanded(by margin: Int) -> PixelRectangle {
        PixelRectangle(x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin)
    }
}

extension Image {
    /// The part of the picture in a rectangle, which is clipped to it; nothing where they do not meet.
    package func cropped(_ rectangle: PixelRectangle) -> Image? {
        let area = rectangle.clipped(width: width, height: height)
        guard area.width > 0, area.height > 0 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(area.width * area.height * 3)
        for row in area.y..<(area.y + area.height) {
            let start = 3 * (row * width + area.x)
            result += pixels[start..<(start + 3 * area.width)]
        }
        return Image(width: area.width, height: area.height, pixels: result)
    }

    /// The picture with left and right exchanged.
    package func flippedHorizontally() -> Image { oriented(.mirrored) }

    /// The picture with top and bottom exchanged.
    package func flippedVertically() -> Image { oriented(.upsideDownMirrored) }
}
