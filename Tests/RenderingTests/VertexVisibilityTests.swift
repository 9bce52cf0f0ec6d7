import BSBBasics
import BSBShapes
import Testing

@testable import BSBRendering

@Suite struct VertexVisibilityTests {
    /// #V by one ray each.
    static func visible(_ scene: RayScene, _ camera: Camera) -> [Bool] {
        let vertices = Array(scene.mesh.vertices.indices)
        return scene.areVisible(vertices, from: vertices.map { _ in camera.eye })
    }

    /// On a sphere a vertex is visible if the eye is above its tangent plane.
    @Test func halfOfASphereIsVisible() throws {
        let mesh = octasphere(4)
        let scene = try RayScene(mesh: mesh)
        for k in 0..<5 {
            let camera = ViewSampler(.uniformSphere, seed: 13, radius: 2.2).camera(k)
            let buffers = scene.surfaces(from: camera, size: RasterSize(160))
            let raster = VertexVisibility(mesh: mesh, camera: camera, buffers: buffers)
            let exact = Self.visible(scene, camera)
            for (vertex, position) in mesh.vertices.enumerated() {
                let above = dot(position, camera.eye) - 1
                // Near the horizon the facets decide.
                guard abs(above) > 0.3 else { continue }
                #expect(exact[vertex] == (above > 0))
                #expect(raster.isVisible[vertex] == (above > 0))
            }
            #expect(raster.visibleVertices.count > 200)
        }
    }

    /// A small square in front of a large one hides what is behind it and nothing else.
    @Test func occludersWithoutAVertexInThePixelHide() throws {
        let near: [SIMD3<Float>] = [[-0.5, -0.5, 0.5], [0.5, -0.5, 0.5], [0.5, 0.5, 0.5], [-0.5, 0.5, 0.5]]
        let far: [SIMD3<Float>] = [[0, 0, 0], [0.9, 0, 0], [0, 0.9, 0]]
        let mesh = Mesh(vertices: near + far, faces: [[0, 1, 2], [0, 2, 3], [4, 5, 6]])
        let scene = try RayScene(mesh: mesh)
        let camera = Camera(eye: [0, 0, 2])
        let raster = VertexVisibility(mesh: mesh, camera: camera, buffers: scene.surfaces(from: camera, size: RasterSize(64)))
        let expected = [true, true, true, true, false, true, true]
        #expect(raster.isVisible == expected)
        #expect(Self.visible(scene, camera) == expected)
        #expect(abs(raster.positions[4].x - 32) < 1e-4 && abs(raster.depths[4] - 2) < 1e-6)
    }

    @Test func verticesOutsideTheViewAreNotVisible() throws {
        let mesh = Mesh(vertices: [[0, 0, 0], [9, 0, 0], [0, 0.1, 5], [.nan, 0, 0]], faces: [[0, 1, 2]])
        let camera = Camera(eye: [0, 0, 2])
        let raster = VertexVisibility(
            mesh: mesh, camera: camera, buffers: try RayScene(mesh: mesh).surfaces(from: camera, size: RasterSize(width: 50, height: 20)))
        #expect(!raster.isVisible[1] && !raster.isVisible[2] && !raster.isVisible[3])
        #expect(raster.positions[1].x > 50 && raster.positions[2].x.isNaN)
        #expect(try RayScene(mesh: mesh).areVisible([2, 3], from: [[0, 0.1, 9], [0, 0, 2]]) == [true, false])
        #expect(try RayScene(mesh: mesh).areVisible([0], from: [.zero]) == [false], "not from its own place")
    }
}
