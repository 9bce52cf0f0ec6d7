import BSBBasics
import Foundation

/// Mugs: straight, tapered, barrel-shaped or flared, with round, angular or ear-shaped handles.
enum Mug {
    private static let body = 0
    private static let handle = 1

    static func sculpture(_ random: inout SeededGenerator) -> Sculpture {
        let radius = random.uniform(0.34, 0.52)
        let wall = random.uniform(0.055, 0.075)
        let side = profile(random.index(below: 5), radius, random.uniform(0.8, 1.2))
        let foot = random.chance(0.4) ? random.uniform(0.82, 0.92) : 1
        let bottom: [SIMD2<Float>] = foot < 1 ? [[side[0].x * foot, 0], [side[0].x * foot, 0.045]] : [side[0]]
        let vessel = Solid.vessel(side: bottom + side.dropFirst(), wall: wall, floor: wall * 1.6, part: body)
        let hold = grip(&random, side)
        let solid = Solid.union([vessel.outside, hold], blend: 0.05).minus(vessel.room, blend: wall * 0.9)
        var sculpture = Sculpture()
        sculpture.add(solid, detail: 0.04)
        return sculpture
    }

    /// The side of the mug from the bottom to the rim, in (radius, height).
    private static func profile(_ style: Int, _ radius: Float, _ amount: Float) -> [SIMD2<Float>] {
        let steps = 12
        return (0...steps).map { i in
            let t = Float(i) / Float(steps)
            let scale: Float =
                switch style {
                case 0: 1
                case 1: 0.78 + 0.22 * t * amount
                case 2: 0.84 + 0.2 * amount * sin(.pi * (0.08 + 0.84 * t))
                case 3: 0.8 + 0.12 * amount * t + 0.14 * t * t * t * t
                default: 0.98 - 0.1 * amount * sin(.pi * t)
                }
            return [radius * scale, t]
        }
    }

    private static func grip(_ random: inout SeededGenerator, _ side: [SIMD2<Float>]) -> Solid {
        let (low, high) = (random.uniform(0.16, 0.28), random.uniform(0.74, 0.88))
        let reach = random.uniform(0.24, 0.38)
        let start = side[Int(high * 12)].x - 0.03
        let end = side[Int(low * 12)].x - 0.03
        let out = max(start, end) + reach
        let middle = (low + high) / 2
        let path: [SIMD2<Float>]
        switch random.index(below: 3) {
        case 0:  // round
            path = spline(
                [
                    [start, high], [mix(start, out, 0.6), high], [out, middle + 0.1], [out, middle - 0.1], [mix(end, out, 0.6), low],
                    [end, low],
                ],
                samples: 6)
        case 1:  // angular
            let open = [SIMD2(start, high), SIMD2(out, high), SIMD2(out, low + 0.04), SIMD2(end, low)]
            path = bent(open, 0.09)
        default:  // ear
            path = spline(
                [
                    [start, high - 0.04], [mix(start, out, 0.45), high + 0.03], [out, high - 0.08], [mix(end, out, 0.8), middle - 0.08],
                    [mix(end, out, 0.35), low + 0.02], [end, low - 0.02],
                ], samples: 6)
        }
        let thickness = random.uniform(0.042, 0.06)
        let width = random.uniform(1.1, 2)
        return Solid.tube(path.map { [$0.x, $0.y, 0, thickness] }, part: handle).stretched([1, 1, width])
    }

    /// An open polyline with its inner corners rounded.
    private static func bent(_ points: [SIMD2<Float>], _ radius: Float) -> [SIMD2<Float>] {
        let turned = Outline(corners: points).rounded(radius, samples: 6).corners
        let inner = turned.dropFirst(7).dropLast(7)
        return [points[0]] + inner + [points[points.count - 1]]
    }
}
