import BSBBasics
import BSBRendering

/// How a surface answers light: a texture and a gloss.
package struct Material: Sendable {
    /// The colour of each point.
    package var texture: SurfaceTexture
    /// The strength of highlights and mirrored sky at normal incidence, 0 (matt) to about 0.5 (metal).
    package var gloss: Float
    /// The exponent of the Blinn-Phong highlight, 4 (broad) to 400 (sharp).
    package var shininess: Float
    /// Whether highlights take the surface's own colour, as metals' do.
    package var isMetallic: Bool
    /// The height of small bumps that tilt the normal, 0 for none.
    package var roughness: Float

    /// A material; matt by default.
    package init(texture: SurfaceTexture, gloss: Float = 0.03, shininess: Float = 30, isMetallic: Bool = false, roughness: Float = 0) {
        self.texture = texture
        self.gloss = gloss
        self.shininess = shininess
        self.isMetallic = isMetallic
        self.roughness = roughness
    }

    /// A random material.
    package static func random(using generator: inout SeededGenerator, photos: [LinearImage] = [], plainness: Float = 0.35) -> Material {
        let texture = SurfaceTexture.random(using: &generator, photos: photos, plainness: plainness)
        let matt = generator.chance(0.45)
        let metallic = !matt && generator.chance(0.25)
        return Material(
            texture: texture,
            gloss: matt ? generator.uniform(0, 0.03) : metallic ? generator.uniform(0.25, 0.7) : generator.uniform(0.03, 0.12),
            shininess: generator.logUniform(6, 300), isMetallic: metallic,
            roughness: generator.chance(0.3) ? generator.uniform(0.05, 0.35) : 0)
    }
}

/// Which material each point of a surface has.
package struct Finish: Sendable {
    /// How materials are spread.
    package enum Layout: Sendable {
        /// The first material everywhere.
        case single
        /// Material `index[face] % count` on each face: parts that differ in material.
        case perFace([UInt8])
        /// The first material on one side of a plane, the second on the other: a dipped or two-tone thing.
        case plane(normal: SIMD3<Float>, offset: Float)
        /// Irregular patches of the first two materials, unrelated to parts.
        case patches(scale: Float, seed: UInt32)
        /// The last material within a distance of a point, as a sticker or something painted on; else as another layout has it among the
        /// other materials.
        indirect case spot(center: SIMD3<Float>, radius: Float, on: Layout)
    }

    /// The materials that the surface has, at least one.
    package var materials: [Material]
    /// Where each of them is.
    package var layout: Layout
    /// The colours that the mesh's own file gives, in place of the materials' textures; gloss and bumps stay the materials'.
    package var ownColors: SurfaceColors?

    /// A finish; there is at least one material.
    package init(materials: [Material], layout: Layout = .single) {
        precondition(!materials.isEmpty, "a finish has a material")
        self.materials = materials
        self.layout = layout
    }

    /// One material all over.
    package init(_ material: Material) { self.init(materials: [material]) }

    /// A random finish.
    ///
    /// - Parameters:
    ///   - generator: where random choices come from.
    ///   - faceParts: #F part numbers; nil where parts are not known.
    ///   - photos: pictures to use as textures.
    package static func random(faceParts: [UInt8]?, using generator: inout SeededGenerator, photos: [LinearImage] = []) -> Finish {
        if let faceParts, generator.chance(0.4) { return perPart(faceParts, using: &generator, photos: photos) }
        let first = Material.random(using: &generator, photos: photos)
        let second = Material.random(using: &generator, photos: photos)
        switch generator.uniform() {
        case ..<0.6: return Finish(first)
        case ..<0.8:
            return Finish(
                materials: [first, second], layout: .plane(normal: generator.direction(), offset: generator.uniform(-0.4, 0.4)))
        default:
            let seed = UInt32(truncatingIfNeeded: generator.next())
            return Finish(materials: [first, second], layout: .patches(scale: generator.logUniform(1, 4), seed: seed))
        }
    }

    /// Parts in two to five materials, so that some parts share theirs, as in made things.
    private static func perPart(_ faceParts: [UInt8], using generator: inout SeededGenerator, photos: [LinearImage]) -> Finish {
        let count = 2 + generator.index(below: 4)
        let plainness = generator.uniform(0.3, 0.9)
        let materials = (0..<count).map { _ in Material.random(using: &generator, photos: photos, plainness: plainness) }
        let choice = (0..<256).map { _ in UInt8(generator.index(below: count)) }
        return Finish(materials: materials, layout: .perFace(faceParts.map { choice[Int($0)] }))
    }

    /// The index of the material at a point of a face.
    func materialIndex(face: Int, position: SIMD3<Float>) -> Int { materialIndex(layout, materials.count, face: face, position: position) }

    private func materialIndex(_ layout: Layout, _ count: Int, face: Int, position: SIMD3<Float>) -> Int {
        switch layout {
        case .single: return 0
        case .perFace(let indices): return face < indices.count ? Int(indices[face]) % count : 0
        case .plane(let normal, let offset): return dot(position, normal) > offset ? 0 : count - 1
        case .patches(let scale, let seed):
            return Noise.fractal(position * scale, octaves: 2, seed: seed) > 0.05 ? 0 : count - 1
        case .spot(let center, let radius, let layout):
            let offset = position - center
            guard dot(offset, offset) > radius * radius, count > 1 else { return count - 1 }
            return materialIndex(layout, count - 1, face: face, position: position)
        }
    }
}
