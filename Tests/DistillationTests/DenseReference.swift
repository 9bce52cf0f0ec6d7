import BSBBackbones
import BSBDistillation
import BSBLinearAlgebra
import BSBShapes

/// The minimiser of the rendering error plus smoothness, straight from its definition with dense matrices in double precision.
///
/// Each vertex is an unknown of its own, so the mesh must have no coincident vertices.
func denseReference(mesh: Mesh, views: [ViewObservation], smoothness: Double, normalizesTargets: Bool) -> (field: [[Double]], error: Double)
{
    let n = mesh.vertices.count
    let rows = views.flatMap { view in
        view.samples.map { sample -> (a: [(Int, Double)], y: [Double], weight: Double) in
            let face = mesh.faces[Int(sample.face)]
            let (u, v) = (Double(sample.barycentrics.x), Double(sample.barycentrics.y))
            var y = view.grid.feature(at: sample.point).map(Double.init)
            let length = y.reduce(0) { $0 + $1 * $1 }.squareRoot()
            if normalizesTargets { y = y.map { $0 / length } }
            return ([(Int(face.x), 1 - u - v), (Int(face.y), u), (Int(face.z), v)], y, Double(sample.weight))
        }
    }
    let dimension = rows[0].y.count
    let weight = rows.reduce(0) { $0 + $1.weight }
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    var right = [[Double]](repeating: [Double](repeating: 0, count: dimension), count: n)
    for row in rows {
        for (i, a) in row.a {
            for (j, b) in row.a { matrix[i][j] += row.weight * a * b }
            for d in 0..<dimension { right[i][d] += row.weight * a * row.y[d] }
        }
    }
    var edges = Set<[Int]>()
    for face in mesh.faces {
        for (i, j) in [(face.x, face.y), (face.y, face.z), (face.z, face.x)] { edges.insert([Int(min(i, j)), Int(max(i, j))]) }
    }
    for edge in edges {
        for (i, j) in [(edge[0], edge[1]), (edge[1], edge[0])] {
            matrix[i][i] += smoothness * weight
            matrix[i][j] -= smoothness * weight
        }
    }
    let field = gaussianElimination(matrix, right)
    let error = rows.reduce(0.0) { sum, row in
        sum + row.weight
            * (0..<dimension).reduce(0.0) { part, d in
                let rendered = row.a.reduce(0.0) { $0 + $1.1 * field[$1.0][d] }
                return part + (rendered - row.y[d]) * (rendered - row.y[d])
            }
    }
    return (field, error / (weight * Double(dimension)))
}

private func gaussianElimination(_ matrix: [[Double]], _ right: [[Double]]) -> [[Double]] {
    var (m, b) = (matrix, right)
    let n = m.count
    for k in 0..<n {
        let pivot = (k..<n).max { abs(m[$0][k]) < abs(m[$1][k]) }!
        m.swapAt(k, pivot)
        b.swapAt(k, pivot)
        for i in (k + 1)..<max(n, k + 1) where m[i][k] != 0 {
            let factor = m[i][k] / m[k][k]
            for j in k..<n { m[i][j] -= factor * m[k][j] }
            for d in b[i].indices { b[i][d] -= factor * b[k][d] }
        }
    }
    for k in (0..<n).reversed() {
        for d in b[k].indices {
            b[k][d] = (b[k][d] - ((k + 1)..<n).reduce(0.0) { $0 + m[k][$1] * b[$1][d] }) / m[k][k]
        }
    }
    return b
}
