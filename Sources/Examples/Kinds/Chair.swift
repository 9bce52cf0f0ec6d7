import BSBBasics
import Foundation

/// Chairs: square or round seats; slatted, laddered, framed or solid backs; with or without arms and stretchers.
enum Chair {
    private enum Part { static let (support, leg, arm, backsupport) = (0, 1, 2, 3) }

    private struct Frame {
        var width: Float
        var depth: Float
        var seat: Float
        var seatThickness: Float
        var back: Float
        var recline: Float
        var leg: Float
        var isRound: Bool
        /// The width of the seat's back relative to its front.
        var taper: Float
        /// How far the seat's front corners are cut.
        var corner: Float
    }

    static func sculpture(_ random: inout SeededGenerator) -> Sculpture {
        let frame = Frame(
            width: random.uniform(0.44, 0.56), depth: random.uniform(0.42, 0.52), seat: random.uniform(0.4, 0.5),
            seatThickness: random.uniform(0.045, 0.085), back: random.uniform(0.38, 0.62), recline: random.uniform(0.03, 0.14),
            leg: random.uniform(0.019, 0.028), isRound: random.chance(0.5),
            taper: random.uniform(0.82, 1), corner: random.chance(0.4) ? 0.2 : 0.05)
        var pieces = [seat(frame, &random)]
        pieces += random.chance(0.18) ? pedestal(frame) : legs(frame, &random)
        pieces += back(frame, &random)
        if random.chance(0.5) { pieces += arms(frame, &random) }
        var sculpture = Sculpture()
        sculpture.add(.union(pieces, blend: 0.012), detail: 0.017)
        return sculpture
    }

    private static func seat(_ frame: Frame, _ random: inout SeededGenerator) -> Solid {
        let center = Point(0, frame.seat - frame.seatThickness / 2, 0)
        let flat = Placement(origin: center, turns: [-.pi / 2, 0, 0])
        let (w, d) = (frame.width / 2, frame.depth / 2)
        let taper = frame.taper
        let outline = Outline(corners: [[-w, -d], [w, -d], [w * taper, d], [-w * taper, d]])
            .rounded([frame.corner, frame.corner, 0.05, 0.05], samples: 5)
        let half = frame.seatThickness / 2
        let hollow = random.chance(0.5) ? half * 0.45 : 0
        return Solid.plate(outline, thickest: half, rounding: half * 0.8, part: Part.support) { x, y in
            half - hollow * max(0, 1 - (x * x + y * y) / (w * w * 0.8))
        }.placed(flat)
    }

    private static func bar(_ frame: Frame, _ a: Point, _ b: Point, _ radii: (Float, Float), part: Int) -> Solid {
        frame.isRound
            ? .rod(a, b, radii: radii, rounding: 0.008, part: part)
            : .beam(a, b, halves: (SIMD2(repeating: radii.0), SIMD2(repeating: radii.1)), rounding: 0.008, part: part)
    }

    private static func legs(_ frame: Frame, _ random: inout SeededGenerator) -> [Solid] {
        let splay = random.chance(0.5) ? random.uniform(0.02, 0.07) : 0
        let taper = random.uniform(0.65, 1)
        let inset = frame.leg * 1.5 + (frame.corner - 0.05) / 4
        let z = frame.depth / 2 - inset
        let top = frame.seat - frame.seatThickness * 0.5
        var result: [Solid] = []
        for side in [Float(1), -1] {
            let x = legX(frame, inset, isFront: side > 0)
            let foot = Point(x + splay, 0, side * (z + splay))
            result.append(bar(frame, [x * 0.95, top, side * z * 0.95], foot, (frame.leg, frame.leg * taper), part: Part.leg).mirrored())
        }
        guard random.chance(0.45) else { return result }
        let t = random.uniform(0.35, 0.6)
        let (y, thin, spread) = (frame.seat * (1 - t), frame.leg * 0.75, splay * t)
        let front = Point(legX(frame, inset, isFront: true) + spread, y, z + spread)
        let back = Point(legX(frame, inset, isFront: false) + spread, y, -z - spread)
        result.append(bar(frame, back, front, (thin, thin), part: Part.leg).mirrored())
        let middle = (front + back) / 2
        result.append(bar(frame, middle * Point(-1, 1, 1), middle, (thin, thin), part: Part.leg))
        return result
    }

    private static func legX(_ frame: Frame, _ inset: Float, isFront: Bool) -> Float {
        frame.width / 2 * (isFront ? 1 : frame.taper) - (isFront ? inset : frame.leg * 1.5)
    }

    /// One column on five feet.
    private static func pedestal(_ frame: Frame) -> [Solid] {
        let hub = Point(0, 0.07, 0)
        var result: [Solid] = [
            .rod(hub, [0, frame.seat - frame.seatThickness / 2, 0], radii: (0.034, 0.034), rounding: 0.01, part: Part.leg)
        ]
        for k in 0..<5 {
            let angle = 2 * Float.pi * (Float(k) + 0.25) / 5
            let reach = frame.width * 0.52
            let tip = Point(cos(angle) * reach, 0.03, sin(angle) * reach)
            result.append(.tube([SIMD4(hub, 0.034), SIMD4(tip, 0.024)], part: Part.leg))
            result.append(.ball(tip, 0.03, part: Part.leg))
        }
        return result
    }

    /// A point of the back's middle plane, `up` above the seat.
    private static func onBack(_ frame: Frame, _ x: Float, _ up: Float) -> Point {
        [x, frame.seat + up, -frame.depth / 2 + 0.03 - frame.recline * up / frame.back]
    }

    private static func back(_ frame: Frame, _ random: inout SeededGenerator) -> [Solid] {
        let x = frame.width / 2 * frame.taper - frame.leg * 1.4
        let style = random.index(below: 4)
        guard style > 0 else { return [panel(frame, &random)] }
        let post = bar(
            frame, onBack(frame, x, -frame.seatThickness), onBack(frame, x * 1.02, frame.back), (frame.leg, frame.leg * 0.9),
            part: Part.backsupport
        ).mirrored()
        let rail = { (up: Float, tall: Float) -> Solid in
            .beam(
                onBack(frame, -x, up), onBack(frame, x, up), halves: ([tall, 0.016], [tall, 0.016]), front: [0, 0, 1], rounding: 0.01,
                part: Part.backsupport)
        }
        var result = [post, rail(frame.back - 0.035, random.uniform(0.03, 0.05))]
        switch style {
        case 1:  // upright slats
            let count = 3 + random.index(below: 3)
            result.append(rail(0.1, 0.022))
            for k in 1...count {
                let at = mix(-x, x, Float(k) / Float(count + 1))
                result.append(
                    .beam(
                        onBack(frame, at, 0.1), onBack(frame, at, frame.back - 0.03), halves: ([0.018, 0.014], [0.018, 0.014]),
                        rounding: 0.008, part: Part.backsupport))
            }
        case 2:  // ladder
            let count = 2 + random.index(below: 2)
            for k in 0..<count { result.append(rail(mix(0.12, frame.back - 0.14, Float(k) / Float(count - 1)), 0.026)) }
        default:  // framed board
            result.append(rail(frame.back * 0.55, frame.back * 0.22))
        }
        return result
    }

    /// A back of one rounded board.
    private static func panel(_ frame: Frame, _ random: inout SeededGenerator) -> Solid {
        let w = frame.width / 2 * frame.taper - 0.01
        let top = random.uniform(0.7, 1)
        let corners: [SIMD2<Float>] = [
            [-w * 0.94, -frame.seatThickness], [w * 0.94, -frame.seatThickness], [w * top, frame.back], [-w * top, frame.back],
        ]
        let outline = Outline(corners: corners).rounded(random.uniform(0.05, 0.18), samples: 5)
        let low = onBack(frame, 0, 0)
        return Solid.plate(outline, thickest: 0.026, rounding: 0.022, part: Part.backsupport)
            .placed(Placement(origin: low, along: onBack(frame, 0, 1) - low, front: [0, 0, 1]))
    }

    private static func arms(_ frame: Frame, _ random: inout SeededGenerator) -> [Solid] {
        let rise = random.uniform(0.19, 0.25)
        let x = frame.width / 2 + 0.012
        let front = frame.depth / 2 - random.uniform(0.02, 0.12)
        let end = onBack(frame, frame.width / 2 * frame.taper - frame.leg, rise)
        let wide = random.uniform(0.022, 0.034)
        let rest = Solid.beam(
            end, [x, frame.seat + rise, front + 0.03], halves: ([wide, 0.018], [wide * 1.2, 0.018]), front: [0, 1, 0], rounding: 0.012,
            part: Part.arm)
        let post = bar(
            frame, [x - 0.02, frame.seat - frame.seatThickness / 2, front - 0.03], [x, frame.seat + rise, front - 0.01],
            (frame.leg * 0.95, frame.leg * 0.9), part: Part.arm)
        return [rest.mirrored(), post.mirrored()]
    }
}
