import BSBBasics
import BSBRendering
import BSBShapes

/// An attractive photo of one thing: on a table, in studio light, before a soft background.
package struct Portrait: Sendable {
    /// The picture's size in pixels.
    package var size = RasterSize(width: 640, height: 480)
    /// Samples across and down each pixel.
    package var samples = 3
    /// The angle around the upright axis from the front to the eye in radians.
    package var azimuth: Float = 0.6
    /// The angle of the eye above the horizon in radians.
    package var elevation: Float = 0.35
    /// The full vertical angle of view in radians.
    package var fieldOfView: Float = 0.6
    /// The share of the picture's height that the subject may take.
    package var fill: Float = 0.78
    /// The direction that is up for the mesh.
    package var up: SIMD3<Float> = [0, 1, 0]
    /// The direction from the mesh to a viewer in front of it.
    package var front: SIMD3<Float> = [0, 0, 1]
    /// What the subject is made of; nil for materials that differ by part, drawn from the seed.
    package var finish: Finish?
    /// What is behind; nil for one drawn from the seed.
    package var backdrop: Backdrop?
    /// Decides whatever is not given.
    package var seed: UInt64 = 0

    /// The default portrait.
    package init() {}

    /// The photo of a mesh of any size.
    ///
    /// - Parameters:
    ///   - parallelism: the threads that share the work; the result is the same for any number.
    ///   - mesh: #V vertices and #F faces.
    ///   - faceParts: #F part numbers for materials that differ by part.
    /// - Throws: `Failure` where the mesh cannot be used or the size is impossible.
    package func photograph(of mesh: Mesh, faceParts: [UInt8]? = nil, parallelism: Parallelism = Parallelism()) throws -> Photograph {
        var generator = SeededGenerator(seed: seed, stream: 0x0A17)
        let normalised = try Normalisation(of: mesh, method: .boundingSphere).applied(to: mesh)
        let subject = PlacedSubject(
            try PhotoSubject(mesh: normalised), finish: finish ?? Self.finish(faceParts: faceParts, using: &generator))
        let upright = up.unitOrZero == .zero ? SIMD3<Float>(0, 1, 0) : up.unitOrZero
        let camera = camera(of: normalised, up: upright)
        var lighting = Lighting.studio(viewDirection: (camera.target - camera.eye).unitOrZero, up: upright, occlusionRays: 6)
        lighting.sky *= generator.uniform(0.85, 1.15)
        let floor = subject.lowest(along: upright)
        let scene = PhotoScene(
            subject: subject, ground: ground(floor: floor, up: upright, using: &generator),
            backdrop: backdrop ?? Self.backdrop(using: &generator), lighting: lighting)
        var development = Development()
        development.contrast = 0.35
        development.vignette = 0.25
        development.noise = 0.008
        development.blur = 0.35
        let renderer = PhotoRenderer(size: size, sampling: .grid(samples), development: development, parallelism: parallelism)
        return try renderer.photograph(scene, from: camera, seed: seed)
    }

    /// The camera at the portrait's angles whose picture the mesh fills as told.
    private func camera(of mesh: Mesh, up: SIMD3<Float>) -> Camera {
        let level = (front - up * dot(front, up)).unitOrZero
        let ahead = level == .zero ? Rotation(up: up, angle: 0).x : level
        let around = ahead * cosine(azimuth) + cross(up, ahead) * sine(azimuth)
        let direction = around * cosine(elevation) + up * sine(elevation)
        return Camera.framing(
            mesh.vertices, from: direction, up: up, size: size, verticalFieldOfView: fieldOfView, fill: Float.maximum(0.05, fill))
    }

    /// Calm materials, one for each of a few parts.
    private static func finish(faceParts: [UInt8]?, using generator: inout SeededGenerator) -> Finish {
        let kinds: [SurfaceTexture.Pattern] = [.plain, .wood, .plain, .marble, .brushed, .clouds, .plain, .wood]
        let start = generator.index(below: kinds.count)
        let hue = generator.uniform()
        let materials = (0..<8).map { index -> Material in
            let pattern = kinds[(start + index) % kinds.count]
            let isWood = pattern == .wood
            let color = LinearColor.color(
                hue: isWood ? generator.uniform(0.05, 0.1) : hue + 0.38 * Float(index), saturation: generator.uniform(0.3, 0.65),
                value: generator.uniform(0.45, 0.9))
            let texture = SurfaceTexture(
                pattern: pattern, first: color, second: color * (isWood ? 0.45 : 0.7), third: color * 1.2, scale: isWood ? 9 : 6,
                seed: UInt32(index))
            return Material(texture: texture, gloss: generator.uniform(0.02, 0.08), shininess: generator.logUniform(20, 120))
        }
        guard let faceParts else { return Finish(materials[0]) }
        return Finish(materials: materials, layout: .perFace(faceParts))
    }

    private func ground(floor: Float, up: SIMD3<Float>, using generator: inout SeededGenerator) -> Ground {
        let isWood = generator.chance(0.5)
        let color = isWood ? SIMD3<Float>(0.42, 0.25, 0.13) : SIMD3<Float>(repeating: generator.uniform(0.35, 0.6))
        let texture = SurfaceTexture(pattern: isWood ? .wood : .clouds, first: color, second: color * 0.6, third: color, scale: 3)
        let material = Material(texture: texture, gloss: 0.03, shininess: 40)
        return Ground(origin: up * (floor - 0.002), normal: up, material: material, fade: 3...7)
    }

    private static func backdrop(using generator: inout SeededGenerator) -> Backdrop {
        let top = LinearColor.color(
            hue: generator.uniform(), saturation: generator.uniform(0.05, 0.35), value: generator.uniform(0.75, 0.95))
        return generator.chance(0.5)
            ? Backdrop(.gradient(top: top, bottom: top * 0.55)) : Backdrop(.clutter(seed: generator.next()), blur: 6)
    }
}
