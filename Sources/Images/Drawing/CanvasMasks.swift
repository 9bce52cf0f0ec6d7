extension Canvas {
    /// Tints the pixels of a mask of the picture's size.
    package mutating func fill(_ mask: Mask, _ color: Color, opacity: Float = 0.5) {
        precondition(mask.width == width && mask.height == height, "a mask of the picture's size")
        mask.forEachSpan { y, range in
            for x in range { cover(x, y, color, opacity) }
        }
    }

    /// Draws a line along the border of a mask of the picture's size, centred on it.
    ///
    /// The line is widened by a dark edge of half its thickness where `edged`, so that it shows on any ground.
    package mutating func outline(_ mask: Mask, _ color: Color, thickness: Int = 2, edged: Bool = false) {
        precondition(mask.width == width && mask.height == height, "a mask of the picture's size")
        let line = mask.outline(thickness: thickness)
        if edged { fill(line.dilated(by: max(1, thickness / 2)), .black, opacity: 0.45) }
        fill(line, color, opacity: 1)
        fill(line.dilated(by: 1).subtracting(line), color, opacity: 0.35)
    }

    /// Covers everything outside a mask of the picture's size.
    package mutating func dim(outside mask: Mask, _ color: Color = .black, opacity: Float = 0.5) {
        fill(mask.complement, color, opacity: opacity)
    }
}

extension Image {
    /// A picture of an array of numbers, height x width.
    ///
    /// Numbers are coloured by `map` after scaling `range` (by default from the least to the greatest
    /// finite number) to 0 ... 1.
    public init(
        values: [Float], width: Int, height: Int, range: ClosedRange<Float>? = nil, map: (Float) -> Color = ColorMap.sequential
    ) {
        precondition(values.count == width * height, "values must be height x width")
        self.init(width: width, height: height)
        let finite = values.filter(\.isFinite)
        let (low, high) = (range?.lowerBound ?? finite.min() ?? 0, range?.upperBound ?? finite.max() ?? 1)
        for (i, value) in values.enumerated() {
            let color = map(high > low ? (value - low) / (high - low) : 0)
            (pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]) = (color.red, color.green, color.blue)
        }
    }
}
