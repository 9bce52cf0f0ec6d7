import BSBBasics

/// Hammers: claw, ball-peen and cross-peen hammers and mallets.
enum Hammer {
    private enum Part { static let (head, handle) = (0, 1) }

    static func sculpture(_ random: inout SeededGenerator) -> Sculpture {
        let reach = random.uniform(0.8, 0.98)
        let solid = Solid.union([grip(&random, reach), head(&random).moved([0, reach, 0])], blend: 0.012)
        var sculpture = Sculpture()
        sculpture.add(solid, detail: 0.016)
        return sculpture
    }

    private static func grip(_ random: inout SeededGenerator, _ reach: Float) -> Solid {
        let (thick, thin) = (random.uniform(0.034, 0.046), random.uniform(0.022, 0.03))
        let bow = random.uniform(-0.02, 0.02)
        let path: [SIMD4<Float>] = spline(
            [
                [0, 0.03, 0, thick * 1.08], [0, 0.1, 0, thick * 0.9], [bow, 0.24, 0, thick], [bow, 0.42, 0, mix(thick, thin, 0.5)],
                [0, 0.65 * reach, 0, thin], [0, reach + 0.04, 0, thin * 1.05],
            ], samples: 5)
        return Solid.tube(path, part: Part.handle).stretched([1, 1, 0.78])
    }

    /// The head along x, with its face at +x, around the end of the handle.
    private static func head(_ random: inout SeededGenerator) -> Solid {
        let face = random.uniform(0.05, 0.065)
        let reach = random.uniform(0.15, 0.2)
        let style = random.index(below: 4)
        if style == 3 {
            let long = random.uniform(0.18, 0.24)
            let fat = random.uniform(0.085, 0.12)
            return .rod([-long, 0, 0], [long, 0, 0], radii: (fat, fat), rounding: 0.02, part: Part.head)
        }
        var pieces: [Solid] = [
            .rod([reach - 0.06, 0, 0], [reach, 0, 0], radii: (face, face), rounding: 0.012, part: Part.head),
            .rod([0, 0, 0], [reach, 0, 0], radii: (0.045, face * 0.72), rounding: 0.012, part: Part.head),
            .box(.zero, half: [0.055, 0.052, 0.046], rounding: 0.015, part: Part.head),
        ]
        switch style {
        case 0: pieces.append(claw(&random).mirroredInDepth())
        case 1:
            pieces.append(.rod([0, 0, 0], [-0.14, 0, 0], radii: (0.042, 0.034), rounding: 0.01, part: Part.head))
            pieces.append(.ball([-0.15, 0, 0], random.uniform(0.046, 0.056), part: Part.head))
        default:
            pieces.append(
                .beam(
                    [0, 0, 0], [-random.uniform(0.16, 0.21), -0.01, 0], halves: ([0.045, 0.045], [0.013, 0.05]), rounding: 0.01,
                    part: Part.head))
        }
        return .union(pieces, blend: 0.03)
    }

    /// One prong of a claw, on the side z > 0.
    private static func claw(_ random: inout SeededGenerator) -> Solid {
        let drop = random.uniform(0.04, 0.11)
        let path: [SIMD4<Float>] = spline(
            [
                [0, 0.01, 0.02, 0.034], [-0.07, 0.02, 0.026, 0.03], [-0.14, 0.005 - drop * 0.2, 0.036, 0.023],
                [-0.21, -0.01 - drop * 0.9, 0.046, 0.015],
            ], samples: 5)
        return .tube(path, part: Part.head)
    }
}

extension Solid {
    /// This solid, which lies in z >= 0, together with its mirror image in z <= 0.
    fileprivate func mirroredInDepth() -> Solid {
        placed(Placement(turns: [0, .pi / 2, 0])).mirrored().placed(Placement(turns: [0, -.pi / 2, 0]))
    }
}
