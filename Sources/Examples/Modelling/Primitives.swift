import BSBBasics

extension Solid {
    /// An ellipsoid with its axes along those of space.
    static func ellipsoid(_ center: Point, _ radii: Point, part: Int) -> Solid {
        Solid(part: part, bounds: Bounds(low: center - radii, high: center + radii)) { point in
            let offset = (point - center) / radii
            let scaled = length(offset)
            let slope = length(offset / radii)
            guard slope > 1e-6 else { return -radii.min() }
            return scaled * (scaled - 1) / slope
        }
    }

    /// A ball.
    static func ball(_ center: Point, _ radius: Float, part: Int) -> Solid {
        Solid(part: part, bounds: Bounds(around: [center], radius: radius)) { length($0 - center) - radius }
    }

    /// A box with half side lengths `half` and rounded edges.
    static func box(_ center: Point, half: Point, rounding: Float, part: Int) -> Solid {
        Solid(part: part, bounds: Bounds(low: center - half, high: center + half)) { point in
            let offset = point - center
            return roundedBox(
                abs(offset.x) - half.x + rounding, abs(offset.y) - half.y + rounding, abs(offset.z) - half.z + rounding, rounding)
        }
    }

    /// A straight bar from `start` to `end` with a rectangular section that tapers.
    ///
    /// - Parameters:
    ///   - halves: half the width and half the depth of the section at the start and at the end.
    ///   - front: the direction of the depth.
    static func beam(
        _ start: Point, _ end: Point, halves: (SIMD2<Float>, SIMD2<Float>), front: Point = [0, 0, 1], rounding: Float, part: Int
    ) -> Solid {
        let reach = length(end - start)
        let widest = pointwiseMax(halves.0, halves.1)
        let upright = Solid(
            part: part, bounds: Bounds(low: [-widest.x, 0, -widest.y], high: [widest.x, reach, widest.y])
        ) { point in
            let t = min(max(point.y / reach, 0), 1)
            let across = abs(point.x) - mix(halves.0.x, halves.1.x, t) + rounding
            let through = abs(point.z) - mix(halves.0.y, halves.1.y, t) + rounding
            return roundedBox(across, abs(point.y - reach / 2) - reach / 2 + rounding, through, rounding)
        }
        return upright.placed(Placement(origin: start, along: end - start, front: front))
    }

    /// A straight round bar with flat ends and rounded rims, whose radius goes from one value to another.
    static func rod(_ start: Point, _ end: Point, radii: (Float, Float), rounding: Float, part: Int) -> Solid {
        let axis = normalized(end - start)
        let reach = length(end - start)
        let bounds = Bounds(around: [start, end], radius: max(radii.0, radii.1))
        // Across a slanted side the distance is less than along the radius.
        let slant = reach / length(reach, radii.0 - radii.1)
        return Solid(part: part, bounds: bounds) { point in
            let offset = point - start
            let along = dot(offset, axis)
            let across = max(dot(offset, offset) - along * along, 0).squareRoot()
            let radius = mix(radii.0, radii.1, min(max(along / reach, 0), 1))
            return rounded((across - radius) * slant + rounding, abs(along - reach / 2) - reach / 2 + rounding, rounding)
        }
    }

    /// A ring around the y direction through `center`.
    static func ring(_ center: Point, radius: Float, thickness: Float, part: Int) -> Solid {
        let reach = Point(radius + thickness, thickness, radius + thickness)
        return Solid(part: part, bounds: Bounds(low: center - reach, high: center + reach)) { point in
            let offset = point - center
            return length(length(offset.x, offset.z) - radius, offset.y) - thickness
        }
    }

    /// A round tube along a polyline of points with radii (x, y, z, radius), with rounded ends.
    static func tube(_ path: [SIMD4<Float>], part: Int) -> Solid {
        let spans = zip(path, path.dropFirst()).map(Span.init)
        let low = path.reduce(Point(repeating: .infinity)) { pointwiseMin($0, Point($1.x, $1.y, $1.z) - $1.w) }
        let high = path.reduce(Point(repeating: -.infinity)) { pointwiseMax($0, Point($1.x, $1.y, $1.z) + $1.w) }
        return Solid(part: part, bounds: Bounds(low: low, high: high)) { point in
            var best = Float.infinity
            for span in spans {
                let reach = best + span.reach
                let offset = point - span.middle
                if reach > 0, dot(offset, offset) >= reach * reach { continue }
                best = min(best, span.distance(point))
            }
            return best
        }
    }

    /// One piece of a tube: the hull of two balls.
    private struct Span: Sendable {
        let start: Point
        let direction: Point
        let square: Float
        let radii: SIMD2<Float>
        let middle: Point
        let reach: Float

        init(_ a: SIMD4<Float>, _ b: SIMD4<Float>) {
            start = [a.x, a.y, a.z]
            direction = Point(b.x, b.y, b.z) - start
            square = dot(direction, direction)
            radii = [a.w, b.w]
            middle = start + direction / 2
            reach = length(direction) / 2 + max(a.w, b.w)
        }

        @inline(__always)
        func distance(_ point: Point) -> Float {
            let offset = point - start
            let shrink = radii.x - radii.y
            let slant = square - shrink * shrink
            guard slant > 1e-12 else { return min(length(offset) - radii.x, length(offset - direction) - radii.y) }
            let along = dot(offset, direction) / square
            let across = max(dot(offset, offset) - along * along * square, 0).squareRoot()
            // Where on the axis, as a fraction, the ball sits that the point is nearest to.
            let t = along - across * shrink / (square * slant).squareRoot()
            if t <= 0 { return length(offset) - radii.x }
            if t >= 1 { return length(offset - direction) - radii.y }
            return across * (slant / square).squareRoot() + along * shrink - radii.x
        }
    }
}

/// The distance from a box whose faces lie `x`, `y`, `z` away, rounded by `rounding`.
@inline(__always)
private func roundedBox(_ x: Float, _ y: Float, _ z: Float, _ rounding: Float) -> Float {
    let outside = length(Point(max(x, 0), max(y, 0), max(z, 0)))
    return outside + min(max(x, y, z), 0) - rounding
}

/// The distance from the edge between two surfaces that lie `a` and `b` away, rounded by `rounding`.
@inline(__always)
func rounded(_ a: Float, _ b: Float, _ rounding: Float) -> Float {
    length(max(a, 0), max(b, 0)) + min(max(a, b), 0) - rounding
}
