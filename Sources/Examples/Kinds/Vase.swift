import BSBBasics
import Foundation

/// Vases, jugs and amphoras: a turned body with a foot and a lip, with no, one or two handles, some with a spout.
enum Vase {
    private enum Part { static let (body, handle, spout, top, base) = (0, 1, 2, 3, 4) }

    static func sculpture(_ random: inout SeededGenerator) -> Sculpture {
        let belly = random.uniform(0.26, 0.42)
        let bellyHeight = random.uniform(0.3, 0.52)
        let neck = random.uniform(0.1, 0.17)
        let neckHeight = random.uniform(0.72, 0.82)
        let lip = neck + random.uniform(0.03, 0.11)
        let foot = random.uniform(0.14, 0.22)
        let footHeight = random.uniform(0.06, 0.1)
        let side: [SIMD2<Float>] = spline(
            [
                [foot, 0], [foot, 0.03], [foot * 0.82, footHeight], [mix(foot, belly, 0.62), mix(footHeight, bellyHeight, 0.45)],
                [belly, bellyHeight],
                [mix(neck, belly, 0.66), mix(bellyHeight, neckHeight, 0.58)], [neck, neckHeight], [neck * 1.05, 0.88], [lip, 0.965],
                [lip, 1],
            ], samples: 5)
        let wall: Float = 0.048
        let vessel = Solid.vessel(side: side, wall: wall, floor: footHeight + 0.05, part: Part.body)
        var pieces = [
            vessel.outside
                .painted(Part.top) { $0.y > neckHeight }
                .painted(Part.base) { $0.y < footHeight }
        ]
        let style = random.index(below: 4)
        let handles = [1, 2, 0, 1][style]
        let thickness = random.uniform(0.026, 0.036)
        for k in 0..<handles {
            let path: [SIMD2<Float>] = spline(
                [
                    [neck - 0.01, 0.9], [neck + 0.14, 0.95], [belly * 0.95 + 0.06, mix(bellyHeight, 0.9, 0.7)],
                    [belly * 0.9 + 0.03, mix(bellyHeight, neckHeight, 0.4)], [belly * 0.88, bellyHeight + 0.06],
                ], samples: 6)
            let sign: Float = k == 0 ? 1 : -1
            pieces.append(
                Solid.tube(path.map { [$0.x * sign, $0.y, 0, thickness] }, part: Part.handle).stretched([1, 1, 1.3]))
        }
        if style == 3 { pieces.append(spout(&random, belly, bellyHeight)) }
        let solid = Solid.union(pieces, blend: 0.04).minus(vessel.room, blend: wall * 0.9)
        var sculpture = Sculpture()
        sculpture.add(solid, detail: 0.03)
        return sculpture
    }

    /// A bent spout opposite the handle.
    private static func spout(_ random: inout SeededGenerator, _ belly: Float, _ height: Float) -> Solid {
        let rise = random.uniform(0.2, 0.36)
        let path: [SIMD4<Float>] = spline(
            [
                [-belly * 0.85, height - 0.05, 0, 0.085], [-belly - 0.1, height + rise * 0.35, 0, 0.065],
                [-belly - 0.16, height + rise * 0.8, 0, 0.05], [-belly - 0.27, height + rise * 1.1, 0, 0.045],
            ], samples: 6)
        return .tube(path, part: Part.spout)
    }
}
