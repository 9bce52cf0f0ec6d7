import BSBBasics
import BSBShapes
import Testing

@testable import BSBRendering

/// A camera at the origin that looks along -z with a right angle of view.
private let plainCamera = Camera(eye: .zero, target: [0, 0, -1], verticalFieldOfView: .pi / 2)

@Suite struct SurfaceTests {
    @Test func aTriangleCoversThePixelsWhoseCentresItContains() throws {
        let mesh = Mesh(vertices: [[-2, -2, -2], [2, -2, -2], [-2, 2.01, -2]], faces: [[0, 1, 2]])
        let (width, height) = (30, 20)
        let buffers = try RayScene(mesh: mesh).surfaces(from: plainCamera, size: RasterSize(width: width, height: height))
        for j in 0..<height {
            for i in 0..<width {
                let x = 1.5 * (2 * Double(i) + 1 - 30) / 30 * 2
                let y = (20 - 2 * Double(j) - 1) / 20 * 2
                let inside = x >= -2 && y <= 2.01 - (x + 2) * 4.01 / 4
                #expect(buffers.covers(x: i, y: j) == inside)
                if inside {
                    #expect(abs(buffers.depth[j * width + i] - 2) < 1e-6)
                    #expect(buffers.normals[j * width + i] == [0, 0, 1])
                } else {
                    #expect(buffers.depth[j * width + i] == .infinity && buffers.normals[j * width + i] == .zero)
                }
            }
        }
    }

    /// Screen weights, from the corners' projections, against both kinds of interpolation.
    @Test func interpolationIsPerspectiveCorrectOrScreenLinear() throws {
        let screen: [SIMD2<Double>] = [[-0.9, -0.9], [0.9, -0.8], [0, 0.9]]
        let depths: [Double] = [1, 3, 2]
        let vertices = (0..<3).map { SIMD3<Float>(Float(screen[$0].x * depths[$0]), Float(screen[$0].y * depths[$0]), Float(-depths[$0])) }
        let scene = try RayScene(mesh: Mesh(vertices: vertices, faces: [[0, 1, 2]]))
        let size = RasterSize(40)
        let correct = scene.surfaces(from: plainCamera, size: size)
        let linear = scene.surfaces(from: plainCamera, size: size, interpolation: .screenLinear)
        #expect(correct.faceIDs == linear.faceIDs && correct.depth == linear.depth)
        let (e1, e2) = (screen[1] - screen[0], screen[2] - screen[0])
        let area = e1.x * e2.y - e1.y * e2.x
        var (largest, difference) = (0.0, 0.0)
        for pixel in correct.faceIDs.indices where correct.faceIDs[pixel] >= 0 {
            let p = SIMD2((2 * Double(pixel % 40) - 39) / 40, (39 - 2 * Double(pixel / 40)) / 40) - screen[0]
            let (u, v) = ((p.x * e2.y - p.y * e2.x) / area, (e1.x * p.y - e1.y * p.x) / area)
            let scaled = [(1 - u - v) / depths[0], u / depths[1], v / depths[2]]
            let sum = scaled[0] + scaled[1] + scaled[2]
            let (a, b) = (linear.barycentrics[pixel], correct.barycentrics[pixel])
            largest = max(largest, abs(Double(a.x) - u), abs(Double(a.y) - v))
            largest = max(largest, abs(Double(b.x) - scaled[1] / sum), abs(Double(b.y) - scaled[2] / sum))
            difference = max(difference, abs(Double(a.x - b.x)))
        }
        #expect(largest < 1e-5, "largest difference \(largest)")
        #expect(difference > 0.2)
    }

    /// Wound outwards, both rules agree from in front of a face; wound inwards, the published rule shows the far inside, ours the near outside.
    @Test func publishedCullingGoesByTheWinding() throws {
        let camera = Camera(azimuth: 0, elevation: 0)
        let size = RasterSize(33)
        let center = 16 * 33 + 16
        for (mesh, depth) in [(cube(), Float(1.5)), (cube().inverted, 2.5)] {
            let scene = try RayScene(mesh: mesh)
            let culled = scene.surfaces(from: camera, size: size, culling: .kaolin)
            #expect(abs(culled.depth[center] - depth) < 1e-6)
            #expect(culled.faceIDs.indices.allSatisfy { culled.faceIDs[$0] < 0 || culled.normals[$0].z >= 0 })
            #expect(abs(scene.surfaces(from: camera, size: size).depth[center] - 1.5) < 1e-6)
        }
    }

    /// An open sheet is seen from both sides, but for the published rule.
    @Test func sheetsAreSeenFromBehind() throws {
        let scene = try RayScene(mesh: Mesh(vertices: [[0, -1, -1], [0, -1, 1], [0, 1, 0]], faces: [[0, 1, 2]]))
        for (azimuth, seen) in [(Float(0), 0), (.pi, 1)] {
            let camera = Camera(azimuth: azimuth, elevation: 0)
            #expect(scene.surfaces(from: camera, size: RasterSize(16)).faceIDs.contains(0))
            #expect(scene.surfaces(from: camera, size: RasterSize(16), culling: .kaolin).faceIDs.contains(0) == (seen == 1))
        }
    }

    /// With culling, each pixel shows the nearest of the triangles that are not culled.
    @Test func culledTrianglesAreTransparent() throws {
        let mesh = triangleSoup(120, seed: 8)
        let (scene, naive) = (try RayScene(mesh: mesh), NaiveCaster(mesh: mesh))
        let camera = Camera(azimuth: 2, elevation: -0.4)
        let size = RasterSize(width: 25, height: 31)
        let buffers = scene.surfaces(from: camera, size: size, culling: .kaolin)
        var (differences, behind) = (0, 0)
        for pixel in buffers.faceIDs.indices {
            let hits = naive.hits(camera.ray(through: [Float(pixel % 25) + 0.5, Float(pixel / 25) + 0.5], size: size))
            let expected = hits.first { dot(scene.faceNormals[$0.face], camera.frame.z) >= 0 }
            if expected.map({ Int32($0.face) }) ?? -1 != buffers.faceIDs[pixel] { differences += 1 }
            if let expected, expected.face != hits[0].face { behind += 1 }
        }
        #expect(differences <= 1)
        #expect(behind > 20)
    }

    @Test func depthIsMeasuredAlongTheViewingDirection() throws {
        let camera = Camera(azimuth: 0.3, elevation: 0.9)
        let size = RasterSize(32)
        let mesh = octasphere(2)
        let buffers = try RayScene(mesh: mesh).surfaces(from: camera, size: size)
        for pixel in buffers.faceIDs.indices where buffers.faceIDs[pixel] >= 0 {
            let corners = mesh.corners(of: mesh.faces[Int(buffers.faceIDs[pixel])])
            let uv = buffers.barycentrics[pixel]
            let point = corners.0 * (1 - uv.x - uv.y) + corners.1 * uv.x + corners.2 * uv.y
            let (position, depth) = camera.project(point, size: size)!
            #expect(abs(depth - buffers.depth[pixel]) < 1e-4)
            #expect(abs(position.x - Float(pixel % 32) - 0.5) < 1e-2 && abs(position.y - Float(pixel / 32) - 0.5) < 1e-2)
        }
    }

    @Test func threadsDoNotMatter() throws {
        let scene = try RayScene(mesh: octasphere(3))
        let depths = [1, 2, 5].map { threads in
            Parallelism(threads: threads).map(8) { scene.surfaces(from: ViewSampler(seed: 9).camera($0), size: RasterSize(40)).depth }
        }
        #expect(depths[0].count == 8 && depths[0] == depths[1] && depths[0] == depths[2])
    }
}
