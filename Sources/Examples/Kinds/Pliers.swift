import BSBBasics

/// Pliers, more or less open: flat, needle-nosed or wide jaws, and straight or bowed handles.
enum Pliers {
    private enum Part { static let (center, handle, edge) = (0, 1, 2) }

    static func sculpture(_ random: inout SeededGenerator) -> Sculpture {
        let opening = random.uniform(0.03, 0.2)
        let hub = random.uniform(0.06, 0.08)
        let half = Solid.union(
            [
                jaw(&random, hub).placed(Placement(turns: [0, 0, -opening])),
                grip(&random, hub).placed(Placement(turns: [0, 0, opening * 0.8])),
            ], blend: 0.02
        ).mirrored()
        let disc = Solid.rod([0, 0, -0.045], [0, 0, 0.045], radii: (hub, hub), rounding: 0.012, part: Part.center)
        let rivet = Solid.rod([0, 0, -0.056], [0, 0, 0.056], radii: (hub * 0.45, hub * 0.45), rounding: 0.008, part: Part.center)
        var sculpture = Sculpture()
        sculpture.add(.union([disc, rivet, half], blend: 0.012), detail: 0.014)
        return sculpture
    }

    private static func jaw(_ random: inout SeededGenerator, _ hub: Float) -> Solid {
        let reach = random.uniform(0.22, 0.4)
        let tip = random.uniform(0.024, 0.05)
        let broad = hub * random.uniform(0.9, 1.1)
        let outline = Outline(corners: [
            [0.006, 0], [broad, 0.01], [mix(tip, broad, 0.75), reach * 0.45], [tip, reach], [0.006, reach],
        ]).rounded(0.025)
        return Solid.plate(outline, thickest: 0.032, rounding: 0.012, part: Part.edge) { _, y in
            mix(0.034, 0.018, min(max(y / reach, 0), 1))
        }
    }

    private static func grip(_ random: inout SeededGenerator, _ hub: Float) -> Solid {
        let reach = random.uniform(0.5, 0.68)
        let bow = random.uniform(0.1, 0.17)
        let end = random.uniform(0.09, 0.2)
        let thick = random.uniform(0.026, 0.036)
        let path: [SIMD4<Float>] = spline(
            [
                [hub * 0.5, -0.02, 0, thick], [bow * 0.8, -reach * 0.28, 0, thick * 0.95], [bow, -reach * 0.55, 0, thick * 1.1],
                [mix(bow, end, 0.7), -reach * 0.8, 0, thick * 1.05], [end, -reach, 0, thick * 0.9],
            ], samples: 6)
        return Solid.tube(path, part: Part.handle)
    }
}
