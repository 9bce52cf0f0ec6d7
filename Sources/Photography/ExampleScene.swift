import BSBBasics
import BSBExamples
import BSBRendering

/// A photo-like picture of an example shape: materials by part, a studio, and a camera where a person would stand.
package struct ExampleScene {
    private let shape: ExampleShape
    private let seed: UInt64

    /// A scene of a shape; the seed decides materials and studio.
    package init(shape: ExampleShape, seed: UInt64) {
        (self.shape, self.seed) = (shape, seed)
    }

    /// The picture, `width` pixels wide and three quarters as high.
    ///
    /// Throws `Failure`.
    package func photograph(width: Int, parallelism: Parallelism) throws -> Photograph {
        var portrait = Portrait()
        portrait.size = RasterSize(width: width, height: width * 3 / 4)
        (portrait.azimuth, portrait.elevation) = shape.kind.angles
        portrait.finish = finish
        portrait.seed = seed
        return try portrait.photograph(of: shape.mesh, parallelism: parallelism)
    }

    private var finish: Finish {
        Finish(materials: shape.partNames.map(material), layout: .perFace(shape.partOfFace))
    }

    /// A material that suits a part of the kind; each instance has its own tint.
    private func material(_ part: String) -> Material {
        var generator = SeededGenerator(seed: seed, stream: UInt64(part.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }))
        let tint = SIMD3<Float>(generator.uniform(0.85, 1.1), generator.uniform(0.85, 1.1), generator.uniform(0.85, 1.1))
        func wood(_ first: SIMD3<Float>, _ second: SIMD3<Float>) -> Material {
            Material(
                texture: SurfaceTexture(pattern: .wood, first: first * tint, second: second * tint, scale: 5, seed: UInt32(seed & 0xFFFF)),
                gloss: 0.08, shininess: 60)
        }
        func plain(_ color: SIMD3<Float>, gloss: Float = 0.05) -> Material {
            Material(texture: SurfaceTexture(first: color * tint), gloss: gloss, shininess: 80)
        }
        func metal(_ color: SIMD3<Float>) -> Material {
            Material(texture: SurfaceTexture(first: color), gloss: 0.5, shininess: 120, isMetallic: true)
        }
        switch (shape.kind, part) {
        case (.guitar, "body"): return wood([0.58, 0.28, 0.09], [0.42, 0.18, 0.05])
        case (.guitar, "soundhole"): return plain([0.03, 0.02, 0.02])
        case (.guitar, "neck"), (.guitar, "bridge"): return wood([0.16, 0.09, 0.05], [0.10, 0.05, 0.03])
        case (.guitar, "head"): return wood([0.30, 0.14, 0.06], [0.22, 0.10, 0.04])
        case (.guitar, _), (.pliers, "edge"), (.pliers, "center"), (.hammer, "head"): return metal([0.55, 0.55, 0.57])
        case (.chair, "support"): return plain([0.55, 0.12, 0.10])
        case (.chair, _), (.table, _), (.hammer, "handle"): return wood([0.55, 0.34, 0.16], [0.42, 0.24, 0.10])
        case (.mug, _), (.hammer, _): return plain([0.10, 0.30, 0.48], gloss: 0.12)
        case (.lamp, "shade"): return plain([0.85, 0.76, 0.55])
        case (.lamp, _): return metal([0.62, 0.48, 0.25])
        case (.airplane, "body"): return plain([0.82, 0.83, 0.85], gloss: 0.1)
        case (.airplane, "engine"): return plain([0.25, 0.27, 0.30])
        case (.airplane, "rudder"), (.airplane, "stabilizer"): return plain([0.12, 0.25, 0.55], gloss: 0.1)
        case (.airplane, _): return plain([0.70, 0.72, 0.75], gloss: 0.1)
        case (.animal, "earhorn"): return plain([0.75, 0.68, 0.55])
        case (.animal, _):
            return Material(
                texture: SurfaceTexture(
                    pattern: .patches, first: [0.45, 0.28, 0.14] * tint, second: [0.80, 0.72, 0.60], scale: 3, seed: UInt32(seed & 0xFFFF)),
                roughness: 0.1)
        case (.vase, _): return plain([0.72, 0.70, 0.62], gloss: 0.1)
        case (.pliers, _): return plain([0.70, 0.10, 0.08])
        }
    }
}

extension ExampleKind {
    /// Where a person with a camera would stand: the angle around the upright axis from the front, and above the horizon, in radians.
    fileprivate var angles: (azimuth: Float, elevation: Float) {
        switch self {
        case .guitar: (0.3, 0.1)
        case .airplane: (0.7, 0.45)
        case .animal: (0.95, 0.2)
        case .mug, .vase: (0.4, 0.35)
        case .pliers, .hammer: (0.3, 0.8)
        case .chair, .table, .lamp: (0.55, 0.35)
        }
    }

    /// The part whose picture tells most: the one an example clicks unless another is asked for.
    package var tellingPart: String {
        switch self {
        case .guitar: "head"
        case .chair: "backsupport"
        case .mug, .hammer, .pliers: "handle"
        case .lamp: "shade"
        case .airplane: "wing"
        case .animal: "head"
        case .table: "leg"
        case .vase: "body"
        }
    }
}
