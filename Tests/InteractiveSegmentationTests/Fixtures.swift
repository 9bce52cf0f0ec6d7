import BSBBackbones
import BSBBasics
import Foundation
import BSBImages
import BSBLinearAlgebra
import BSBRendering
import BSBShapes

@testable import BSBInteractiveSegmentation

/// Views of a sphere; an embedding's features at a pixel are the position on the sphere that it shows, so that a segmenter can be made up.
struct SphereViews: MeshViews {
    let scene: RayScene
    let cameras: [Camera]
    let size = RasterSize(48)

    init(_ mesh: Mesh, views: Int) throws {
        scene = try RayScene(mesh: mesh)
        let sampler = ViewSampler(.fibonacci(count: max(1, views)), seed: 5)
        cameras = (0..<views).map { sampler.camera($0) }
    }

    func surfaces(_ index: Int) throws -> SurfaceBuffers { scene.surfaces(from: cameras[index], size: size) }

    func embedding(_ index: Int) throws -> ImageEmbedding {
        let surfaces = try surfaces(index)
        var values: [Float] = []
        for pixel in surfaces.faceIDs.indices {
            var position = SIMD3<Float>(repeating: 0)
            if surfaces.faceIDs[pixel] >= 0 {
                let face = scene.mesh.faces[Int(surfaces.faceIDs[pixel])]
                let (u, v) = (surfaces.barycentrics[pixel].x, surfaces.barycentrics[pixel].y)
                position = (1 - u - v) * scene.mesh.vertices[Int(face.x)] + u * scene.mesh.vertices[Int(face.y)]
                position += v * scene.mesh.vertices[Int(face.z)]
            }
            values += [position.x, position.y, position.z]
        }
        let grid = FeatureGrid(
            columns: size.width, rows: size.height, dimension: 3, values: values, map: PlaneMap(scaleX: 1, scaleY: 1))
        return ImageEmbedding(imageWidth: size.width, imageHeight: size.height, features: grid)
    }
}

/// Keeps bytes in memory.
final class MemoryStore: TrainingStore, @unchecked Sendable {
    private let lock = NSLock()
    private var entries: [String: Data] = [:]

    func read(_ name: String) -> Data? {
        lock.lock()
        defer { lock.unlock() }
        return entries[name]
    }

    func write(_ data: Data, as name: String) {
        lock.lock()
        defer { lock.unlock() }
        entries[name] = data
    }
}

/// A matrix of numbers uniform in [-1, 1).
func randomMatrix(rows: Int, columns: Int, stream: UInt64) -> Matrix {
    var generator = SeededGenerator(seed: 11, stream: stream)
    return Matrix(rows: rows, columns: columns, values: (0..<(rows * columns)).map { _ in generator.uniform(-1, 1) })
}

/// The positions of a mesh's vertices as features.
func positionFeatures(_ mesh: Mesh) -> Matrix {
    Matrix(rows: mesh.vertices.count, columns: 3, values: mesh.vertices.flatMap { [$0.x, $0.y, $0.z] })
}
