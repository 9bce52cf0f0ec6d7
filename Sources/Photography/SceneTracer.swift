import BSBBasics
import BSBRendering

/// The objects of a picture.
package struct PhotoScene: Sendable {
    /// The subject whose faces the picture's surfaces refer to.
    package var subject: PlacedSubject
    /// Other things, before, behind and beside it.
    package var others: [PlacedSubject]
    /// What all stand on, if anything.
    package var ground: Ground?
    /// What is seen behind them.
    package var backdrop: Backdrop
    /// The light.
    package var lighting: Lighting

    /// A scene around a subject.
    package init(
        subject: PlacedSubject, others: [PlacedSubject] = [], ground: Ground? = nil, backdrop: Backdrop, lighting: Lighting
    ) {
        self.subject = subject
        self.others = others
        self.ground = ground
        self.backdrop = backdrop
        self.lighting = lighting
    }

    var objects: [PlacedSubject] { [subject] + others }
}

/// A point of a picture's scene that a ray reached.
struct SurfacePoint {
    /// The index among the scene's objects, or one of the marks below.
    var object: Int
    var face: Int = -1
    var barycentrics: SIMD2<Float> = .zero
    /// The ray parameter.
    var distance: Float = .infinity
    var position: SIMD3<Float> = .zero
    /// Where textures are looked up.
    var texturePosition: SIMD3<Float> = .zero
    /// The texture's normal, in the object's own space.
    var localNormal: SIMD3<Float> = .zero
    /// Towards the viewer, unit: of the triangle, and the smooth one.
    var geometricNormal: SIMD3<Float> = .zero
    var normal: SIMD3<Float> = .zero
    /// Towards the eye, unit.
    var view: SIMD3<Float> = .zero

    static let backdrop = -1
    static let ground = -2
}

/// Finds what rays meet among all objects of a scene.
struct SceneTracer {
    let objects: [PlacedSubject]
    let ground: Ground?

    init(_ scene: PhotoScene) {
        objects = scene.objects
        ground = scene.ground
    }

    /// The nearest point along each ray, whose directions have length 1 along the camera's axis so that distance is depth.
    func trace(_ rays: [Ray]) -> [SurfacePoint] {
        var points = rays.map { groundPoint($0) }
        for (index, object) in objects.enumerated() {
            let hits = object.subject.scene.nearestHits(rays.map { object.local($0) })
            object.subject.mesh.vertices.withUnsafeBufferPointer { vertices in
                object.subject.texturePositions.withUnsafeBufferPointer { textures in
                    for (i, hit) in hits.enumerated() {
                        guard let hit, hit.distance < points[i].distance else { continue }
                        points[i] = Self.point(object, index, hit, rays[i], textures)
                    }
                }
            }
        }
        return points
    }

    /// Whether anything lies along each ray.
    func occluded(_ rays: [Ray]) -> [Bool] {
        var results = objects[0].subject.scene.occluded(rays.map { objects[0].local($0) })
        for object in objects.dropFirst() {
            for (i, isOccluded) in object.subject.scene.occluded(rays.map { object.local($0) }).enumerated() where isOccluded {
                results[i] = true
            }
        }
        return results
    }

    private func groundPoint(_ ray: Ray) -> SurfacePoint {
        var point = SurfacePoint(object: SurfacePoint.backdrop)
        point.view = -ray.direction.unitOrZero
        guard let ground else { return point }
        let slope = dot(ray.direction, ground.normal)
        let distance = dot(ground.origin - ray.origin, ground.normal) / slope
        guard slope < -1e-4, distance > 1e-3, distance < 100 else { return point }
        point.object = SurfacePoint.ground
        point.distance = distance
        point.position = ray.origin + ray.direction * distance
        point.texturePosition = point.position
        (point.geometricNormal, point.normal, point.localNormal) = (ground.normal, ground.normal, ground.normal)
        return point
    }

    @inline(__always)
    private static func point(
        _ object: PlacedSubject, _ index: Int, _ hit: RayHit, _ ray: Ray, _ textures: UnsafeBufferPointer<SIMD3<Float>>
    ) -> SurfacePoint {
        let face = Int(hit.face)
        let view = -ray.direction.unitOrZero
        var flat = object.rotation.apply(object.subject.scene.faceNormals[face])
        if dot(flat, view) < 0 { flat = -flat }
        let weights = hit.barycentrics
        let normals = object.subject.cornerNormals
        let local =
            normals[3 * face] * (1 - weights.x - weights.y) + normals[3 * face + 1] * weights.x + normals[3 * face + 2] * weights.y
        var smooth = object.rotation.apply(local).unitOrZero
        if dot(smooth, flat) < 0 { smooth = -smooth }
        return SurfacePoint(
            object: index, face: face, barycentrics: weights, distance: hit.distance,
            position: ray.origin + ray.direction * hit.distance,
            texturePosition: object.subject.interpolate(textures, face: face, at: weights), localNormal: local,
            geometricNormal: flat, normal: smooth == .zero ? flat : smooth, view: view)
    }
}
