import BSBBasics
import Foundation

/// Tables: round or angular tops on four legs, a column or two trestles.
enum Table {
    private enum Part { static let (support, leg) = (0, 1) }

    static func sculpture(_ random: inout SeededGenerator) -> Sculpture {
        let isRound = random.chance(0.4)
        let (w, d) = (random.uniform(0.4, 0.5), isRound ? 0 : random.uniform(0.26, 0.45))
        let size = SIMD2(w, isRound ? w : d)
        let height = random.uniform(0.42, 0.72)
        let thick = random.uniform(0.016, 0.028)
        let outline =
            isRound ? Outline.circle(w) : Outline(corners: [[-w, -d], [w, -d], [w, d], [-w, d]]).rounded(random.pick([0.03, 0.1]))
        let top = Solid.plate(outline, thickest: thick, rounding: thick * 0.9, part: Part.support)
            .placed(Placement(origin: [0, height - thick, 0], turns: [.pi / 2, 0, 0]))
        var pieces = [top]
        switch random.index(below: isRound ? 2 : 3) {
        case 0: pieces += fourLegs(&random, isRound ? size * 0.62 : size - 0.06, height - thick)
        case 1: pieces += column(&random, size, height - thick)
        default: pieces += trestles(&random, size, height - thick)
        }
        var sculpture = Sculpture()
        sculpture.add(.union(pieces, blend: 0.014), detail: 0.02)
        return sculpture
    }

    private static func fourLegs(_ random: inout SeededGenerator, _ at: SIMD2<Float>, _ height: Float) -> [Solid] {
        let thick = random.uniform(0.022, 0.036)
        let end = thick * random.uniform(0.6, 1)
        let splay = random.chance(0.4) ? Float(0.05) : 0
        let isRound = random.chance(0.5)
        var pieces: [Solid] = []
        for side in [Float(1), -1] {
            let (head, foot) = (Point(at.x, height, side * at.y), Point(at.x + splay, 0, side * (at.y + splay)))
            let leg: Solid =
                isRound
                ? .rod(head, foot, radii: (thick, end), rounding: 0.008, part: Part.leg)
                : .beam(head, foot, halves: (SIMD2(repeating: thick), SIMD2(repeating: end)), rounding: 0.008, part: Part.leg)
            pieces.append(leg.mirrored())
        }
        guard random.chance(0.6) else { return pieces }
        let drop = random.uniform(0.03, 0.05)
        let y = height - drop
        pieces.append(.box([0, y, at.y], half: [at.x, drop, 0.014], rounding: 0.006, part: Part.support))
        pieces.append(.box([0, y, -at.y], half: [at.x, drop, 0.014], rounding: 0.006, part: Part.support))
        pieces.append(Solid.box([at.x, y, 0], half: [0.014, drop, at.y], rounding: 0.006, part: Part.support).mirrored())
        return pieces
    }

    private static func column(_ random: inout SeededGenerator, _ size: SIMD2<Float>, _ height: Float) -> [Solid] {
        let (thin, fat) = (random.uniform(0.03, 0.045), random.uniform(0.05, 0.09))
        let side: [SIMD2<Float>] = spline(
            [[fat * 0.8, 0.06], [fat, 0.14], [thin, height * 0.5], [thin * 1.2, height * 0.8], [fat * 1.2, height]], samples: 5)
        var pieces = [Solid.revolved(Outline(corners: [[0, 0.06]] + side + [[0, height]]), part: Part.leg)]
        let feet = 3 + random.index(below: 3)
        guard feet < 5 else {
            let disc = random.uniform(0.2, 0.26)
            return pieces + [.rod([0, 0, 0], [0, 0.07, 0], radii: (disc, disc * 0.6), rounding: 0.015, part: Part.leg)]
        }
        for k in 0..<feet {
            let angle = 2 * Float.pi * (Float(k) + 0.5) / Float(feet)
            let out = SIMD4<Float>(cos(angle), 0, sin(angle), 0) * min(size.x, size.y) * 0.8
            let path: [SIMD4<Float>] = [
                [0, 0.16, 0, 0.034], out * 0.55 + [0, 0.11, 0, 0.03], out + [0, 0.03, 0, 0.024],
            ]
            pieces.append(.tube(spline(path, samples: 4), part: Part.leg))
        }
        return pieces
    }

    private static func trestles(_ random: inout SeededGenerator, _ size: SIMD2<Float>, _ height: Float) -> [Solid] {
        let x = size.x * random.uniform(0.6, 0.75)
        let lean = size.y * random.uniform(0.7, 0.95)
        let half = SIMD2<Float>(0.026, 0.022)
        let crossed = random.chance(0.5)
        let near = crossed ? -lean * 0.8 : lean * 0.35
        return [
            Solid.beam([x, height, near], [x, 0, lean], halves: (half, half), rounding: 0.008, part: Part.leg).mirrored(),
            Solid.beam([x, height, -near], [x, 0, -lean], halves: (half, half), rounding: 0.008, part: Part.leg).mirrored(),
            .box([0, height * (crossed ? 0.5 : 0.32), 0], half: [x, 0.026, 0.018], rounding: 0.008, part: Part.leg),
            Solid.box([x, height * (crossed ? 0.96 : 0.32), 0], half: [0.02, 0.024, lean * 0.75], rounding: 0.008, part: Part.leg)
                .mirrored(),
        ]
    }
}
