import BSBBasics
import BSBLinearAlgebra
import BSBRendering
import BSBShapes
import BSBWorkbench
import Foundation

/// What geometry alone says of the vertices of a mesh: what carrying labels by models' features is compared with.
enum FormDescriptor: String, Sendable, CaseIterable {
    /// Position in the unit ball and half the normal, along the file's axes: for meshes that stand alike.
    case place
    /// What does not change when the mesh is turned: distance from the centre, distances from it along the principal axes, how far the normal is
    /// along these, and how thick the body is there (shape diameter, Shapira, Shamir and Cohen-Or 2008).
    case form

    /// #V x 6 or 8.
    ///
    /// Complexity: O(#V), and 32 rays for each vertex.
    func values(of mesh: OpenMesh, parallelism: Parallelism) -> Matrix {
        let (placed, normals) = (mesh.scene.mesh, mesh.scene.mesh.vertexNormals())
        switch self {
        case .place:
            let values = zip(placed.vertices, normals).flatMap { position, normal -> [Float] in
                [position.x, position.y, position.z, normal.x / 2, normal.y / 2, normal.z / 2]
            }
            return Matrix(rows: normals.count, columns: 6, values: values)
        case .form:
            let axes = PrincipalAxes(placed.vertices, weights: mesh.areas)
            let thickness = Self.thickness(mesh.scene, normals, parallelism)
            let values = normals.indices.flatMap { vertex -> [Float] in
                let offset = (placed.vertices[vertex] - axes.centre) / axes.radius
                let along = [offset, normals[vertex]].flatMap { vector in axes.directions.map { abs(dot(vector, $0)) } }
                return [length(offset)] + along + [thickness[vertex]]
            }
            return Matrix(rows: normals.count, columns: 8, values: values)
        }
    }

    /// #V: log(1 + 4 d) / log 5 for the median length d, over the longest, of 16 rays in a cone of 60 degrees into the body.
    ///
    /// Faces may be wound either way: rays go to both sides, and the side where more of them meet the surface is the inside.
    private static func thickness(_ scene: RayScene, _ normals: [SIMD3<Float>], _ parallelism: Parallelism) -> [Float] {
        let lengths = parallelism.map((normals.count + 255) / 256) { block -> [Float] in
            ((block * 256)..<min(normals.count, block * 256 + 256)).map { vertex in
                let (origin, normal) = (scene.mesh.vertices[vertex], normals[vertex])
                let sides = [-normal, normal].map { rayLengths(scene, from: origin, around: $0) }
                let inside = sides[1].count > sides[0].count ? sides[1] : sides[0]
                return inside.isEmpty ? 0 : inside.sorted()[inside.count / 2]
            }
        }.flatMap { $0 }
        let longest = max(lengths.max() ?? 0, .leastNormalMagnitude)
        return lengths.map { log(1 + 4 * $0 / longest) / log(5) }
    }

    private static func rayLengths(_ scene: RayScene, from origin: SIMD3<Float>, around direction: SIMD3<Float>) -> [Float] {
        guard dot(direction, direction) > 0.5 else { return [] }
        let side: SIMD3<Float> = abs(direction.x) < 0.7 ? [1, 0, 0] : [0, 1, 0]
        let u = cross(direction, side).unitOrZero
        let v = cross(direction, u)
        let rays = (0..<16).map { ray -> Ray in
            // Even over the cap of 60 degrees around the middle, on a golden spiral.
            let height = 1 - (Float(ray) + 0.5) / 16 * (1 - Float(3).squareRoot() / 2)
            let angle = Float(ray) * 2.399_963
            let spread = (1 - height * height).squareRoot()
            return Ray(origin: origin, direction: direction * height + (u * cos(angle) + v * sin(angle)) * spread, near: 1e-3)
        }
        return scene.nearestHits(rays).compactMap { $0?.distance }
    }
}

/// The centre of a surface, the directions in which it extends from the most to the least, and how far in the root mean square.
private struct PrincipalAxes {
    var centre: SIMD3<Float>
    var directions: [SIMD3<Float>]
    var radius: Float

    init(_ points: [SIMD3<Float>], weights: [Double]) {
        let total = max(weights.reduce(0, +), .leastNormalMagnitude)
        let middle = zip(points, weights).reduce(SIMD3<Double>.zero) { $0 + SIMD3<Double>($1.0) * ($1.1 / total) }
        var moments = [SIMD3<Double>](repeating: .zero, count: 3)
        for (point, weight) in zip(points, weights) {
            let offset = SIMD3<Double>(point) - middle
            for row in 0..<3 { moments[row] += offset * (offset[row] * weight / total) }
        }
        centre = SIMD3<Float>(middle)
        radius = Float(max(moments[0].x + moments[1].y + moments[2].z, 1e-12).squareRoot())
        directions = Self.directions(moments)
    }

    /// The eigenvectors of a symmetric matrix, by Jacobi rotations, that of the largest eigenvalue first.
    private static func directions(_ matrix: [SIMD3<Double>]) -> [SIMD3<Float>] {
        var (rows, vectors) = (matrix, [SIMD3<Double>]([[1, 0, 0], [0, 1, 0], [0, 0, 1]]))
        for _ in 0..<12 {
            for (p, q) in [(0, 1), (0, 2), (1, 2)] where abs(rows[p][q]) > 1e-300 {
                let angle = 0.5 * atan2(2 * rows[p][q], rows[q][q] - rows[p][p])
                let (c, s) = (cos(angle), sin(angle))
                for k in 0..<3 { (rows[k][p], rows[k][q]) = (c * rows[k][p] - s * rows[k][q], s * rows[k][p] + c * rows[k][q]) }
                (rows[p], rows[q]) = (rows[p] * c - rows[q] * s, rows[p] * s + rows[q] * c)
                (vectors[p], vectors[q]) = (vectors[p] * c - vectors[q] * s, vectors[p] * s + vectors[q] * c)
            }
        }
        return (0..<3).sorted { rows[$0][$0] > rows[$1][$1] }.map { SIMD3<Float>(vectors[$0]) }
    }
}
