import BSBBasics
import Foundation

/// Airplanes: airliners with two or four engines under the wing or at the tail, and propeller planes with high or low wings.
enum Airplane {
    private enum Part { static let (body, wing, stabilizer, rudder, engine) = (0, 1, 2, 3, 4) }

    private enum Drive { case twin, four, tail, propeller }

    private struct Build {
        var drive: Drive
        var radius: Float
        var span: Float
        var rootChord: Float
        var tipChord: Float
        var sweep: Float
        var dihedral: Float
        var wingHeight: Float
        var wingAt: Float
        var isTTail: Bool
    }

    static func sculpture(_ random: inout SeededGenerator) -> Sculpture {
        let build = build(&random)
        var pieces = [fuselage(build, &random), wing(build).mirrored()]
        pieces += tail(build, &random)
        var sculpture = Sculpture()
        sculpture.add(.union(pieces + engines(build, &random), blend: 0.018), detail: 0.0135)
        if build.drive == .propeller { sculpture.add(propeller(build, &random), detail: 0.011) }
        return sculpture
    }

    private static func build(_ random: inout SeededGenerator) -> Build {
        let drive = random.pick([Drive.twin, .four, .tail, .propeller, .twin])
        if drive == .propeller {
            let isHigh = random.chance(0.5)
            return Build(
                drive: drive, radius: random.uniform(0.07, 0.085), span: random.uniform(0.55, 0.68), rootChord: random.uniform(0.17, 0.22),
                tipChord: random.uniform(0.12, 0.17), sweep: random.uniform(-0.01, 0.05), dihedral: random.uniform(0.02, 0.1),
                wingHeight: isHigh ? 0.065 : -0.045, wingAt: 0.13, isTTail: random.chance(0.2))
        }
        let isHigh = drive != .tail && random.chance(0.3)
        return Build(
            drive: drive, radius: random.uniform(0.048, 0.066), span: random.uniform(0.44, 0.56), rootChord: random.uniform(0.19, 0.24),
            tipChord: random.uniform(0.05, 0.08), sweep: random.uniform(0.18, 0.34), dihedral: isHigh ? -0.05 : random.uniform(0.05, 0.12),
            wingHeight: isHigh ? 0.045 : -0.03, wingAt: drive == .tail ? 0 : 0.07, isTTail: drive == .tail || isHigh)
    }

    private static func fuselage(_ build: Build, _ random: inout SeededGenerator) -> Solid {
        let r = build.radius
        if build.drive == .propeller {
            let path: [SIMD4<Float>] = spline(
                [
                    [0, 0, 0.4, r * 0.72], [0, 0, 0.3, r * 0.9], [0, 0.005, 0.12, r], [0, 0.01, -0.1, r * 0.85],
                    [0, 0.025, -0.32, r * 0.5],
                    [0, 0.04, -0.5, r * 0.26],
                ], samples: 4)
            let cabin = Solid.ellipsoid([0, r * 0.75, 0.1], [r * 0.78, r * 0.75, random.uniform(0.14, 0.19)], part: Part.body)
            return .union([.tube(path, part: Part.body), cabin], blend: 0.03)
        }
        let path: [SIMD4<Float>] = spline(
            [
                [0, -r * 0.35, 0.5, r * 0.3], [0, -r * 0.2, 0.46, r * 0.66], [0, 0, 0.37, r], [0, 0, 0, r], [0, 0, -0.2, r],
                [0, r * 0.25, -0.36, r * 0.7], [0, r * 0.6, -0.52, r * 0.24],
            ], samples: 4)
        return .tube(path, part: Part.body)
    }

    /// A surface with its span along x and its leading edge toward +z.
    private static func foil(
        span: Float, chords: (Float, Float), sweep: Float, thickness: (Float, Float), part: Int
    ) -> Solid {
        let (root, tip) = chords
        let outline = Outline(corners: [[-0.02, -root / 2], [-0.02, root / 2], [span, tip / 2 - sweep], [span, -tip / 2 - sweep]])
            .rounded(min(0.05, tip * 0.4))
        let flat = Solid.plate(outline, thickest: max(thickness.0, thickness.1), rounding: 0.02, part: part) { x, y in
            let t = min(max(x / span, 0), 1)
            let chord = mix(root, tip, t)
            let along = min(max((y + sweep * t) / chord + 0.5, 0), 1)
            let full = mix(thickness.0, thickness.1, t)
            return max(full * (0.6 + 0.4 * (1 - (2 * along - 1.25) * (2 * along - 1.25))), 0.0085)
        }
        return flat.placed(Placement(turns: [.pi / 2, 0, 0]))
    }

    private static func wing(_ build: Build) -> Solid {
        let foil = foil(
            span: build.span, chords: (build.rootChord, build.tipChord), sweep: build.sweep, thickness: (0.02, 0.01), part: Part.wing)
        return foil.placed(Placement(origin: [0, build.wingHeight, build.wingAt], turns: [0, 0, build.dihedral]))
    }

    private static func tail(_ build: Build, _ random: inout SeededGenerator) -> [Solid] {
        let isSlow = build.drive == .propeller
        let rise = random.uniform(0.15, 0.19)
        let lean = isSlow ? random.uniform(0.02, 0.06) : random.uniform(0.1, 0.15)
        let fin = foil(span: rise, chords: (0.15, 0.085), sweep: lean, thickness: (0.014, 0.011), part: Part.rudder)
        var upright = Placement(origin: [0, build.radius * 0.6, -0.42])
        (upright.x, upright.y, upright.z) = ([0, 1, 0], [-1, 0, 0], [0, 0, 1])
        let across = random.uniform(0.17, 0.22)
        let sweep = isSlow ? 0.02 : random.uniform(0.08, 0.12)
        let plane = foil(span: across, chords: (0.12, 0.065), sweep: sweep, thickness: (0.012, 0.0095), part: Part.stabilizer)
        let at = build.isTTail ? Point(0, build.radius * 0.6 + rise - 0.012, -0.42 - lean) : Point(0, build.radius * 0.55, -0.43)
        return [fin.placed(upright), plane.placed(Placement(origin: at, turns: [0, 0, build.isTTail ? 0 : 0.06])).mirrored()]
    }

    private static func engines(_ build: Build, _ random: inout SeededGenerator) -> [Solid] {
        let radius = random.uniform(0.028, 0.036)
        switch build.drive {
        case .propeller: return []
        case .tail:
            let hang = Solid.box([build.radius, 0.02, -0.25], half: [0.03, 0.01, 0.04], rounding: 0.006, part: Part.engine)
            return [nacelle(radius, 0.16).moved([build.radius + radius + 0.008, 0.022, -0.25]).mirrored(), hang.mirrored()]
        case .twin: return podded(build, radius * 1.1, at: [0.34])
        case .four: return podded(build, radius * 0.88, at: [0.3, 0.6])
        }
    }

    /// Engines on pylons under the wing at fractions of its span.
    private static func podded(_ build: Build, _ radius: Float, at fractions: [Float]) -> [Solid] {
        fractions.flatMap { t -> [Solid] in
            let x = build.span * t
            let lead = build.wingAt + mix(build.rootChord, build.tipChord, t) / 2 - build.sweep * t
            let y = build.wingHeight + build.dihedral * x
            let pod = nacelle(radius, radius * 4).moved([x, y - radius * 1.15, lead + radius * 0.4])
            let pylon = Solid.box(
                [x, y - radius * 0.4, lead - radius * 0.8], half: [0.009, radius * 0.7, radius * 1.3], rounding: 0.006, part: Part.engine)
            return [pod.mirrored(), pylon.mirrored()]
        }
    }

    /// A jet engine along z with a hollow intake.
    private static func nacelle(_ radius: Float, _ reach: Float) -> Solid {
        let half = reach / 2
        let inner = max(radius - 0.016, radius * 0.5)
        let side: [SIMD2<Float>] = [
            [0, -half], [radius * 0.45, -half], [radius * 0.9, -half * 0.3], [radius, half * 0.4], [radius * 0.92, half], [inner, half],
            [inner * 0.9, half * 0.45], [0, half * 0.5],
        ]
        return Solid.revolved(Outline(corners: side).roundedOffAxis(0.01), part: Part.engine)
            .placed(Placement(origin: .zero, along: [0, 0, 1], front: [0, 1, 0]))
    }

    private static func propeller(_ build: Build, _ random: inout SeededGenerator) -> Solid {
        let blades = 2 + random.index(below: 3)
        let reach = random.uniform(0.13, 0.16)
        let nose = 0.4 + build.radius * 0.72
        var pieces: [Solid] = [.ellipsoid([0, 0, nose], [0.028, 0.028, 0.05], part: Part.engine)]
        for k in 0..<blades {
            let angle = 2 * Float.pi * Float(k) / Float(blades) + 0.4
            let blade = Solid.tube([[0, 0.02, 0, 0.013], [0, reach * 0.7, 0, 0.022], [0, reach, 0, 0.012]], part: Part.engine)
                .stretched([1, 1, 0.5])
            pieces.append(blade.placed(Placement(origin: [0, 0, nose + 0.012], turns: [0, 0, angle])))
        }
        return .union(pieces, blend: 0.008)
    }
}
