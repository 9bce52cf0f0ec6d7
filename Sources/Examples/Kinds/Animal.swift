import BSBBasics
import Foundation

/// Four-legged animals: one smooth skin over torso, neck, head with ears or horns, jointed legs and a tail.
enum Animal {
    private enum Part { static let (torso, head, leg, earhorn, neck, tail) = (0, 1, 2, 3, 4, 5) }

    /// Proportions relative to a body length of about 1.
    private struct Build {
        var length: Float
        var girth: Float
        var legs: Float
        var legThickness: Float
        var neck: Float
        var neckRise: Float
        var neckThickness: Float
        var head: Float
        var muzzle: Float
        var ears: Ears
        var horns = false
        var tail: Float
        var tailThickness: Float
        var tailRise: Float
    }

    private enum Ears { case pointed, floppy, small, long }

    private static let builds: [Build] = [
        // horse
        Build(
            length: 0.8, girth: 0.19, legs: 0.62, legThickness: 0.05, neck: 0.42, neckRise: 0.95, neckThickness: 0.1, head: 0.11,
            muzzle: 0.24, ears: .pointed, tail: 0.45, tailThickness: 0.045, tailRise: -0.9),
        // dog
        Build(
            length: 0.7, girth: 0.15, legs: 0.42, legThickness: 0.05, neck: 0.2, neckRise: 0.9, neckThickness: 0.095, head: 0.12,
            muzzle: 0.16, ears: .floppy, tail: 0.4, tailThickness: 0.03, tailRise: 0.7),
        // cow
        Build(
            length: 0.9, girth: 0.24, legs: 0.42, legThickness: 0.06, neck: 0.24, neckRise: 0.35, neckThickness: 0.13, head: 0.13,
            muzzle: 0.2, ears: .floppy, horns: true, tail: 0.5, tailThickness: 0.025, tailRise: -1.1),
        // cat
        Build(
            length: 0.62, girth: 0.125, legs: 0.34, legThickness: 0.04, neck: 0.13, neckRise: 0.75, neckThickness: 0.085, head: 0.125,
            muzzle: 0.07, ears: .pointed, tail: 0.62, tailThickness: 0.028, tailRise: 0.9),
        // giraffe
        Build(
            length: 0.6, girth: 0.17, legs: 0.72, legThickness: 0.045, neck: 0.85, neckRise: 1.2, neckThickness: 0.075, head: 0.085,
            muzzle: 0.17, ears: .small, horns: true, tail: 0.35, tailThickness: 0.022, tailRise: -1.1),
        // pig
        Build(
            length: 0.75, girth: 0.23, legs: 0.26, legThickness: 0.06, neck: 0.14, neckRise: 0.2, neckThickness: 0.15, head: 0.145,
            muzzle: 0.15, ears: .pointed, tail: 0.2, tailThickness: 0.022, tailRise: 0.5),
        // donkey
        Build(
            length: 0.75, girth: 0.18, legs: 0.5, legThickness: 0.05, neck: 0.32, neckRise: 0.8, neckThickness: 0.1, head: 0.115,
            muzzle: 0.22, ears: .long, tail: 0.4, tailThickness: 0.028, tailRise: -0.9),
        // goat
        Build(
            length: 0.68, girth: 0.18, legs: 0.4, legThickness: 0.045, neck: 0.26, neckRise: 0.8, neckThickness: 0.09, head: 0.1,
            muzzle: 0.15, ears: .floppy, horns: true, tail: 0.14, tailThickness: 0.035, tailRise: 0.4),
    ]

    static func sculpture(_ random: inout SeededGenerator) -> Sculpture {
        var build = random.pick(builds)
        for key in [\Build.length, \.girth, \.legs, \.legThickness, \.neck, \.head, \.muzzle, \.tail] {
            build[keyPath: key] *= random.uniform(0.87, 1.13)
        }
        build.neckRise += random.uniform(-0.15, 0.15)
        let trunk = torso(build)
        let (neckSolid, skull, facing) = front(build, &random)
        let skin = Solid.union(
            [
                .union([trunk] + legs(build, &random), blend: 0.09),
                neckSolid, head(build, skull, facing, &random), tail(build, &random),
            ], blend: 0.07)
        var sculpture = Sculpture()
        sculpture.add(skin, detail: 0.024)
        return sculpture
    }

    private static func height(_ build: Build) -> Float { build.legs + build.girth * 0.75 }

    private static func torso(_ build: Build) -> Solid {
        let (y, half) = (height(build), build.length / 2 - build.girth * 0.8)
        return .tube(
            spline(
                [
                    [0, y + 0.01, -half, build.girth * 0.92], [0, y - 0.01, -half * 0.3, build.girth * 0.95],
                    [0, y - 0.02, half * 0.4, build.girth], [0, y + 0.01, half, build.girth * 0.95],
                ], samples: 6), part: Part.torso
        ).stretched([0.82, 1, 1])
    }

    /// The neck, where the head sits, and which way the head looks (pitch).
    private static func front(_ build: Build, _ random: inout SeededGenerator) -> (Solid, Point, Float) {
        let start = Point(0, height(build) + build.girth * 0.3, build.length / 2 - build.girth * 0.55)
        let lean = build.neckRise
        let end = start + Point(0, sin(lean), cos(lean)) * (build.neck + build.girth * 0.5)
        let bow = Point(0, cos(lean), -sin(lean)) * build.neck * 0.06
        let middle = (start + end) / 2 + bow
        let thick = build.neckThickness
        let path: [SIMD4<Float>] = spline(
            [SIMD4(start, thick * 1.35), SIMD4(middle, thick * 1.02), SIMD4(end, thick * 0.85)], samples: 4)
        let pitch = random.uniform(-0.25, 0.1) - 0.3 - 0.35 * build.neckRise
        return (Solid.tube(path, part: Part.neck).stretched([0.85, 1, 1]), end, pitch)
    }

    private static func head(_ build: Build, _ at: Point, _ pitch: Float, _ random: inout SeededGenerator) -> Solid {
        let size = build.head
        let nose = build.muzzle
        var pieces: [Solid] = [
            .ellipsoid([0, 0, 0], [size * 0.85, size, size * 1.05], part: Part.head),
            .tube(
                [[0, -size * 0.12, size * 0.35, size * 0.74], [0, -size * 0.25, size * 0.4 + nose * 0.9, size * 0.5]], part: Part.head),
        ]
        pieces.append(ear(build, &random).mirrored())
        if build.horns { pieces.append(horn(build, &random).mirrored()) }
        let head = Solid.union([.union(Array(pieces.prefix(2)), blend: 0.06)] + pieces.dropFirst(2), blend: 0.02)
        return head.placed(Placement(origin: at + Point(0, size * 0.15, size * 0.25), turns: [-pitch, 0, 0]))
    }

    private static func ear(_ build: Build, _ random: inout SeededGenerator) -> Solid {
        let size = build.head
        let root = Point(size * 0.5, size * 0.72, -size * 0.2)
        let (tip, width): (Point, Float) =
            switch build.ears {
            case .pointed: (Point(size * 0.72, size * 1.75, -size * 0.1), 0.3)
            case .floppy: (Point(size * 1.5, size * 0.15, -size * 0.1), 0.36)
            case .small: (Point(size * 1.2, size * 1.15, -size * 0.3), 0.26)
            case .long: (Point(size * 0.9, size * 2.5, -size * 0.3), 0.3)
            }
        let stretch = random.uniform(0.9, 1.15)
        let end = root + (tip - root) * stretch
        return .tube(
            spline([SIMD4(root, size * width), SIMD4((root + end) / 2, size * width), SIMD4(end, size * width * 0.45)], samples: 6),
            part: Part.earhorn)
    }

    private static func horn(_ build: Build, _ random: inout SeededGenerator) -> Solid {
        let size = build.head
        let reach = random.uniform(0.9, 1.5)
        let isUpright = build.neck > 0.6
        let curve: [Point] =
            isUpright
            ? [[0.3, 0.8, 0.1], [0.34, 1.2, 0.05], [0.36, 1.6, 0]]
            : [[0.4, 0.75, 0.2], [0.4 + 0.5 * reach, 1.0, 0.1], [0.4 + 0.6 * reach, 1.2 + 0.5 * reach, 0.1]]
        let radii: [Float] = isUpright ? [0.26, 0.22, 0.28] : [0.24, 0.2, 0.13]
        return .tube(spline(zip(curve, radii).map { SIMD4($0, $1) * size }, samples: 4), part: Part.earhorn)
    }

    private static func legs(_ build: Build, _ random: inout SeededGenerator) -> [Solid] {
        // Front and hind legs on one side swing toward each other and must not touch.
        let room = build.length - 1.6 * build.girth - 4 * build.legThickness
        let stride = min(random.uniform(0, 0.32), max(room, 0) / (2 * build.legs))
        var result: [Solid] = []
        for (isFront, side) in [(true, Float(1)), (true, -1), (false, 1), (false, -1)] {
            let swing = stride * (isFront == (side > 0) ? 1 : -1)
            let reach = build.length / 2 - build.girth * (isFront ? 0.75 : 0.85)
            let hip = Point(side * build.girth * 0.5, height(build) - build.girth * 0.35, isFront ? reach : -reach)
            result.append(leg(build, hip, swing, isFront))
        }
        return result
    }

    /// A leg with a knee, ending in a hoof or paw at height 0.
    private static func leg(_ build: Build, _ hip: Point, _ swing: Float, _ isFront: Bool) -> Solid {
        let thick = build.legThickness
        let knee = hip * Point(0.95, 0.52, 1) + Point(0, 0, sin(swing) * hip.y * 0.45 + (isFront ? 0.02 : 0.05))
        let ankle = Point(hip.x * 0.95, thick * 1.1, hip.z + sin(swing) * hip.y * 0.95 + (isFront ? 0 : -0.04))
        let toe = ankle + Point(0, -thick * 0.25, thick * 0.9)
        let path: [SIMD4<Float>] = spline(
            [
                SIMD4(hip, thick * (isFront ? 1.7 : 2.1)), SIMD4((hip + knee) / 2, thick * (isFront ? 1.35 : 1.6)), SIMD4(knee, thick),
                SIMD4((knee + ankle) / 2, thick * 0.8), SIMD4(ankle, thick * 0.82),
            ], samples: 6)
        return .union([.tube(path, part: Part.leg), .tube([SIMD4(ankle, thick * 0.85), SIMD4(toe, thick * 0.85)], part: Part.leg)])
    }

    private static func tail(_ build: Build, _ random: inout SeededGenerator) -> Solid {
        let root = Point(0, height(build) + build.girth * 0.5, -build.length / 2 + build.girth * 0.15)
        let rise = build.tailRise + random.uniform(-0.2, 0.2)
        let sway = random.uniform(-0.12, 0.12)
        let back = Point(sway, sin(rise), -cos(rise))
        let curl: Float = rise > 0 ? 0.35 : -0.3
        let points = (0...4).map { k -> SIMD4<Float> in
            let t = Float(k) / 4
            let at = root + back * build.tail * t + Point(sway * t * t, curl * build.tail * t * (t - 0.6), -0.08 * t * (1 - t))
            let bush: Float = rise < -0.5 && k >= 3 ? 1.35 : 1
            return SIMD4(at, build.tailThickness * (1.3 - 0.55 * t) * bush)
        }
        return .tube(spline(points, samples: 6), part: Part.tail)
    }
}
