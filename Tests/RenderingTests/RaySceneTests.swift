import BSBBasics
import BSBShapes
import Foundation
import Testing

@testable import BSBRendering

@Suite struct RaySceneTests {
    @Test func nearestHitsAgreeWithBruteForce() throws {
        let mesh = triangleSoup(200, seed: 1)
        let (scene, naive) = (try RayScene(mesh: mesh), NaiveCaster(mesh: mesh))
        var generator = SeededGenerator(seed: 2)
        let rays = (0..<1500).map { _ in
            func point(_ r: Float) -> SIMD3<Float> { [generator.uniform(-r, r), generator.uniform(-r, r), generator.uniform(-r, r)] }
            let (origin, aim) = (point(2), point(0.7))
            return Ray(origin: origin, direction: aim - origin, far: 4)
        }
        let hits = scene.nearestHits(rays)
        let occluded = scene.occluded(rays)
        // A ray may graze an edge in one arithmetic and miss it in the other.
        var disagreements = 0
        for (i, ray) in rays.enumerated() {
            #expect(occluded[i] == (hits[i] != nil))
            let expected = naive.hits(ray).first
            guard let expected, let hit = hits[i], abs(Double(hit.distance) - expected.t) < 1e-3 else {
                if expected != nil || hits[i] != nil { disagreements += 1 }
                continue
            }
            guard Int(hit.face) == expected.face else { continue }
            #expect(abs(Double(hit.barycentrics.x) - expected.u) < 1e-2 && abs(Double(hit.barycentrics.y) - expected.v) < 1e-2)
        }
        #expect(disagreements <= 2)
        #expect(hits.count { $0 != nil } > 300 && hits.count { $0 == nil } > 100)
    }

    /// A cone of 3,000 slivers, whose boxes are cut into pieces.
    @Test func sliversAgreeWithBruteForce() throws {
        let count = 3000
        let ring = (0..<count).map { index -> SIMD3<Float> in
            let angle = 2 * Float.pi * Float(index) / Float(count)
            return [cos(angle), sin(angle), 0.05 * sin(7 * angle)]
        }
        let faces = (0..<UInt32(count)).map { SIMD3<UInt32>(0, 1 + $0, 1 + ($0 + 1) % UInt32(count)) }
        let mesh = Mesh(vertices: [[0, 0, 0.4]] + ring, faces: faces)
        #expect(Accelerator.boxesMet(by: mesh) > Accelerator.crowd)
        #expect(Accelerator.boxesMet(by: triangleSoup(200, seed: 1)) < Accelerator.crowd)
        let (scene, naive) = (try RayScene(mesh: mesh), NaiveCaster(mesh: mesh))
        var generator = SeededGenerator(seed: 3)
        let rays = (0..<500).map { _ in
            Ray(origin: [generator.uniform(-1, 1), generator.uniform(-1, 1), 2], direction: [0.05, 0.1, -1], far: 4)
        }
        for (ray, hit) in zip(rays, scene.nearestHits(rays)) {
            let expected = naive.hits(ray).first
            #expect((hit == nil) == (expected == nil))
            guard let hit, let expected else { continue }
            #expect(abs(Double(hit.distance) - expected.t) < 1e-4)
        }
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

@Suite struct WatertightTests {
    /// From inside a closed mesh every ray hits, also those through the very vertices and edges.
    @Test func raysNeverLeakThroughEdgesAndVertices() throws {
        let mesh = octasphere(3)
        let scene = try RayScene(mesh: mesh)
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<20 {
            let origin = SIMD3<Float>(generator.uniform(-0.4, 0.4), generator.uniform(-0.4, 0.4), generator.uniform(-0.4, 0.4))
            var targets = mesh.vertices
            for face in mesh.faces {
                let (a, b, _) = mesh.corners(of: face)
                targets += [(a + b) / 2, a + (b - a) * generator.uniform()]
            }
            let rays = targets.map { Ray(origin: origin, direction: $0 - origin) }
            #expect(scene.nearestHits(rays).allSatisfy { $0 != nil })
            #expect(scene.occluded(rays).allSatisfy { $0 })
        }
    }

    @Test func cameraInsideSeesSurfaceEverywhere() throws {
        let scene = try RayScene(mesh: octasphere(4))
        for k in 0..<10 {
            let eye = ViewSampler(.uniformSphere, seed: 5, radius: 0.3).camera(k).eye
            let buffers = scene.surfaces(from: Camera(eye: eye), size: RasterSize(width: 100, height: 77))
            #expect(buffers.faceIDs.allSatisfy { $0 >= 0 })
        }
    }
}

@Suite struct HostileMeshTests {
    @Test func emptyMeshIsNeverHit() throws {
        let scene = try RayScene(mesh: Mesh(vertices: [], faces: []))
        #expect(scene.nearestHits([Ray(origin: .zero, direction: [0, 0, 1])]) == [nil])
        for culling in [Culling.none, .kaolin] {
            let buffers = scene.surfaces(from: Camera(azimuth: 0, elevation: 0), size: RasterSize(8), culling: culling)
            #expect(buffers.faceIDs.allSatisfy { $0 == -1 })
        }
    }

    @Test func missingVertexThrows() {
        #expect(throws: Failure.self) { try RayScene(mesh: Mesh(vertices: [.zero], faces: [[0, 0, 1]])) }
        #expect(throws: Failure.self) { try RayScene(mesh: Mesh(vertices: [], faces: [[0, 0, 0]])) }
    }

    @Test func nonFiniteAndDegenerateTrianglesAreLeftOut() throws {
        var mesh = octasphere(2)
        let count = UInt32(mesh.vertices.count)
        mesh.vertices += [[.nan, 0, 0], [.infinity, 0, 0], [3e38, 3e38, -3e38]]
        let good = mesh.faces.count
        mesh = Mesh(
            vertices: mesh.vertices, faces: mesh.faces + [[0, 1, count], [0, 1, count + 1], [2, 3, count + 2], [5, 5, 5], [0, 0, 1]])
        let scene = try RayScene(mesh: mesh)
        let buffers = scene.surfaces(from: Camera(azimuth: 1, elevation: 0.5), size: RasterSize(64), culling: .kaolin)
        #expect(buffers.faceIDs.count { $0 >= 0 } > 1000)
        #expect(buffers.faceIDs.allSatisfy { $0 < Int32(good) })
    }

    @Test func untraceableRaysAndCamerasMeetNothing() throws {
        let scene = try RayScene(mesh: cube())
        let rays = [
            Ray(origin: [.nan, 0, 0], direction: [0, 0, 1]), Ray(origin: .zero, direction: .zero),
            Ray(origin: .zero, direction: [.infinity, 0, 0]),
            Ray(origin: .zero, direction: [1, 0, 0], near: 2, far: 1), Ray(origin: .zero, direction: [1, 0, 0], near: .nan),
            Ray(origin: .zero, direction: [1, 0, 0], far: .nan),
        ]
        #expect(scene.nearestHits(rays).allSatisfy { $0 == nil })
        #expect(scene.occluded(rays).allSatisfy { !$0 })
        let cameras = [
            Camera(eye: [.nan, 0, 0]), Camera(eye: [2, 0, 0], verticalFieldOfView: .nan), Camera(eye: [2, 0, 0], up: [.nan, 0, 0]),
        ]
        for camera in cameras {
            let buffers = scene.surfaces(from: camera, size: RasterSize(9))
            #expect(buffers.depth.allSatisfy { $0 > 0 })
        }
    }
}
