import BSBBasics

extension Canvas {
    /// A filled disc.
    package mutating func fillDisc(_ center: SIMD2<Float>, radius: Float, _ color: Color, opacity: Float = 1) {
        fill(from: center - radius, to: center + radius, color, opacity: opacity) { length($0 - center) - radius }
    }

    /// A circle whose line of `thickness` is centred on the radius.
    package mutating func strokeDisc(_ center: SIMD2<Float>, radius: Float, _ color: Color, thickness: Float = 1, opacity: Float = 1) {
        let reach = radius + thickness / 2
        fill(from: center - reach, to: center + reach, color, opacity: opacity) {
            abs(length($0 - center) - radius) - thickness / 2
        }
    }

    /// A straight line with round ends.
    package mutating func line(
        _ start: SIMD2<Float>, _ end: SIMD2<Float>, _ color: Color, thickness: Float = 1, opacity: Float = 1
    ) {
        // Long slanted lines are drawn in pieces, whose boxes together are much smaller than that of the whole.
        let extent = end - start
        let pieces = clampedIndex(min(abs(extent.x), abs(extent.y)) / 64 + 1, 1...1024)
        guard pieces > 1, opacity >= 1 else { return segment(start, end, color, thickness, opacity) }
        for i in 0..<pieces {
            let (a, b) = (Float(i) / Float(pieces), Float(i + 1) / Float(pieces))
            segment(start + a * extent, start + b * extent, color, thickness, opacity)
        }
    }

    /// Straight lines through points.
    package mutating func polyline(_ points: [SIMD2<Float>], _ color: Color, thickness: Float = 1, opacity: Float = 1) {
        for (start, end) in zip(points, points.dropFirst()) { line(start, end, color, thickness: thickness, opacity: opacity) }
    }

    private mutating func segment(_ start: SIMD2<Float>, _ end: SIMD2<Float>, _ color: Color, _ thickness: Float, _ opacity: Float) {
        let reach = thickness / 2
        let low = pointwiseMin(start, end) - reach
        let high = pointwiseMax(start, end) + reach
        fill(from: low, to: high, color, opacity: opacity) { distanceToSegment($0, start, end) - reach }
    }

    /// A filled rectangle with round corners of `cornerRadius`, 0 for sharp ones.
    package mutating func fillRectangle(
        from low: SIMD2<Float>, to high: SIMD2<Float>, cornerRadius: Float = 0, _ color: Color, opacity: Float = 1
    ) {
        fill(from: low, to: high, color, opacity: opacity) { distanceToRectangle($0, low, high, cornerRadius) }
    }

    /// The outline of a rectangle, its line of `thickness` centred on the edge.
    package mutating func strokeRectangle(
        from low: SIMD2<Float>, to high: SIMD2<Float>, cornerRadius: Float = 0, _ color: Color, thickness: Float = 1, opacity: Float = 1
    ) {
        let reach = thickness / 2
        fill(from: low - reach, to: high + reach, color, opacity: opacity) {
            abs(distanceToRectangle($0, low, high, cornerRadius)) - reach
        }
    }

    /// A click: a disc in `color` with a white and a dark ring, which shows on any ground.
    package mutating func clickMarker(_ center: SIMD2<Float>, radius: Float = 7, _ color: Color = Color(hex: 0xE4_26_4B)) {
        fillDisc(center, radius: radius * 1.45, .black, opacity: 0.45)
        fillDisc(center, radius: radius * 1.25, .white)
        fillDisc(center, radius: radius * 0.92, color)
        fillDisc(center, radius: radius * 0.22, .white)
    }

    /// Cross hairs with a free middle, edged in black, which show on any ground.
    package mutating func crosshair(_ center: SIMD2<Float>, radius: Float = 12, _ color: Color, thickness: Float = 2) {
        for (ink, width) in [(Color.black, thickness + 2), (color, thickness)] {
            for direction in [SIMD2<Float>(1, 0), [-1, 0], [0, 1], [0, -1]] {
                line(center + 0.35 * radius * direction, center + radius * direction, ink, thickness: width)
            }
        }
    }
}

/// The distance from a point to the straight line between two points.
func distanceToSegment(_ point: SIMD2<Float>, _ start: SIMD2<Float>, _ end: SIMD2<Float>) -> Float {
    let direction = end - start
    let squared = (direction * direction).sum()
    let t = squared > 0 ? min(max(((point - start) * direction).sum() / squared, 0), 1) : 0
    return length(point - start - t * direction)
}

/// The signed distance to a rectangle with round corners.
private func distanceToRectangle(_ point: SIMD2<Float>, _ low: SIMD2<Float>, _ high: SIMD2<Float>, _ radius: Float) -> Float {
    let halfSize = (high - low) / 2
    let r = min(max(radius, 0), max(min(halfSize.x, halfSize.y), 0))
    let offset = point - (low + high) / 2
    let excess = pointwiseMax(offset, -offset) - halfSize + r
    return length(pointwiseMax(excess, .zero)) + min(max(excess.x, excess.y), 0) - r
}
