import BSBBasics
import BSBImages
import BSBPhotography
import BSBRendering

/// How vertices to click on are drawn.
package enum VertexSampling: String, Sendable, Hashable, Codable, CaseIterable {
    /// Each spot of the surface as likely as any other.
    case area
    /// Each vertex as likely as any other, as the paper has it: finely tessellated parts are clicked more often.
    case vertex
    /// Each part that the photo shows as likely as any other, and each spot of it: small parts count as much as large ones.
    case part
}

/// Takes seeded, photo-like pictures of a shape and clicks in them.
///
/// As in the paper, a vertex comes first, then a view in which it is visible, and its pixel is the click. Further clicks in the same
/// photo are drawn from the labelled vertices that it shows. A vertex whose pixel shows another part (at the border of two parts, or
/// behind an outline) is not clicked.
struct EvaluationStudio: Sendable {
    var size = RasterSize(320)
    var sampling = VertexSampling.area
    var clicks = 2
    var seed: UInt64 = 0
    /// The only part that is clicked; nil for all.
    package var part: String?
    /// Whether something is painted onto the surface, and only that is clicked.
    var paintsSpot = false

    /// The least share of the picture that the shape has to take.
    private static let leastCover = 0.02
    /// How often a picture is begun.
    private static let attempts = 20

    /// How a picture begins: a vertex that is to be shown, and a camera that shows it.
    struct Start {
        var first: Int
        var camera: Camera
        /// #V: whether a vertex may be clicked.
        var wanted: [Bool]
    }

    /// What `make` makes of one of several starts; nil if it makes nothing of them, or the shape has no labelled vertex that any of many
    /// views shows.
    func made<Picture>(
        of shape: EvaluationShape, _ generator: inout SeededGenerator, _ make: (Start, inout SeededGenerator) throws -> Picture?
    ) rethrows -> Picture? {
        let wanted = part.map { shape.vertices(of: $0) } ?? shape.partOfVertex.map { $0 >= 0 }
        for _ in 0..<Self.attempts {
            guard let first = pick(shape, among: wanted, &generator) else { return nil }
            guard let camera = camera(showing: first, of: shape, &generator) else { continue }
            if let picture = try make(Start(first: first, camera: camera, wanted: wanted), &generator) { return picture }
        }
        return nil
    }

    /// Photo number `number` of a shape, or nil if the shape has no labelled vertex that any of many views shows.
    func photo(of shape: EvaluationShape, subject: PhotoSubject, number: Int) throws -> EvaluationPhoto? {
        var generator = SeededGenerator(seed: seed, stream: UInt64(number))
        return try made(of: shape, &generator) { start, generator in
            var scene = scene(of: shape, subject: subject, camera: start.camera, &generator)
            if paintsSpot { paint(&scene.subject, at: shape.opened.scene.mesh.vertices[start.first], &generator) }
            let development = Development.random(using: &generator)
            let photograph = try PhotoRenderer(size: size, sampling: .adaptive, development: development)
                .photograph(scene, from: start.camera, seed: generator.next())
            let found = clicked(start, photograph.surfaces, shape, &generator)
            guard let click = found.first, !paintsSpot || click.vertex == start.first else { return nil }
            return EvaluationPhoto(
                image: photograph.image, clicks: found, camera: start.camera,
                partMasks: found.map { photograph.surfaces.mask(of: $0.part, on: shape) })
        }
    }

    /// A camera and clicks as for photo number `number`, without a photo; nil if no labelled vertex can be shown.
    func sight(of shape: EvaluationShape, number: Int) -> (camera: Camera, surfaces: SurfaceBuffers, clicks: [LabelledClick])? {
        var generator = SeededGenerator(seed: seed, stream: UInt64(number))
        return made(of: shape, &generator) { start, generator in
            let surfaces = shape.opened.scene.surfaces(from: start.camera, size: size)
            let found = clicked(start, surfaces, shape, &generator)
            return found.isEmpty ? nil : (start.camera, surfaces, found)
        }
    }

    /// Paints a disc of another colour around a point of the surface.
    private func paint(_ subject: inout PlacedSubject, at center: SIMD3<Float>, _ generator: inout SeededGenerator) {
        var finish = subject.finish
        let ground = finish.materials[0].texture.first
        func color() -> SIMD3<Float> { [generator.uniform(), generator.uniform(), generator.uniform()] }
        let colors = (0..<16).map { _ in color() }
        let farthest = colors.max { a, b in
            let (x, y) = (a - ground, b - ground)
            return (x * x).sum() < (y * y).sum()
        }
        let patterns: [SurfaceTexture.Pattern] = [.plain, .plain, .dots, .stripes]
        let texture = SurfaceTexture(
            pattern: patterns[generator.index(below: patterns.count)], first: farthest ?? .zero, second: color(), third: color(), scale: 24)
        finish.materials.append(Material(texture: texture))
        finish.layout = .spot(center: center, radius: generator.uniform(0.1, 0.22), on: finish.layout)
        subject.finish = finish
    }

    func camera(showing vertex: Int, of shape: EvaluationShape, _ generator: inout SeededGenerator) -> Camera? {
        let mesh = shape.opened.scene.mesh
        for _ in 0..<40 {
            let camera = Self.camera(pose: shape.pose, up: shape.upright, &generator)
            let surfaces = shape.opened.scene.surfaces(from: camera, size: RasterSize(width: size.width / 2, height: size.height / 2))
            let covered = surfaces.faceIDs.count { $0 >= 0 }
            guard Double(covered) >= Self.leastCover * Double(surfaces.faceIDs.count) else { continue }
            if VertexVisibility(mesh: mesh, camera: camera, buffers: surfaces).isVisible[vertex] { return camera }
        }
        return nil
    }

    /// Around the usual view if there is one, else from any side; from the horizon to well above.
    private static func camera(pose: ShapePose, up: SIMD3<Float>, _ generator: inout SeededGenerator) -> Camera {
        let towards = pose.view.flatMap { (up * ($0 * up).sum() - $0).direction }
        let isUsual = towards != nil && generator.uniform() < 0.6
        let azimuth = isUsual ? generator.gaussian() * 0.7 : generator.uniform(-.pi, .pi)
        let front = towards ?? cross(abs(up.x) < 0.7 ? [1, 0, 0] : [0, 0, 1], up).direction ?? [0, 0, 1]
        let elevation = min(max(0.3 + generator.gaussian() * 0.35, 0.02), 1.3)
        let around = front * cosine(azimuth) + cross(up, front) * sine(azimuth)
        let direction = around * cosine(elevation) + up * sine(elevation)
        let angle = generator.uniform(28, 52) * .pi / 180
        let distance = max(1.2, 1 / (sine(angle / 2) * generator.uniform(0.75, 1.2)))
        let side = cross(up, direction).direction ?? [1, 0, 0]
        let target = side * (generator.gaussian() * 0.1) + up * (generator.gaussian() * 0.1)
        let roll = generator.gaussian() * 0.08
        return Camera(
            eye: direction * distance + target * 0.5, target: target, up: up * cosine(roll) + side * sine(roll), verticalFieldOfView: angle)
    }

    func scene(of shape: EvaluationShape, subject: PhotoSubject, camera: Camera, _ generator: inout SeededGenerator) -> PhotoScene {
        let (up, placed) = (shape.upright, PlacedSubject(subject, finish: finish(of: shape, &generator)))
        var ground: Ground?
        if generator.uniform() < 0.6 {
            let material = generator.uniform() < 0.35 ? nil : Material.random(using: &generator)
            let start = generator.uniform(1.5, 4)
            ground = Ground(origin: up * (placed.lowest(along: up) - 0.002), normal: up, material: material, fade: start...start * 2)
        }
        let view = (camera.target - camera.eye).direction ?? -up
        return PhotoScene(
            subject: placed, ground: ground, backdrop: Backdrop.random(using: &generator),
            lighting: Lighting.random(up: up, viewDirection: view, using: &generator))
    }

    /// As of things that are made or grown: one material all over, or up to three that go with the parts.
    private func finish(of shape: EvaluationShape, _ generator: inout SeededGenerator) -> Finish {
        let materials = (0..<3).map { _ in Material.random(using: &generator, plainness: 0.6) }
        guard generator.uniform() < 0.5 else { return Finish(materials[0]) }
        let choice = shape.partNames.map { _ in UInt8(generator.index(below: materials.count)) }
        return Finish(materials: materials, layout: .perFace(shape.partOfFace.map { $0 < 0 ? 0 : choice[$0] }))
    }

    /// The clicks of a photo: the first vertex, if the finished photo shows it, and others that it shows.
    func clicked(
        _ start: Start, _ surfaces: SurfaceBuffers, _ shape: EvaluationShape, _ generator: inout SeededGenerator
    ) -> [LabelledClick] {
        let mesh = shape.opened.scene.mesh
        let visibility = VertexVisibility(mesh: mesh, camera: start.camera, buffers: surfaces)
        let pixels = mesh.vertices.indices.map { vertex -> Pixel? in
            guard visibility.isVisible[vertex], start.wanted[vertex] else { return nil }
            let position = visibility.positions[vertex]
            let pixel = Pixel(x: Int(position.x), y: Int(position.y))
            let face = surfaces.faceIDs[pixel.y * size.width + pixel.x]
            return face >= 0 && shape.partOfFace[Int(face)] == shape.partOfVertex[vertex] ? pixel : nil
        }
        var eligible = pixels.map { $0 != nil }
        var chosen: [LabelledClick] = []
        // Where parts are to be equally likely, the vertex that chose the view has no say: large parts are seen more often.
        let isFirstClicked = eligible[start.first] && (sampling != .part || paintsSpot)
        var next: Int? = isFirstClicked ? start.first : pick(shape, among: eligible, &generator)
        while let vertex = next, let pixel = pixels[vertex] {
            chosen.append(LabelledClick(vertex: vertex, x: pixel.x, y: pixel.y, part: shape.partNames[shape.partOfVertex[vertex]]))
            eligible[vertex] = false
            next = chosen.count < clicks ? pick(shape, among: eligible, &generator) : nil
        }
        return chosen
    }

    /// One of the eligible vertices, or nil if there is none.
    func pick(_ shape: EvaluationShape, among eligible: [Bool], _ generator: inout SeededGenerator) -> Int? {
        generator.index(weights: weights(shape, among: eligible))
    }

    /// #V: how likely each eligible vertex is, up to a factor; 0 for the others.
    private func weights(_ shape: EvaluationShape, among eligible: [Bool]) -> [Double] {
        var weights = zip(eligible, shape.areas).map { isEligible, area in
            isEligible ? (sampling == .vertex ? 1 : area) : 0
        }
        guard sampling == .part else { return weights }
        var totals = [Double](repeating: 0, count: shape.partNames.count)
        for (part, weight) in zip(shape.partOfVertex, weights) where part >= 0 { totals[part] += weight }
        for (vertex, part) in shape.partOfVertex.enumerated() where part >= 0 && totals[part] > 0 { weights[vertex] /= totals[part] }
        return weights
    }
}

extension SeededGenerator {
    /// One of several things, drawn by how likely each is, up to a factor; nil if none is.
    mutating func index(weights: [Double]) -> Int? {
        var rest = Double(uniform()) * weights.reduce(0, +)
        var last: Int?
        for (index, weight) in weights.enumerated() where weight > 0 {
            last = index
            rest -= weight
            if rest < 0 { return index }
        }
        return last
    }
}

extension SurfaceBuffers {
    /// The pixels that show a face, of those that `isShown` says.
    func mask(where isShown: (Int) -> Bool = { _ in true }) -> Mask {
        Mask(width: size.width, height: size.height) { x, y in covers(x: x, y: y) && isShown(Int(faceIDs[y * size.width + x])) }
    }

    /// The pixels that show a part of a shape.
    func mask(of part: String, on shape: EvaluationShape) -> Mask {
        let part = shape.partNames.firstIndex(of: part) ?? -1
        return mask { shape.partOfFace[$0] == part }
    }
}

extension EvaluationShape {
    /// The direction that is up, of length 1.
    var upright: SIMD3<Float> { pose.up.direction ?? [0, 1, 0] }
}

extension SIMD3<Float> {
    /// The vector at length 1; nil where it is too short to have a direction.
    var direction: Self? { unit(longerThan: 1e-6) }
}
