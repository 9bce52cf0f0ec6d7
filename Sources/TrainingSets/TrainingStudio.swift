import BSBBasics
import BSBPhotography
import BSBRendering

/// What training pictures are made from.
package struct TrainingMaterial: Sendable {
    /// The shapes that pictures are of.
    package var shapes: [TrainingShape]
    /// Pictures for backdrops.
    package var backdrops: [LinearImage]
    /// Pictures for textures.
    package var textures: [LinearImage]

    /// Shapes, and pictures to lay on and behind them.
    package init(shapes: [TrainingShape], backdrops: [LinearImage] = [], textures: [LinearImage] = []) {
        self.shapes = shapes
        self.backdrops = backdrops
        self.textures = textures
    }
}

/// How often what is drawn.
package struct TrainingMixture: Hashable, Sendable, Codable {
    /// Relative frequencies of shapes with parts from a data set, without, and of made-up shapes.
    package var labelled: Float = 0.7
    /// The relative frequency of shapes without parts.
    package var unlabelled: Float = 0.2
    /// The relative frequency of made-up shapes.
    package var made: Float = 0.1
    /// Relative frequencies of the styles.
    package var photo: Float = 0.6
    /// The relative frequency of pictures as the published renderer draws them.
    package var greyReference: Float = 0.15
    /// The relative frequency of pictures as this package draws views.
    package var greyRobust: Float = 0.25
    /// The share of pictures whose shape is deformed.
    package var deformed: Float = 0.85

    /// The mixture for training.
    package init() {}
}

/// Draws the k-th picture of an endless, seeded sequence.
///
/// Four pictures in a row are of the same shape.
struct TrainingStudio: Sendable {
    let material: TrainingMaterial
    let mixture: TrainingMixture
    let size: RasterSize
    let seed: UInt64
    private let groups: [(weight: Float, shapes: [Int])]
    private let bystanders: [(subject: PhotoSubject, up: SIMD3<Float>)]

    /// The number of pictures in a row of the same shape.
    static let run = 4

    init(material: TrainingMaterial, mixture: TrainingMixture, side: Int, seed: UInt64) throws {
        self.material = material
        self.mixture = mixture
        size = RasterSize(side)
        self.seed = seed
        let all = material.shapes.indices
        let made = all.filter { material.shapes[$0].isMade }
        let labelled = all.filter { !material.shapes[$0].isMade && material.shapes[$0].faceClasses != nil }
        let unlabelled = all.filter { !material.shapes[$0].isMade && material.shapes[$0].faceClasses == nil }
        groups = [(mixture.labelled, labelled), (mixture.unlabelled, unlabelled), (mixture.made, made)].filter { !$0.1.isEmpty }
        bystanders = try Self.bystanders(material.shapes, seed: seed)
    }

    /// Forty small shapes to stand around.
    private static func bystanders(_ shapes: [TrainingShape], seed: UInt64) throws -> [(subject: PhotoSubject, up: SIMD3<Float>)] {
        var generator = SeededGenerator(seed: seed, stream: 0xB157)
        let small = shapes.filter { $0.mesh.faces.count < 12_000 }
        guard !small.isEmpty else { return [] }
        return try (0..<min(40, small.count)).map { _ in
            let shape = generator.pick(small)
            return (try PhotoSubject(mesh: shape.mesh, fans: shape.fans), shape.up)
        }
    }

    /// The pictures `Self.run` x index ..< `Self.run` x (index + 1).
    func examples(run index: Int) throws -> [TrainingExample] {
        var generator = SeededGenerator(seed: seed, stream: UInt64(index))
        let chosen = pickShape(&generator)
        let shape = material.shapes[chosen]
        // Two forms of the shape are shared by the four pictures, since building a search tree costs as much as a picture.
        let forms = try (0..<2).map { _ in try form(of: shape, &generator) }
        return try (0..<Self.run).map { position in
            var generator = SeededGenerator(seed: seed ^ 0x5EED_0F_11C7, stream: UInt64(Self.run * index + position))
            let subject = forms[position % 2]
            let style = pickStyle(&generator)
            if style == .photo { return try photo(subject, of: shape, chosen, &generator) }
            return try grey(subject, of: shape, chosen, style, &generator)
        }
    }

    private func pickShape(_ generator: inout SeededGenerator) -> Int {
        var rest = generator.uniform() * groups.reduce(0) { $0 + $1.weight }
        for group in groups {
            if rest < group.weight { return generator.pick(group.shapes) }
            rest -= group.weight
        }
        return generator.pick(groups[groups.count - 1].shapes)
    }

    private func pickStyle(_ generator: inout SeededGenerator) -> TrainingStyle {
        let choice = generator.uniform() * (mixture.photo + mixture.greyReference + mixture.greyRobust)
        if choice < mixture.photo { return .photo }
        return choice < mixture.photo + mixture.greyReference ? .greyReference : .greyRobust
    }

    private func form(of shape: TrainingShape, _ generator: inout SeededGenerator) throws -> PhotoSubject {
        let strength = generator.uniform(0.3, 1)
        let deformation = Deformation.random(up: shape.up, strength: strength, using: &generator)
        guard generator.chance(mixture.deformed) else { return try PhotoSubject(mesh: shape.mesh, fans: shape.fans) }
        var mesh = shape.mesh
        mesh.vertices = deformation.apply(to: shape.mesh.vertices)
        return try PhotoSubject(mesh: mesh, texturePositions: shape.mesh.vertices, fans: shape.fans)
    }

    private func grey(
        _ subject: PhotoSubject, of shape: TrainingShape, _ index: Int, _ style: TrainingStyle, _ generator: inout SeededGenerator
    ) throws -> TrainingExample {
        let camera = Camera(eye: generator.direction() * 2, up: generator.direction())
        let shading = style == .greyReference ? Shading.reference : .robust
        let surfaces = subject.scene.surfaces(from: camera, size: size, culling: shading.culling)
        let coarse = subject.scene.surfaces(from: camera, size: RasterSize(size.width / 2), culling: shading.culling)
        let picture = try PictureRenderer(subject.scene, shading: shading).picture(of: surfaces, from: camera)
        return TrainingExample(image: picture.image, surfaces: surfaces, coarse: coarse, shape: shape, index: index, style: style)
    }

    private func photo(
        _ subject: PhotoSubject, of shape: TrainingShape, _ index: Int, _ generator: inout SeededGenerator
    ) throws -> TrainingExample {
        var set = PhotoSet(shape: shape, subject: subject, backdrops: material.backdrops, textures: material.textures)
        set.bystanders = bystanders
        let half = RasterSize(size.width / 2)
        var shot = set.shot(using: &generator)
        var coarse = shot.scene.surfaces(from: shot.camera, size: half)
        // A picture that hardly shows its subject teaches little: look again, up to three times.
        for _ in 0..<3 where coarse.faceIDs.lazy.filter({ $0 >= 0 }).count * 40 < coarse.faceIDs.count {
            shot = set.shot(using: &generator)
            coarse = shot.scene.surfaces(from: shot.camera, size: half)
        }
        let renderer = PhotoRenderer(size: size, sampling: .adaptive, development: Development.random(using: &generator))
        let photograph = try renderer.photograph(shot.scene, from: shot.camera, seed: generator.next())
        return TrainingExample(
            image: photograph.image, surfaces: photograph.surfaces, coarse: coarse, shape: shape, index: index, style: .photo)
    }
}
