import BSBBasics
import Foundation

/// Lamps: table and floor lamps with a cloth shade, desk lamps with a jointed or a bent arm.
enum Lamp {
    private enum Part { static let (base, stand, shade, bulb) = (0, 1, 2, 3) }

    static func sculpture(_ random: inout SeededGenerator) -> Sculpture {
        switch random.index(below: 4) {
        case 0: shaded(&random, tall: true)
        case 1: shaded(&random, tall: false)
        case 2: desk(&random, isJointed: true)
        default: desk(&random, isJointed: false)
        }
    }

    // MARK: With a cloth shade

    private static func shaded(_ random: inout SeededGenerator, tall: Bool) -> Sculpture {
        let low = random.uniform(0.2, 0.27) * (tall ? 0.8 : 1)
        let high = low * random.pick([0.55, 0.7, 0.98])
        let drop = random.uniform(0.22, 0.32) * (tall ? 0.85 : 1)
        let bottom = 1 - drop
        var pieces = [foot(&random, tall: tall)]
        pieces.append(tall ? pole(bottom) : turned(&random, bottom))
        pieces.append(.rod([0, bottom - 0.1, 0], [0, 0.985, 0], radii: (0.015, 0.015), rounding: 0.005, part: Part.stand))
        for angle in [Float(0), 2 * .pi / 3, 4 * .pi / 3] {
            let tip = Point(cos(angle), 0, sin(angle)) * (high + (low - high) * 0.1)
            pieces.append(
                .tube([[0, 0.965, 0, 0.0125], [tip.x, 0.965, tip.z, 0.0125]], part: Part.stand))
        }
        let cloth = Outline(corners: [[low, bottom], [low + 0.03, bottom], [high + 0.03, 1], [high, 1]]).rounded(0.015)
        pieces.append(.revolved(cloth, part: Part.shade))
        var sculpture = Sculpture()
        sculpture.add(.union(pieces, blend: 0.01), detail: 0.016)
        sculpture.add(bulb.moved([0, mix(bottom, 1, 0.3), 0]), detail: 0.016)
        return sculpture
    }

    private static let bulb = Solid.union(
        [
            .ball([0, 0.05, 0], 0.045, part: Part.bulb),
            .rod([0, -0.03, 0], [0, 0.03, 0], radii: (0.024, 0.024), rounding: 0.005, part: Part.bulb),
        ],
        blend: 0.03)

    private static func foot(_ random: inout SeededGenerator, tall: Bool) -> Solid {
        let radius = random.uniform(0.13, 0.17)
        let rise = random.uniform(0.02, 0.045)
        if random.chance(0.3) {
            return .box([0, 0.02, 0], half: [radius * 0.85, 0.022, radius * 0.85], rounding: 0.012, part: Part.base)
        }
        let side: [SIMD2<Float>] = [
            [0, 0], [radius, 0], [radius, 0.022], [radius * 0.7, 0.03 + rise * 0.3], [0.03, 0.035 + rise], [0, 0.04 + rise],
        ]
        return .revolved(Outline(corners: side).roundedOffAxis(0.012), part: Part.base)
    }

    private static func pole(_ top: Float) -> Solid {
        .rod([0, 0.01, 0], [0, top, 0], radii: (0.016, 0.016), rounding: 0.005, part: Part.stand)
    }

    /// A turned column: one or two bellies.
    private static func turned(_ random: inout SeededGenerator, _ top: Float) -> Solid {
        let (fat, thin) = (random.uniform(0.07, 0.15), random.uniform(0.022, 0.04))
        let second = random.chance(0.5) ? fat * 0.55 : thin
        let waist = random.uniform(0.28, 0.4)
        let side: [SIMD2<Float>] = spline(
            [
                [fat * 0.5, 0.03], [fat, mix(0.03, top, waist * 0.7)], [mix(fat, thin, 0.7), mix(0.03, top, waist + 0.2)],
                [second, top * 0.78], [thin * 0.8, top],
            ],
            samples: 6)
        return .revolved(Outline(corners: [[0, 0.03]] + side + [[0, top]]), part: Part.stand)
    }

    // MARK: With an arm

    private static func desk(_ random: inout SeededGenerator, isJointed: Bool) -> Sculpture {
        var pieces = [foot(&random, tall: false).stretched([1.1, 1, 1.1])]
        let elbow = Point(0, random.uniform(0.4, 0.55), -random.uniform(0.1, 0.24))
        let top = elbow + Point(0, random.uniform(0.22, 0.36), random.uniform(0.25, 0.4))
        let thick = random.uniform(0.016, 0.021)
        if isJointed {
            pieces.append(.tube([[0, 0.03, 0, thick], SIMD4(elbow, thick)], part: Part.stand))
            pieces.append(.tube([SIMD4(elbow, thick), SIMD4(top, thick)], part: Part.stand))
            let half = Point(thick * 1.9, 0, 0)
            for joint in [Point(0, 0.06, 0), elbow, top] {
                pieces.append(.rod(joint - half, joint + half, radii: (thick * 1.7, thick * 1.7), rounding: 0.008, part: Part.stand))
            }
        } else {
            let path: [SIMD4<Float>] = spline(
                [
                    [0, 0.03, 0, thick], SIMD4(elbow.x, elbow.y * 0.75, elbow.z * 0.35, thick),
                    SIMD4(0, top.y + 0.05, mix(elbow.z, top.z, 0.3), thick), SIMD4(0, top.y + 0.07, mix(elbow.z, top.z, 0.75), thick),
                    SIMD4(top, thick),
                ], samples: 6)
            pieces.append(.tube(path, part: Part.stand))
        }
        let head = Placement(origin: top, along: [0, 1, -random.uniform(0.3, 0.9)], front: [0, 0, 1])
        pieces.append(hood(&random).placed(head))
        var sculpture = Sculpture()
        sculpture.add(.union(pieces, blend: 0.012), detail: 0.016)
        sculpture.add(bulb.placed(Placement(origin: head.world([0, -0.07, 0]), along: head.y * -1, front: [1, 0, 0])), detail: 0.016)
        return sculpture
    }

    /// A metal shade that opens downward from its neck at the origin.
    private static func hood(_ random: inout SeededGenerator) -> Solid {
        let radius = random.uniform(0.12, 0.17)
        let deep = random.uniform(0.16, 0.22)
        let bulge = random.uniform(0.5, 0.95)
        let outside: [SIMD2<Float>] = spline(
            [[0.03, 0.02], [0.05, -0.03], [mix(0.05, radius, bulge), -0.03 - (deep - 0.03) * 0.5], [radius, -deep]], samples: 6)
        let inside = outside.reversed().filter { $0.x > 0.055 }.map { SIMD2($0.x - 0.027, $0.y - 0.006) }
        let corners = [[0, 0.02]] + outside + inside + [[0, inside[inside.count - 1].y]]
        return .revolved(Outline(corners: corners).roundedOffAxis(0.01), part: Part.shade)
    }
}
