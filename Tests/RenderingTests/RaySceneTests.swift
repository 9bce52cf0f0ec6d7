import Basics
import Shapes
import Testing

@testable import Rendering

/// Möller-Trumbore in double precision over all triangles: the slow reference.
struct NaiveCaster {
    let mesh: Mesh

    struct Hit {
        var face: Int
        var t: Double
        var u: Double
        var v: Double
    }

    func hits(_ ray: Ray) -> [Hit] {
        mesh.faces.indices.compactMap { hit(ray, $0) }.sorted { $0.t < $1.t }
    }

    private func hit(_ ray: Ray, _ face: Int) -> Hit? {
        let corners = mesh.corners(of: mesh.faces[face])
        let (a, b, c) = (corners.0.double, corners.1.double, corners.2.double)
        let (o, d) = (ray.origin.double, ray.direction.double)
        let (e1, e2) = (b - a, c - a)
        let p = cross(d, e2)
        let determinant = dot(e1, p)
        guard determinant != 0 else { return nil }
        let s = o - a
        let u = dot(s, p) / determinant
        let q = cross(s, e1)
        let v = dot(d, q) / determinant
        let t = dot(e2, q) / determinant
        guard u >= 0, v >= 0, u + v <= 1, t >= Double(ray.near), t <= Double(ray.far) else { return nil }
        return Hit(face: face, t: t, u: u, v: v)
    }
}

/// `count` random triangles with corners in [-1, 1]^3.
func triangleSoup(_ count: Int, seed: UInt64, size: Float = 0.3) -> Mesh {
    var generator = SeededGenerator(seed: seed)
    func point(_ r: Float) -> SIMD3<Float> { [generator.uniform(-r, r), generator.uniform(-r, r), generator.uniform(-r, r)] }
    var vertices: [SIMD3<Float>] = []
    for _ in 0..<count {
        let centre = point(0.7)
        vertices += [centre + point(size), centre + point(size), centre + point(size)]
    }
    return Mesh(vertices: vertices, faces: (0..<UInt32(count)).map { [3 * $0, 3 * $0 + 1, 3 * $0 + 2] })
}

@Suite struct RaySceneTests {
    @Test func nearestHitsAgreeWithBruteForce() throws {
        let mesh = triangleSoup(500, seed: 1)
        let (scene, naive) = (try RayScene(mesh: mesh), NaiveCaster(mesh: mesh))
        var generator = SeededGenerator(seed: 2)
        let rays = (0..<3000).map { _ in
            func point(_ r: Float) -> SIMD3<Float> { [generator.uniform(-r, r), generator.uniform(-r, r), generator.uniform(-r, r)] }
            let (origin, aim) = (point(2), point(0.7))
            return Ray(origin: origin, direction: aim - origin, far: 4)
        }
        let hits = scene.nearestHits(rays)
        let occluded = scene.occluded(rays)
        var disagreements = 0
        for (i, ray) in rays.enumerated() {
            let expected = naive.hits(ray)
            guard let first = expected.first, let hit = hits[i] else {
                // A ray may graze an edge in one arithmetic and miss it in another.
                if (expected.first == nil) != (hits[i] == nil) { disagreements += 1 }
                continue
            }
            #expect(abs(Double(hit.distance) - first.t) < 1e-3 || disagreements < 3)
            if abs(Double(hit.distance) - first.t) >= 1e-3 { disagreements += 1 }
            if Int(hit.face) == first.face {
                #expect(abs(Double(hit.barycentrics.x) - first.u) < 1e-2 && abs(Double(hit.barycentrics.y) - first.v) < 1e-2)
            }
            #expect(occluded[i])
        }
        #expect(disagreements <= 2)
        #expect(hits.count { $0 != nil } > 300 && hits.count { $0 == nil } > 300)
    }

    @Test func surfacesAgreeWithNearestHits() throws {
        let scene = try RayScene(mesh: triangleSoup(300, seed: 3))
        let camera = Camera(azimuth: 0.4, elevation: 0.3)
        let size = RasterSize(width: 61, height: 43)
        let buffers = scene.surfaces(from: camera, size: size)
        var covered = 0
        for y in 0..<43 {
            for x in 0..<61 {
                let hit = scene.nearestHits([camera.ray(through: [Float(x) + 0.5, Float(y) + 0.5], size: size)])[0]
                let pixel = y * 61 + x
                #expect(buffers.covers(x: x, y: y) == (hit != nil))
                guard let hit else { continue }
                covered += 1
                #expect(buffers.faceIDs[pixel] == hit.face)
                #expect(abs(buffers.depth[pixel] - hit.distance) < 1e-4)
                #expect(abs(buffers.barycentrics[pixel].x - hit.barycentrics.x) < 1e-2)
            }
        }
        #expect(covered > 300 && covered < 61 * 43)
    }
}
