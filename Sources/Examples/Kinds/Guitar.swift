import BSBBasics
import Foundation

/// Acoustic guitars: several body outlines, with or without a cutaway, and headstocks with pegs on both sides or on one.
enum Guitar {
    private enum Part { static let (body, neck, head, pegs, bridge, soundhole, strings) = (0, 1, 2, 3, 4, 5, 6) }

    private struct Build {
        var length: Float
        var lower: Float
        var waist: Float
        var upper: Float
        var depth: Float
        var cutaway: Bool
        var scale: Float
        var hole: Float
        var oneSided: Bool
        var tilt: Float
        var top: Float { depth / 2 }
        var nut: Float { length + scale }
        var holeHeight: Float { length * 0.685 }
        var bridgeHeight: Float { length * 0.27 }
    }

    static func sculpture(_ random: inout SeededGenerator) -> Sculpture {
        let shape = random.pick([
            SIMD3<Float>(0.2, 0.145, 0.155), SIMD3(0.18, 0.118, 0.138), SIMD3(0.195, 0.112, 0.145), SIMD3(0.165, 0.105, 0.12),
        ])
        let wide = random.uniform(0.93, 1.07)
        let build = Build(
            length: random.uniform(0.45, 0.52), lower: shape.x * wide, waist: shape.y * wide, upper: shape.z * wide,
            depth: random.uniform(0.085, 0.125), cutaway: random.chance(0.35), scale: random.uniform(0.3, 0.38),
            hole: random.uniform(0.044, 0.056), oneSided: random.chance(0.35), tilt: random.uniform(0.1, 0.26))
        let head = headstock(build, &random)
        var sculpture = Sculpture()
        sculpture.add(
            .union([body(build), bridge(build, &random), .union([neck(build), head.solid], blend: 0.02)], blend: 0.004), detail: 0.011)
        for peg in head.pegs { sculpture.add(peg, fineness: 2, detail: 0.005) }
        sculpture.wires = strings(build)
        return sculpture
    }

    private static func body(_ build: Build) -> Solid {
        let (l, w, u) = (build.lower, build.waist, build.upper)
        let right: [SIMD2<Float>] = [
            [l * 0.5, 0.02], [l * 0.9, 0.1], [l, 0.26], [l * 0.86, 0.43], [w, 0.6], [u * 0.93, 0.74], [u, 0.85], [u * 0.78, 0.96],
            [u * 0.35, 0.998],
        ]
        var far = right
        if build.cutaway {
            far[6] = [u * 0.8, 0.8]
            far[7] = [u * 0.36, 0.81]
            far[8] = [0.03, 0.985]
        }
        let corners = [SIMD2<Float>(0, 0)] + far + [[0, 1]] + right.reversed().map { [-$0.x, $0.y] }
        let outline = Outline.smooth(corners.map { [$0.x, $0.y * build.length] }, samples: 4)
        let wood = Solid.plate(outline, thickest: build.top, rounding: 0.012, part: Part.body)
        let center = Point(0, build.holeHeight, build.top)
        let rosette = Solid.ring(.zero, radius: build.hole * 1.14, thickness: 0.006, part: Part.soundhole)
            .placed(Placement(origin: center, turns: [.pi / 2, 0, 0]))
        let hole = Solid.rod(
            center - [0, 0, build.depth * 0.75], center + [0, 0, 0.1], radii: (build.hole, build.hole), rounding: 0.01, part: 0)
        return Solid.union([wood, rosette]).minus(hole, part: Part.soundhole)
    }

    private static func bridge(_ build: Build, _ random: inout SeededGenerator) -> Solid {
        let half = random.uniform(0.065, 0.09)
        let at = Point(0, build.bridgeHeight, build.top)
        return .union(
            [
                .box(at, half: [half, 0.016, 0.012], rounding: 0.005, part: Part.bridge),
                .box(at + [0, 0.005, 0.01], half: [0.042, 0.006, 0.012], rounding: 0.004, part: Part.bridge),
            ], blend: 0.004)
    }

    /// The neck with its fingerboard, which reaches to the sound hole, and the heel at the body.
    private static func neck(_ build: Build) -> Solid {
        let level = build.top + 0.002
        let end = build.holeHeight + build.hole * 1.3
        let board = Solid.beam(
            [0, end, level], [0, build.nut, level], halves: ([0.031, 0.01], [0.025, 0.01]), rounding: 0.004, part: Part.neck)
        let grip = Solid.tube(
            [[0, 0, 0, 0.03], [0, build.nut - build.length + 0.03, 0, 0.0235]], part: Part.neck
        ).stretched([1, 1, 0.95]).moved([0, build.length - 0.01, level])
        let cut = Solid.box([0, build.nut, level + 0.2], half: [0.3, 1, 0.2], rounding: 0.001, part: Part.neck)
        let heel = Solid.beam(
            [0, build.length - 0.02, level - 0.03], [0, build.length + 0.045, level - 0.02], halves: ([0.03, 0.05], [0.022, 0.012]),
            rounding: 0.01, part: Part.neck)
        return .union([Solid.union([grip, heel], blend: 0.02).minus(cut), board])
    }

    private static func headstock(_ build: Build, _ random: inout SeededGenerator) -> (solid: Solid, pegs: [Solid]) {
        let reach = random.uniform(0.15, 0.185)
        let corners: [SIMD2<Float>]
        if build.oneSided {
            corners = [
                [-0.026, -0.01], [0.026, -0.01], [0.03, 0.03], [0.05, reach * 0.9], [0.02, reach + 0.02], [-0.03, reach * 0.95],
                [-0.045, 0.045],
            ]
        } else {
            let crown = random.uniform(-0.014, 0.018)
            let flare = random.uniform(0.034, 0.05)
            corners = [
                [-0.026, -0.01], [0.026, -0.01], [0.04, 0.04], [flare, reach], [0, reach + crown], [-flare, reach], [-0.04, 0.04],
            ]
        }
        let place = Placement(origin: [0, build.nut, build.top - 0.008], turns: [-build.tilt, 0, 0])
        let solid = Solid.plate(Outline(corners: corners).rounded(0.014), thickest: 0.011, rounding: 0.005, part: Part.head).placed(place)
        var pegs: [Solid] = []
        for k in 0..<6 {
            let row = build.oneSided ? Float(k) / 5 : Float(k / 2) / 2
            let side: Float = build.oneSided || k % 2 == 0 ? -1 : 1
            let y = mix(0.045, reach - 0.028, row)
            pegs.append(peg(side, y, edge: build.oneSided ? mix(0.044, 0.033, row) : 0.04).placed(place))
        }
        return (solid, pegs)
    }

    /// A tuning peg: a post on the front, a shaft out to the side and a button to turn.
    private static func peg(_ side: Float, _ y: Float, edge: Float) -> Solid {
        .union(
            [
                .rod([side * 0.02, y, 0], [side * 0.02, y, 0.026], radii: (0.006, 0.006), rounding: 0.002, part: Part.pegs),
                .rod([side * 0.02, y, 0], [side * (edge + 0.014), y, 0], radii: (0.0045, 0.0045), rounding: 0.001, part: Part.pegs),
                .ellipsoid([side * (edge + 0.022), y, 0], [0.013, 0.0105, 0.007], part: Part.pegs),
            ], blend: 0.002)
    }

    private static func strings(_ build: Build) -> [Sculpture.Wire] {
        (0..<6).map { k in
            let t = (Float(k) - 2.5) / 2.5
            return Sculpture.Wire(
                from: [t * 0.034, build.bridgeHeight + 0.004, build.top + 0.022], to: [t * 0.019, build.nut + 0.004, build.top + 0.0165],
                radius: mix(0.0019, 0.0012, (t + 1) / 2), part: Part.strings)
        }
    }
}
