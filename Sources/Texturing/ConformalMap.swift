import BSBBasics
import BSBLinearAlgebra

/// Flattens a piece of surface with little change of angles: least squares conformal maps (Levy, Petitjean, Ray, Maillot 2002).
///
/// In place of pinned vertices, every vertex is tied weakly to a wanted place, so that the flat piece comes to lie as it is wanted:
/// the energy is Σ over triangles |Σ W_j U_j|² / (2 area) + tie Σ over vertices (area / total area) |U - wanted|².
package struct ConformalMap: Sendable {
    /// How strongly vertices are tied to their wanted places.
    package var tie = 0.05

    /// A map with the default tie.
    package init() {}

    /// The flat places of vertices, in the units of the positions: #V.
    ///
    /// - Parameters:
    ///   - positions: #V.
    ///   - triangles: wound so that they turn counterclockwise where they are wanted.
    ///   - wanted: #V places.
    /// - Throws: `Failure` if the system cannot be solved.
    /// - Complexity: that of a sparse Cholesky factorisation of 2 #V unknowns.
    package func flatten(_ positions: [SIMD3<Float>], triangles: [SIMD3<Int>], wanted: [SIMD2<Double>]) throws -> [SIMD2<Double>] {
        let count = positions.count
        var triplets: [SparseMatrix.Triplet] = []
        var shares = [Double](repeating: 0, count: count)
        var total = 0.0
        for triangle in triangles {
            guard let (area, edges) = Self.edges(positions, triangle) else { continue }
            total += area
            for corner in 0..<3 { shares[triangle[corner]] += area / 3 }
            add(triangle, edges, 1 / (2 * area), to: &triplets, count)
        }
        var right = Matrix(rows: 2 * count, columns: 1)
        for vertex in 0..<count {
            let weight = tie * max(shares[vertex] / max(total, 1e-300), 1e-9) * 2
            for (row, value) in [(vertex, wanted[vertex].x), (count + vertex, wanted[vertex].y)] {
                triplets.append(.init(row: Int32(row), column: Int32(row), value: weight))
                right.values[row] = Float(weight * value)
            }
        }
        try SparseCholesky(SparseMatrix(rows: 2 * count, columns: 2 * count, triplets: triplets)).solve(&right)
        return (0..<count).map { SIMD2(Double(right.values[$0]), Double(right.values[count + $0])) }
    }

    /// The edges opposite to a triangle's corners, flat, in its own plane; nil for a triangle without area.
    private static func edges(_ positions: [SIMD3<Float>], _ triangle: SIMD3<Int>) -> (area: Double, edges: [SIMD2<Double>])? {
        let corners = (0..<3).map { SIMD3<Double>(positions[triangle[$0]]) }
        let (u, v) = (corners[1] - corners[0], corners[2] - corners[0])
        let (base, normal) = (length(u), length(cross(u, v)))
        guard base > 0, normal > 1e-12 * base * length(v), normal > 1e-18 else { return nil }
        let x = (u * v).sum() / base
        let (first, second, third) = (SIMD2<Double>.zero, SIMD2<Double>(base, 0), SIMD2<Double>(x, normal / base))
        let edges: [SIMD2<Double>] = [third - second, first - third, second - first]
        return (normal / 2, edges)
    }

    /// Adds a triangle's share of the normal equations: of the real and the imaginary part of Σ W_j U_j.
    private func add(
        _ triangle: SIMD3<Int>, _ edges: [SIMD2<Double>], _ weight: Double, to triplets: inout [SparseMatrix.Triplet], _ count: Int
    ) {
        // (a + i b)(u + i v) = (a u - b v) + i (b u + a v)
        let points: [Int] = [triangle.x, triangle.y, triangle.z]
        let columns: [Int] = points + points.map { count + $0 }
        let (a, b): ([Double], [Double]) = (edges.map(\.x), edges.map(\.y))
        let real: [Double] = a + b.map { -$0 }
        let imaginary: [Double] = b + a
        for i in 0..<6 {
            for j in 0..<6 {
                let value: Double = weight * (real[i] * real[j] + imaginary[i] * imaginary[j])
                triplets.append(.init(row: Int32(columns[i]), column: Int32(columns[j]), value: value))
            }
        }
    }
}

/// Fields over the vertices of a piece of surface that agree with what is known at some and vary little from vertex to vertex.
enum SmoothField {
    /// The field f that minimises Σ weights |f - values|² + strength Σ over edges |f_i - f_j|²: #V x m.
    ///
    /// - Throws: `Failure` if the system cannot be solved.
    static func solve(_ values: Matrix, weights: [Double], edges: [SIMD2<Int32>], strength: Double) throws -> Matrix {
        var triplets: [SparseMatrix.Triplet] = []
        for (vertex, weight) in weights.enumerated() {
            // A trace of weight everywhere, so that pieces without any known value are solvable too.
            triplets.append(.init(row: Int32(vertex), column: Int32(vertex), value: weight + 1e-6))
        }
        for edge in edges {
            for (row, column, sign) in [(edge.x, edge.x, 1.0), (edge.y, edge.y, 1), (edge.x, edge.y, -1), (edge.y, edge.x, -1)] {
                triplets.append(.init(row: row, column: column, value: sign * strength))
            }
        }
        var right = values
        for row in 0..<values.rows { for column in 0..<values.columns { right[row, column] *= Float(weights[row]) } }
        try SparseCholesky(SparseMatrix(rows: weights.count, columns: weights.count, triplets: triplets)).solve(&right)
        return right
    }
}
