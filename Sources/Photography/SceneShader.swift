import BSBBasics
import BSBRendering
import Foundation

/// The light that points of a scene send to the eye.
struct SceneShader {
    let tracer: SceneTracer
    let lighting: Lighting
    let ground: Ground?
    let seed: UInt64

    init(_ scene: PhotoScene, tracer: SceneTracer, seed: UInt64) {
        self.tracer = tracer
        lighting = scene.lighting
        ground = scene.ground
        self.seed = seed
    }

    /// The linear colours of points, and their albedos.
    ///
    /// - Parameters:
    ///   - points: what the rays reached.
    ///   - backdrops: the backdrop's colour behind each point.
    ///   - stream: makes the random choices of this call differ from those of others.
    func shade(_ points: [SurfacePoint], backdrops: [SIMD3<Float>], stream: UInt64) -> [SIMD3<Float>] {
        let shaded = points.indices.filter { points[$0].object != SurfacePoint.backdrop }
        var generator = SeededGenerator(seed: seed, stream: stream)
        let surfaces = shaded.map { surface(points[$0]) }
        var diffuse = ambientLight(shaded, points, surfaces, &generator)
        var unshadowed = shaded.indices.map { lighting.ambient(surfaces[$0].normal) }
        var specular = shaded.indices.map { mirroredSky(points[shaded[$0]], surfaces[$0]) }
        for light in lighting.lights {
            let visible = visibility(of: light, shaded, points, surfaces, &generator)
            for i in shaded.indices {
                let lit = light.color * Float.maximum(0, dot(surfaces[i].normal, light.direction))
                unshadowed[i] += lit
                guard visible[i] > 0 else { continue }
                diffuse[i] += lit * visible[i]
                specular[i] += highlight(light, points[shaded[i]], surfaces[i]) * visible[i]
            }
        }
        var colors = backdrops
        for (i, index) in shaded.enumerated() {
            colors[index] = combine(
                points[index], surfaces[i], diffuse: diffuse[i], unshadowed: unshadowed[i], specular: specular[i],
                backdrop: backdrops[index])
        }
        return colors
    }

    private struct Surface {
        var albedo: SIMD3<Float>
        var normal: SIMD3<Float>
        var gloss: Float
        var shininess: Float
        var isMetallic: Bool
    }

    /// Materials without a ground's own: a ground that only catches shadows is white.
    private func surface(_ point: SurfacePoint) -> Surface {
        guard let material = material(at: point) else {
            return Surface(albedo: .one, normal: point.normal, gloss: 0, shininess: 1, isMetallic: false)
        }
        let albedo = ownColor(at: point) ?? material.texture.color(at: point.texturePosition, normal: point.localNormal)
        var normal = point.normal
        if material.roughness > 0 {
            let p = point.texturePosition * 22
            let bump = SIMD3<Float>(
                Noise.value(p, seed: 1), Noise.value(p, seed: 2), Noise.value(p, seed: 3))
            normal = (normal + bump * material.roughness).unitOrZero
        }
        return Surface(
            albedo: albedo, normal: normal, gloss: material.gloss, shininess: material.shininess, isMetallic: material.isMetallic)
    }

    /// The linear colour that the object's own file gives at a point, or nil where its materials decide.
    private func ownColor(at point: SurfacePoint) -> SIMD3<Float>? {
        guard point.object >= 0, let colors = tracer.objects[point.object].finish.ownColors else { return nil }
        let weights = SIMD3(1 - point.barycentrics.x - point.barycentrics.y, point.barycentrics.x, point.barycentrics.y)
        return LinearColor.linear(of: colors.color(face: point.face, weights: weights))
    }

    private func material(at point: SurfacePoint) -> Material? {
        guard point.object >= 0 else { return ground?.material }
        let finish = tracer.objects[point.object].finish
        return finish.materials[finish.materialIndex(face: point.face, position: point.texturePosition)]
    }

    private func ambientLight(
        _ shaded: [Int], _ points: [SurfacePoint], _ surfaces: [Surface], _ generator: inout SeededGenerator
    ) -> [SIMD3<Float>] {
        var light = surfaces.map { lighting.ambient($0.normal) }
        guard lighting.occlusionRays > 0 else { return light }
        var open = [Float](repeating: 0, count: shaded.count)
        for _ in 0..<lighting.occlusionRays {
            let rays = shaded.indices.map { i in
                // A point of the unit sphere around the normal's tip gives a cosine-weighted direction.
                let direction = surfaces[i].normal + generator.direction() * 0.999
                return shadowRay(points[shaded[i]], direction.unitOrZero, far: 0.8)
            }
            for (i, isOccluded) in tracer.occluded(rays).enumerated() where !isOccluded { open[i] += 1 }
        }
        for i in light.indices { light[i] *= 0.15 + 0.85 * open[i] / Float(lighting.occlusionRays) }
        return light
    }

    /// How much of a light each point sees: 0 or 1, or 0 where it faces away.
    private func visibility(
        of light: Light, _ shaded: [Int], _ points: [SurfacePoint], _ surfaces: [Surface], _ generator: inout SeededGenerator
    ) -> [Float] {
        var visible = surfaces.map { dot($0.normal, light.direction) > 0 ? Float(1) : 0 }
        guard light.castsShadows else { return visible }
        let facing = visible.indices.filter { visible[$0] > 0 }
        let rays = facing.map { i in
            let direction = (light.direction + generator.direction() * light.angularRadius).unitOrZero
            return shadowRay(points[shaded[i]], direction, far: .infinity)
        }
        for (i, isOccluded) in zip(facing, tracer.occluded(rays)) where isOccluded { visible[i] = 0 }
        return visible
    }

    /// A ray from just off the surface; coarse triangles with smooth normals need the distance, or they shadow themselves.
    @inline(__always)
    private func shadowRay(_ point: SurfacePoint, _ direction: SIMD3<Float>, far: Float) -> Ray {
        Ray(origin: point.position + point.geometricNormal * 0.004, direction: direction, near: 0.006, far: far)
    }

    private func highlight(_ light: Light, _ point: SurfacePoint, _ surface: Surface) -> SIMD3<Float> {
        guard surface.gloss > 0 else { return .zero }
        let half = (light.direction + point.view).unitOrZero
        let cosine = Float.maximum(0, dot(half, surface.normal))
        // The factor keeps the reflected energy about the same for broad and sharp highlights.
        let strength = power(cosine, surface.shininess) * (surface.shininess + 8) * 0.04 * surface.gloss
        return light.color * Float.minimum(4, strength)
    }

    private func mirroredSky(_ point: SurfacePoint, _ surface: Surface) -> SIMD3<Float> {
        guard surface.gloss > 0.01 else { return .zero }
        let cosine = clamp(dot(surface.normal, point.view), 0, 1)
        let grazing = (1 - cosine) * (1 - cosine) * (1 - cosine) * (1 - cosine) * (1 - cosine)
        let fresnel = surface.gloss + (1 - surface.gloss) * grazing * Float.minimum(1, surface.gloss * 6)
        return lighting.mirrored(point.view.reflected(about: surface.normal)) * fresnel
    }

    private func combine(
        _ point: SurfacePoint, _ surface: Surface, diffuse: SIMD3<Float>, unshadowed: SIMD3<Float>, specular: SIMD3<Float>,
        backdrop: SIMD3<Float>
    ) -> SIMD3<Float> {
        let gleam = surface.isMetallic ? specular * surface.albedo * 1.5 : specular
        let color = surface.albedo * diffuse * (surface.isMetallic ? 1 - 0.7 * surface.gloss : 1) + gleam
        guard point.object == SurfacePoint.ground, let ground else { return color }
        let fade = smoothstep(ground.fade.lowerBound, ground.fade.upperBound, length(point.position - ground.origin))
        if ground.material != nil { return mix(color, backdrop, fade) }
        let shadow = diffuse / unshadowed.replacing(with: 1e-3, where: unshadowed .< 1e-3)
        return backdrop * mix(shadow, .one, fade)
    }
}

/// x to the power y for x in 0...1.
@inline(__always)
private func power(_ x: Float, _ y: Float) -> Float {
    x < 1e-4 ? 0 : Float(exp2(Double(y) * log2(Double(x))))
}
