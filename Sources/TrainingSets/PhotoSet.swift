import BSBBasics
import BSBPhotography
import BSBRendering

/// Random scenes around a shape, as in photos: seen from about where people look from, on a ground, among other things.
struct PhotoSet {
    let shape: TrainingShape
    let subject: PhotoSubject
    let backdrops: [LinearImage]
    let textures: [LinearImage]
    /// What else may stand around, with its upright direction.
    var bystanders: [(subject: PhotoSubject, up: SIMD3<Float>)] = []

    init(shape: TrainingShape, subject: PhotoSubject, backdrops: [LinearImage], textures: [LinearImage]) {
        self.shape = shape
        self.subject = subject
        self.backdrops = backdrops
        self.textures = textures
    }

    struct Shot {
        var scene: PhotoScene
        var camera: Camera
    }

    func shot(using generator: inout SeededGenerator) -> Shot {
        let up = shape.up.unitOrZero == .zero ? SIMD3<Float>(0, 1, 0) : shape.up.unitOrZero
        let camera = camera(up: up, using: &generator)
        let parts = shape.faceClasses ?? shape.faceInstances
        var finish = Finish.random(faceParts: parts, using: &generator, photos: textures)
        if let colors = shape.ownColors, generator.chance(0.5) { finish.ownColors = colors }
        let placed = PlacedSubject(subject, finish: finish)
        let view = (camera.target - camera.eye).unitOrZero
        let floor = placed.lowest(along: up)
        let scene = PhotoScene(
            subject: placed, others: others(camera: camera, up: up, floor: floor, using: &generator),
            ground: ground(up: up, floor: floor, using: &generator),
            backdrop: Backdrop.random(using: &generator, photos: backdrops),
            lighting: Lighting.random(up: up, viewDirection: view, using: &generator))
        return Shot(scene: scene, camera: camera)
    }

    private func camera(up: SIMD3<Float>, using generator: inout SeededGenerator) -> Camera {
        let towardsEye = eyeDirection(up: up, using: &generator)
        let fieldOfView = generator.logUniform(25, 60) * .pi / 180
        let fill = generator.chance(0.25) ? generator.uniform(1.2, 2.2) : generator.uniform(0.6, 1.25)
        let distance = Float.maximum(1.15, 1 / (sine(fieldOfView / 2) * fill))
        let side = cross(up, towardsEye).unitOrZero
        let spread: Float = generator.chance(0.25) ? 0.4 : 0.12
        let target = side * (generator.gaussian() * spread) + up * (generator.gaussian() * spread)
        let roll = generator.chance(0.1) ? generator.uniform(-.pi, .pi) : generator.gaussian() * 0.1
        let tilted = up * cosine(roll) + side * sine(roll)
        return Camera(eye: towardsEye * distance + target * 0.5, target: target, up: tilted, verticalFieldOfView: fieldOfView)
    }

    /// Where from: around the usual view if there is one, else from any side; from slightly below to well above.
    private func eyeDirection(up: SIMD3<Float>, using generator: inout SeededGenerator) -> SIMD3<Float> {
        if generator.chance(0.12) { return generator.direction() }
        let level = shape.viewDirection.map { (up * dot($0, up) - $0).unitOrZero } ?? .zero
        let isFromUsualSide = level != .zero && generator.chance(0.6)
        let azimuth = isFromUsualSide ? generator.gaussian() * 0.7 : generator.uniform(-.pi, .pi)
        let front = level == .zero ? Rotation(up: up, angle: 0).x : level
        let elevation = clamp(0.3 + generator.gaussian() * 0.35, -0.5, 1.3)
        let around = front * cosine(azimuth) + cross(up, front) * sine(azimuth)
        return around * cosine(elevation) + up * sine(elevation)
    }

    private func ground(up: SIMD3<Float>, floor: Float, using generator: inout SeededGenerator) -> Ground? {
        guard generator.chance(0.6) else { return nil }
        let isCatcher = generator.chance(0.35)
        let material = Material.random(using: &generator, photos: textures)
        let start = generator.uniform(1.2, 4)
        return Ground(
            origin: up * (floor - 0.002), normal: up, material: isCatcher ? nil : material, fade: start...start * generator.uniform(1.1, 3))
    }

    private func others(
        camera: Camera, up: SIMD3<Float>, floor: Float, using generator: inout SeededGenerator
    ) -> [PlacedSubject] {
        guard !bystanders.isEmpty, generator.chance(0.35) else { return [] }
        let towardsEye = (camera.eye - up * dot(camera.eye, up)).unitOrZero
        let side = cross(up, towardsEye)
        return (0..<1 + generator.index(below: 3)).map { _ in
            let bystander = generator.pick(bystanders)
            var placed = PlacedSubject(
                bystander.subject, finish: Finish.random(faceParts: nil, using: &generator, photos: textures),
                scale: generator.logUniform(0.2, 0.9))
            placed.stand(ownUp: bystander.up, along: up, turnedBy: generator.uniform(0, 2 * .pi))
            // Mostly beside and behind; sometimes before the subject, then small.
            let isBefore = generator.chance(0.15)
            if isBefore { placed.scale = Float.minimum(placed.scale, 0.3) }
            let depth = isBefore ? generator.uniform(0.5, 0.9) : generator.uniform(-2.5, 0.3)
            let across = generator.gaussian() * (isBefore ? 0.5 : 1)
            let clear = isBefore ? 0 : Float(signOf: across, magnitudeOf: 0.5 * placed.scale + 0.4)
            placed.translation = towardsEye * depth + side * (across + clear)
            placed.translation += up * (floor - placed.lowest(along: up))
            return placed
        }
    }
}
