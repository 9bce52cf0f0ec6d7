import BSBBackbones
import BSBBasics
import BSBDistillation
import BSBImages
import BSBLinearAlgebra
import BSBRendering
import Testing

@testable import BSBAnswering
@testable import BSBResults
@testable import BSBWorkbench

@Suite struct ObjectPoseTests {
    /// Features that tell where on the mesh a point is.
    private static func feature(_ p: SIMD3<Float>) -> [Float] { [p.x, p.y, p.z, 0.5] }

    /// A view of the mesh from a known side; its "photo" has the features of what each cell shows.
    @Test(arguments: [0, 3, 7, 11]) func aKnownViewIsFound(index: Int) throws {
        let mesh = try OpenMesh(PipelineTests.shape.get().mesh, name: "mug.obj", hash: "m")
        let positions = mesh.scene.mesh.vertices
        let field = FeatureField(
            values: Matrix(rows: positions.count, columns: 4, values: positions.flatMap(Self.feature)),
            observed: [Bool](repeating: true, count: positions.count))
        let camera = ViewSampler(.fibonacci(count: 13), seed: 1).camera(index)
        let surfaces = mesh.scene.surfaces(from: camera, size: RasterSize(120))
        let object = Mask(width: 120, height: 120) { x, y in surfaces.covers(x: x, y: y) }
        var grid = FeatureGrid(
            columns: 30, rows: 30, dimension: 4, values: [Float](repeating: 0, count: 30 * 30 * 4),
            map: PlaneMap(scaleX: 0.25, scaleY: 0.25))
        for cell in 0..<(30 * 30) {
            let pixel = (cell / 30 * 4 + 2) * 120 + cell % 30 * 4 + 2
            guard surfaces.faceIDs[pixel] >= 0 else { continue }
            let (face, b) = (mesh.scene.mesh.faces[Int(surfaces.faceIDs[pixel])], surfaces.barycentrics[pixel])
            var point = positions[Int(face.x)] * (1 - b.x - b.y)
            point += positions[Int(face.y)] * b.x + positions[Int(face.z)] * b.y
            grid.values.replaceSubrange(4 * cell..<4 * cell + 4, with: Self.feature(point))
        }
        let pose = try #require(try ObjectPose.find(SurfaceFeatures(field), of: mesh, in: grid, object: object, parallelism: Parallelism()))
        let eye = SIMD3<Double>(camera.eye) / Double((camera.eye * camera.eye).sum().squareRoot())
        let angle = (pose.camera.towardsEye * eye).sum()
        #expect(angle > 0.9, "\(pose.camera.towardsEye) instead of \(eye)")
        #expect(pose.score > 0.6, "\(pose.score)")
    }

    @Test func nothingIsFoundWithoutAnObject() throws {
        let mesh = try OpenMesh(PipelineTests.shape.get().mesh, name: "mug.obj", hash: "m")
        let count = mesh.mesh.vertices.count
        let field = FeatureField(values: Matrix(rows: count, columns: 1, fill: 1), observed: [Bool](repeating: true, count: count))
        let grid = FeatureGrid(columns: 1, rows: 1, dimension: 1, values: [1], map: PlaneMap(scaleX: 0.1, scaleY: 0.1))
        #expect(
            try ObjectPose.find(SurfaceFeatures(field), of: mesh, in: grid, object: Mask(width: 10, height: 10), parallelism: Parallelism())
                == nil)
    }
}
