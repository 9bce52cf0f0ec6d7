import BSBBasics
import BSBCorrespondence
import BSBLinearAlgebra
import BSBRendering

/// A point of a surface.
package struct SurfaceSpot: Sendable, Hashable {
    /// The triangle.
    package var face: Int32
    /// The weights of its three corners, which sum to 1.
    package var weights: SIMD3<Float>

    /// A point of a triangle.
    package init(face: Int32, weights: SIMD3<Float>) {
        self.face = face
        self.weights = weights
    }

    init(_ hit: RayHit) {
        self.init(face: hit.face, weights: [1 - hit.barycentrics.x - hit.barycentrics.y, hit.barycentrics.x, hit.barycentrics.y])
    }
}

extension RayScene {
    /// Where a point of the surface is.
    package func position(of spot: SurfaceSpot) -> SIMD3<Float> {
        let corners = mesh.faces[Int(spot.face)]
        let (a, b, c) = (mesh.vertices[Int(corners.x)], mesh.vertices[Int(corners.y)], mesh.vertices[Int(corners.z)])
        return a * spot.weights.x + b * spot.weights.y + c * spot.weights.z
    }
}

/// What a model says of any point of a surface: the vertices' features, interpolated.
struct SurfaceDescriptors: Sendable {
    let scene: RayScene
    private let features: SurfaceFeatures

    init(_ scene: RayScene, _ features: SurfaceFeatures) {
        self.scene = scene
        self.features = features
    }

    /// The features of points, scaled to length 1: points x d.
    func matrix(of spots: [SurfaceSpot]) -> Matrix {
        let field = features.field.values
        let dimension = field.columns
        var values = [Float](repeating: 0, count: spots.count * dimension)
        for (row, spot) in spots.enumerated() {
            let corners = scene.mesh.faces[Int(spot.face)]
            for corner in 0..<3 {
                let (weight, start) = (spot.weights[corner], features.row(ofVertex: Int(corners[corner])) * dimension)
                for d in 0..<dimension { values[row * dimension + d] += weight * field.values[start + d] }
            }
        }
        return Matrix(rows: spots.count, columns: dimension, values: values).withNormalizedRows()
    }
}

extension RayScene {
    /// Points drawn from the surface, each piece of it as likely as any other of its area; none where it has no area.
    package func samples(count: Int, seed: UInt64 = 0) -> [SurfaceSpot] {
        let faces = mesh.faces.indices
        var sums = [Double](repeating: 0, count: faces.count)
        var total = 0.0
        for face in faces {
            let corners = mesh.faces[face]
            let (a, b, c) = (
                SIMD3<Double>(mesh.vertices[Int(corners.x)]), SIMD3<Double>(mesh.vertices[Int(corners.y)]),
                SIMD3<Double>(mesh.vertices[Int(corners.z)])
            )
            let area = length(cross(b - a, c - a))
            if area.isFinite { total += area }
            sums[face] = total
        }
        guard total > 0 else { return [] }
        var generator = SeededGenerator(seed: seed, stream: 0x5A3D)
        return (0..<count).map { index in
            // One in each of `count` equal shares: more even than drawing freely.
            let wanted = (Double(index) + Double(generator.uniform())) / Double(count) * total
            var (low, high) = (0, sums.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if sums[middle] > wanted { high = middle } else { low = middle + 1 }
            }
            let (u, v) = (generator.uniform(), generator.uniform())
            let root = u.squareRoot()
            return SurfaceSpot(face: Int32(low), weights: [1 - root, root * (1 - v), root * v])
        }
    }
}
