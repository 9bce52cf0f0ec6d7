import BSBBackbones
import BSBBasics
import BSBDistillation
import Foundation
import BSBLinearAlgebra
import BSBShapes

/// A flat square [-1, 1]^2 at z = 0 of n x n cells, two triangles each.
func squareMesh(_ n: Int) -> Mesh {
    var vertices: [SIMD3<Float>] = []
    for y in 0...n { for x in 0...n { vertices.append([2 * Float(x) / Float(n) - 1, 2 * Float(y) / Float(n) - 1, 0]) } }
    var faces: [SIMD3<UInt32>] = []
    for y in 0..<n {
        for x in 0..<n {
            let a = UInt32(y * (n + 1) + x)
            faces.append([a, a + 1, a + UInt32(n) + 2])
            faces.append([a, a + UInt32(n) + 2, a + UInt32(n) + 1])
        }
    }
    return Mesh(vertices: vertices, faces: faces)
}

/// An orthographic view of side `pixels` along a turn of the z axis about y and x: where a position is seen, and whether a face is turned to it.
struct FakeView {
    var yaw: Float
    var pitch: Float
    var pixels: Float = 64

    private func rotated(_ p: SIMD3<Float>) -> SIMD3<Float> {
        let (cy, sy, cp, sp) = (Float.cosine(yaw), Float.sine(yaw), Float.cosine(pitch), Float.sine(pitch))
        let q = SIMD3<Float>(cy * p.x - sy * p.z, p.y, sy * p.x + cy * p.z)
        return [q.x, cp * q.y - sp * q.z, sp * q.y + cp * q.z]
    }

    func point(_ position: SIMD3<Float>) -> SIMD2<Float> {
        let q = rotated(position)
        return [(q.x + 1.1) / 2.2 * pixels, (1.1 - q.y) / 2.2 * pixels]
    }

    func shows(_ center: SIMD3<Float>) -> Bool { rotated(center).z > 0.05 }

    /// The position of the unit sphere that is seen at a point, or the nearest of its silhouette.
    func spherePosition(at point: SIMD2<Float>) -> SIMD3<Float> {
        var q = SIMD3<Float>(point.x / pixels * 2.2 - 1.1, 1.1 - point.y / pixels * 2.2, 0)
        let square = q.x * q.x + q.y * q.y
        if square > 1 { q /= square.squareRoot() } else { q.z = (1 - square).squareRoot() }
        let (cy, sy, cp, sp) = (Float.cosine(yaw), Float.sine(yaw), Float.cosine(pitch), Float.sine(pitch))
        let r = SIMD3<Float>(q.x, cp * q.y + sp * q.z, -sp * q.y + cp * q.z)
        return [cy * r.x + sy * r.z, r.y, -sy * r.x + cy * r.z]
    }
}

extension Float {
    static func cosine(_ x: Float) -> Float { Float(cos(Double(x))) }
    static func sine(_ x: Float) -> Float { Float(sin(Double(x))) }
}

/// Random samples of the faces that a view shows, `perFace` on each.
func fakeSamples(_ mesh: Mesh, _ view: FakeView, perFace: Int, stream: UInt64, weights: Bool = false) -> [SurfaceSample] {
    var generator = SeededGenerator(seed: 3, stream: stream)
    var samples: [SurfaceSample] = []
    for (index, face) in mesh.faces.enumerated() {
        let (a, b, c) = (mesh.vertices[Int(face.x)], mesh.vertices[Int(face.y)], mesh.vertices[Int(face.z)])
        guard view.shows((a + b + c) / 3) else { continue }
        for _ in 0..<perFace {
            var (u, v) = (generator.uniform(), generator.uniform())
            if u + v > 1 { (u, v) = (1 - u, 1 - v) }
            let position = (1 - u - v) * a + u * b + v * c
            samples.append(
                SurfaceSample(
                    face: Int32(index), barycentrics: [u, v], point: view.point(position), weight: weights ? generator.uniform(0.1, 2) : 1))
        }
    }
    return samples
}

/// A grid of `cells` x `cells` whose feature at each cell's centre is `feature` of the picture's point.
func fakeGrid(cells: Int, pixels: Float, dimension: Int, _ feature: (SIMD2<Float>) -> [Float]) -> FeatureGrid {
    var values: [Float] = []
    for row in 0..<cells {
        for column in 0..<cells {
            values += feature([(Float(column) + 0.5) * pixels / Float(cells), (Float(row) + 0.5) * pixels / Float(cells)])
        }
    }
    let scale = Float(cells) / pixels
    return FeatureGrid(columns: cells, rows: cells, dimension: dimension, values: values, map: PlaneMap(scaleX: scale, scaleY: scale))
}

/// A grid of numbers uniform in [-1, 1).
func randomGrid(cells: Int, pixels: Float, dimension: Int, stream: UInt64) -> FeatureGrid {
    var generator = SeededGenerator(seed: 4, stream: stream)
    return fakeGrid(cells: cells, pixels: pixels, dimension: dimension) { _ in (0..<dimension).map { _ in generator.uniform(-1, 1) } }
}

/// Views all around, the same for the same count.
func fakeViews(_ count: Int) -> [FakeView] {
    (0..<count).map { FakeView(yaw: Float($0) * 2.399963, pitch: Float.sine(Float($0) * 1.7) * 1.2) }
}

/// A view of the unit sphere with features that are a smooth function of the position.
func smoothObservation(_ mesh: Mesh, _ view: FakeView, stream: UInt64, _ field: (SIMD3<Float>) -> [Float]) -> ViewObservation {
    let dimension = field(.zero).count
    return ViewObservation(
        samples: fakeSamples(mesh, view, perFace: 3, stream: stream),
        grid: fakeGrid(cells: 24, pixels: view.pixels, dimension: dimension) { field(view.spherePosition(at: $0)) })
}

/// A smooth field of four components within (-1, 1).
func smoothField(_ p: SIMD3<Float>) -> [Float] {
    [0.8 * p.x, 0.7 * Float.sine(2 * p.y), 0.6 * p.x * p.z, 0.5 * Float.cosine(3 * p.z)]
}

func distance(_ a: Matrix, _ b: Matrix) -> Float {
    precondition(a.rows == b.rows && a.columns == b.columns)
    return zip(a.values, b.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
