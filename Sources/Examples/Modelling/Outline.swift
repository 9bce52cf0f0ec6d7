import BSBBasics
import Foundation

/// A closed polygon in the plane, the section or outline of a solid.
struct Outline: Sendable {
    /// Corners in order, either way round.
    var corners: [SIMD2<Float>]

    /// A smooth closed curve through `points`.
    static func smooth(_ points: [SIMD2<Float>], samples: Int = 6) -> Outline {
        Outline(corners: spline(points, samples: samples, closed: true))
    }

    /// A circle about the origin.
    static func circle(_ radius: Float, samples: Int = 48) -> Outline {
        Outline(
            corners: (0..<samples).map { i in
                let angle = 2 * Float.pi * Float(i) / Float(samples)
                return SIMD2(radius * cos(angle), radius * sin(angle))
            })
    }

    /// This outline with every corner cut by a curve that starts `radius` before it, or at half an edge.
    func rounded(_ radius: Float, samples: Int = 4) -> Outline {
        rounded([Float](repeating: radius, count: corners.count), samples: samples)
    }

    /// This outline, which is to be turned about x = 0, with every corner off that axis rounded.
    func roundedOffAxis(_ radius: Float) -> Outline {
        rounded(corners.map { $0.x == 0 ? 0 : radius })
    }

    /// This outline with each corner cut by a curve of its own radius.
    func rounded(_ radii: [Float], samples: Int = 4) -> Outline {
        var result: [SIMD2<Float>] = []
        for (i, corner) in corners.enumerated() {
            let before = Self.toward(corner, corners[(i + corners.count - 1) % corners.count], radii[i])
            let after = Self.toward(corner, corners[(i + 1) % corners.count], radii[i])
            let chord = after - before
            let (back, ahead) = (corner - before, after - corner)
            // The weight that makes a rational quadratic curve with equal legs a circular arc: the cosine of half the turn.
            let legs = max(length(back.x, back.y) + length(ahead.x, ahead.y), 1e-9)
            let weight = length(chord.x, chord.y) / legs
            for s in 0...samples {
                let t = Float(s) / Float(samples)
                let (a, b, c) = ((1 - t) * (1 - t), 2 * t * (1 - t) * weight, t * t)
                result.append((before * a + corner * b + after * c) / (a + b + c))
            }
        }
        return Outline(corners: result)
    }

    private static func toward(_ from: SIMD2<Float>, _ to: SIMD2<Float>, _ radius: Float) -> SIMD2<Float> {
        let offset = to - from
        let reach = length(offset.x, offset.y)
        return from + offset * (min(radius, reach / 2) / max(reach, 1e-9))
    }

    /// The signed distance from a point of the plane: negative inside.
    func distance(_ x: Float, _ y: Float) -> Float {
        distance(x, y, seesAxis: true)
    }

    /// The signed distance from the solid that turning this outline about x = 0 gives, at radius `x` and height `y`.
    func turnedDistance(_ x: Float, _ y: Float) -> Float {
        distance(x, y, seesAxis: false)
    }

    private func distance(_ x: Float, _ y: Float, seesAxis: Bool) -> Float {
        corners.withUnsafeBufferPointer { corners in
            var least = Float.infinity
            var inside = false
            var previous = corners[corners.count - 1]
            for corner in corners {
                let (ex, ey) = (previous.x - corner.x, previous.y - corner.y)
                let (wx, wy) = (x - corner.x, y - corner.y)
                let t = min(max((wx * ex + wy * ey) / max(ex * ex + ey * ey, 1e-12), 0), 1)
                let (dx, dy) = (wx - ex * t, wy - ey * t)
                if seesAxis || corner.x != 0 || previous.x != 0 { least = min(least, dx * dx + dy * dy) }
                if (corner.y > y) != (previous.y > y), x < corner.x + ex * (y - corner.y) / ey { inside.toggle() }
                previous = corner
            }
            return inside ? -least.squareRoot() : least.squareRoot()
        }
    }

    var low: SIMD2<Float> { corners.reduce(SIMD2(repeating: .infinity)) { pointwiseMin($0, $1) } }
    var high: SIMD2<Float> { corners.reduce(SIMD2(repeating: -.infinity)) { pointwiseMax($0, $1) } }
}

/// A smooth curve through `points` (centripetal in spirit: uniform Catmull-Rom), `samples` points for each span.
func spline<V: SIMD>(_ points: [V], samples: Int, closed: Bool = false) -> [V] where V.Scalar == Float {
    let count = points.count
    var result: [V] = []
    for i in 0..<(closed ? count : count - 1) {
        let at = { (offset: Int) -> V in
            closed ? points[(i + offset + count) % count] : points[min(max(i + offset, 0), count - 1)]
        }
        let (a, b, c, d) = (at(-1), at(0), at(1), at(2))
        for s in 0..<samples {
            let t = Float(s) / Float(samples)
            let linear = (c - a) * t
            let square = (a * 2 - b * 5 + c * 4 - d) * (t * t)
            let cube = (b * 3 - a - c * 3 + d) * (t * t * t)
            result.append(b + (linear + square + cube) * 0.5)
        }
    }
    if !closed { result.append(points[count - 1]) }
    return result
}

extension Solid {
    /// The solid swept by turning an outline, in (radius, height), about the y axis.
    static func revolved(_ outline: Outline, part: Int) -> Solid {
        let (low, high) = (outline.low, outline.high)
        let bounds = Bounds(low: [-high.x, low.y, -high.x], high: [high.x, high.y, high.x])
        return Solid(part: part, bounds: bounds) { point in
            outline.turnedDistance(length(point.x, point.z), point.y)
        }
    }

    /// A turned vessel without its wall's inside, and the room inside it.
    ///
    /// - Parameters:
    ///   - side: the outside in (radius, height) from the bottom up.
    ///   - wall: the thickness of the wall; the rims are rounded by about half of it.
    ///   - floor: the height of the room's floor.
    static func vessel(
        side: [SIMD2<Float>], wall: Float, floor: Float, part: Int
    ) -> (outside: Solid, room: Solid) {
        let (first, last) = (side[0], side[side.count - 1])
        let endless = Outline(
            corners: [[0, first.y - 0.5], [first.x, first.y - 0.5]] + side + [[last.x, last.y + 0.5], [0, last.y + 0.5]])
        let (reach, blend) = (endless.high.x, wall * 0.9)
        let across = { @Sendable (point: Point) in endless.turnedDistance(length(point.x, point.z), point.y) }
        let box = { (low: Float, high: Float) in Bounds(low: [-reach, low, -reach], high: [reach, high, reach]) }
        let outside = Solid(part: part, bounds: box(first.y, last.y)) { point in
            smoothMaximum(smoothMaximum(across(point), point.y - last.y, blend), first.y - point.y, blend)
        }
        let room = Solid(part: part, bounds: box(floor, last.y + 0.5)) { smoothMaximum(across($0) + wall, floor - $0.y, wall) }
        return (outside, room)
    }

    /// A plate: an outline in (x, y), thick from -half to half in z, with rounded rims.
    ///
    /// - Parameter half: half the thickness at a point of the outline; at most `thickest`.
    static func plate(
        _ outline: Outline, thickest: Float, rounding: Float, part: Int, half: (@Sendable (Float, Float) -> Float)? = nil
    ) -> Solid {
        let (low, high) = (outline.low, outline.high)
        let bounds = Bounds(low: [low.x, low.y, -thickest], high: [high.x, high.y, thickest])
        return Solid(part: part, bounds: bounds) { point in
            let thickness = half?(point.x, point.y) ?? thickest
            let rim = min(rounding, thickness)
            return rounded(outline.distance(point.x, point.y) + rim, abs(point.z) - thickness + rim, rim)
        }
    }
}
