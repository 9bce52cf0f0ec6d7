import BSBBasics
import Foundation

/// A point or direction of space.
typealias Point = SIMD3<Float>

/// A solid given by its signed distance: negative inside, zero on the surface, positive outside.
///
/// Every piece of a solid carries a part number, so that a surface made of blended pieces can be labelled. Distances may be
/// underestimates or slight overestimates (see ``SurfaceMesher``), which is all that blending and stretching leave of exact ones.
struct Solid: Sendable {
    /// A box that contains the solid.
    var bounds: Bounds
    /// The signed distance from a point.
    var distance: @Sendable (Point) -> Float
    /// The part that a point on the surface belongs to, and the distance to that part's piece.
    var label: @Sendable (Point) -> (part: Int, distance: Float)

    /// A piece of one part.
    init(part: Int, bounds: Bounds, distance: @escaping @Sendable (Point) -> Float) {
        self.bounds = bounds
        self.distance = distance
        label = { (part, distance($0)) }
    }

    /// A solid with a labelling of its own.
    init(
        bounds: Bounds, distance: @escaping @Sendable (Point) -> Float,
        label: @escaping @Sendable (Point) -> (part: Int, distance: Float)
    ) {
        self.bounds = bounds
        self.distance = distance
        self.label = label
    }

    /// The union of solids, with a fillet of about the size `blend` where they meet.
    static func union(_ solids: [Solid], blend: Float = 0) -> Solid {
        let bounds = solids.dropFirst().reduce(solids[0].bounds) { $0.union($1.bounds) }
        return Solid(bounds: bounds.padded(blend / 4)) { point in
            var best = Float.infinity
            for solid in solids where solid.bounds.distance(to: point) < best + blend {
                best = smoothMinimum(best, solid.distance(point), blend)
            }
            return best
        } label: { point in
            var nearest: (part: Int, distance: Float) = (0, .infinity)
            for solid in solids {
                let candidate = solid.label(point)
                if candidate.distance < nearest.distance { nearest = candidate }
            }
            return nearest
        }
    }

    /// This solid without the inside of `cutter`; the cut surface belongs to `part`, or to the part that was cut.
    func minus(_ cutter: Solid, blend: Float = 0, part: Int? = nil) -> Solid {
        let (distance, label) = (distance, label)
        return Solid(bounds: bounds) { point in
            -smoothMinimum(-distance(point), cutter.distance(point), blend)
        } label: { point in
            let own = label(point)
            let depth = -cutter.distance(point)
            if let part, depth > own.distance { return (part, depth) }
            return (own.part, max(own.distance, depth))
        }
    }

    /// This solid, with the surface inside `region` given to `part`.
    func painted(_ part: Int, where region: @escaping @Sendable (Point) -> Bool) -> Solid {
        let label = label
        return Solid(bounds: bounds, distance: distance) { point in
            let own = label(point)
            return (region(point) ? part : own.part, own.distance)
        }
    }

    /// This solid, moved and turned.
    func placed(_ placement: Placement) -> Solid {
        let (distance, label) = (distance, label)
        return Solid(bounds: placement.apply(bounds)) { point in
            distance(placement.local(point))
        } label: { point in
            label(placement.local(point))
        }
    }

    /// This solid, moved.
    func moved(_ offset: Point) -> Solid {
        placed(Placement(origin: offset))
    }

    /// This solid, scaled by `factors` about the origin.
    func stretched(_ factors: Point) -> Solid {
        let (distance, label, least) = (distance, label, factors.min())
        return Solid(bounds: Bounds(low: bounds.low * factors, high: bounds.high * factors)) { point in
            distance(point / factors) * least
        } label: { point in
            let own = label(point / factors)
            return (own.part, own.distance * least)
        }
    }

    /// This solid, which lies in x >= 0, together with its mirror image in x <= 0.
    func mirrored() -> Solid {
        let (distance, label) = (distance, label)
        let reach = max(abs(bounds.low.x), abs(bounds.high.x))
        let bounds = Bounds(low: [-reach, bounds.low.y, bounds.low.z], high: [reach, bounds.high.y, bounds.high.z])
        return Solid(bounds: bounds) { point in
            distance(Point(abs(point.x), point.y, point.z))
        } label: { point in
            label(Point(abs(point.x), point.y, point.z))
        }
    }
}

/// The smaller of two numbers, rounded off where they differ by less than `blend` (polynomial smooth minimum).
@inline(__always)
func smoothMinimum(_ a: Float, _ b: Float, _ blend: Float) -> Float {
    let gap = abs(a - b)
    guard gap < blend else { return min(a, b) }
    let overlap = (blend - gap) / blend
    return min(a, b) - overlap * overlap * blend / 4
}

/// The larger of two numbers, rounded off where they differ by less than `blend`.
@inline(__always)
func smoothMaximum(_ a: Float, _ b: Float, _ blend: Float) -> Float {
    -smoothMinimum(-a, -b, blend)
}

/// A box with sides along the axes.
struct Bounds: Sendable {
    var low: Point
    var high: Point

    /// The box around points, each with a radius.
    init(around points: [Point], radius: Float = 0) {
        low = points.reduce(Point(repeating: .infinity)) { pointwiseMin($0, $1) } - radius
        high = points.reduce(Point(repeating: -.infinity)) { pointwiseMax($0, $1) } + radius
    }

    init(low: Point, high: Point) {
        self.low = low
        self.high = high
    }

    var size: Point { high - low }

    func union(_ other: Bounds) -> Bounds {
        Bounds(low: pointwiseMin(low, other.low), high: pointwiseMax(high, other.high))
    }

    func padded(_ margin: Float) -> Bounds {
        Bounds(low: low - margin, high: high + margin)
    }

    /// The distance from a point outside; zero inside.
    @inline(__always)
    func distance(to point: Point) -> Float {
        let x = max(low.x - point.x, point.x - high.x, 0)
        let y = max(low.y - point.y, point.y - high.y, 0)
        let z = max(low.z - point.z, point.z - high.z, 0)
        return (x * x + y * y + z * z).squareRoot()
    }
}

/// A rigid motion: an origin and three orthonormal axes.
struct Placement: Sendable {
    var origin: Point = .zero
    var x: Point = [1, 0, 0]
    var y: Point = [0, 1, 0]
    var z: Point = [0, 0, 1]

    /// Turned about the x, then y, then z axis by angles in radians, then moved to `origin`.
    init(origin: Point = .zero, turns: Point = .zero) {
        let (cx, sx, cy, sy) = (cos(turns.x), sin(turns.x), cos(turns.y), sin(turns.y))
        let (cz, sz) = (cos(turns.z), sin(turns.z))
        self.origin = origin
        x = [cz * cy, sz * cy, -sy]
        y = [cz * sy * sx - sz * cx, sz * sy * sx + cz * cx, cy * sx]
        z = [cz * sy * cx + sz * sx, sz * sy * cx - cz * sx, cy * cx]
    }

    /// At `origin` with the y axis along `direction` and the z axis as near to `front` as that allows, or any when parallel to it.
    init(origin: Point, along direction: Point, front: Point) {
        self.origin = origin
        y = normalized(direction)
        let side = cross(y, front)
        x = length(side) > 1e-3 ? normalized(side) : normalized(cross(y, [front.y, front.z, front.x]))
        z = cross(x, y)
    }

    func world(_ point: Point) -> Point {
        origin + x * point.x + y * point.y + z * point.z
    }

    @inline(__always)
    func local(_ point: Point) -> Point {
        let offset = point - origin
        return [dot(offset, x), dot(offset, y), dot(offset, z)]
    }

    func apply(_ bounds: Bounds) -> Bounds {
        let corners = (0..<8).map { corner in
            world([
                corner & 1 == 0 ? bounds.low.x : bounds.high.x, corner & 2 == 0 ? bounds.low.y : bounds.high.y,
                corner & 4 == 0 ? bounds.low.z : bounds.high.z,
            ])
        }
        return Bounds(around: corners)
    }
}

@inline(__always)
func length(_ x: Float, _ y: Float) -> Float {
    (x * x + y * y).squareRoot()
}

func normalized(_ a: Point) -> Point {
    a / length(a)
}
