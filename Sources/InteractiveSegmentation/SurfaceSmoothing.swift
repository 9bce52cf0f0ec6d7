import BSBBasics
import BSBDistillation
import BSBLinearAlgebra

/// Settles votes on a surface, any number of times; what does not depend on the votes is found once.
package struct SurfaceSmoothing: Sendable {
    private let welded: [UInt32]
    /// #W positions.
    private let positions: [SIMD3<Float>]
    /// #W: the connected part of each point.
    private let components: [UInt32]
    /// #W x #W: the number of edges at each point on the diagonal, -1 for each edge.
    private let laplacian: SparseMatrix
    private let analysis: SparseAnalysis

    /// The smoothing of a surface's votes.
    ///
    /// Throws `Failure` if memory runs out. Complexity: O(#E) and an elimination order.
    package init(_ surface: SurfaceModel) throws {
        let adjacency = surface.adjacency
        (welded, positions, components) = (
            adjacency.weld.welded, adjacency.positions, adjacency.vertexComponents()
        )
        let oneRing = adjacency.oneRing()
        let points = 0..<adjacency.weld.count
        var (starts, columns, values): ([Int32], [Int32], [Double]) = ([0], [], [])
        for point in points {
            let neighbours = oneRing[point].map { Int32($0) }
            let lower = neighbours.prefix { $0 < point }
            columns += lower + [Int32(point)] + neighbours.dropFirst(lower.count)
            values += lower.map { _ in -1 } + [Double(neighbours.count)] + neighbours.dropFirst(lower.count).map { _ in -1 }
            starts.append(Int32(columns.count))
        }
        laplacian = SparseMatrix(rows: points.count, columns: points.count, rowStarts: starts, columnIndices: columns, values: values)
        analysis = try SparseAnalysis(of: laplacian)
    }

    /// The probabilities that agree best with the votes and with each other along edges: one for each row of the surface.
    ///
    /// Minimises `Σ wᵥ (pᵥ - mᵥ)² + strength w̄ Σ (pᵤ - pᵥ)²` over the edges (u, v), where m is the mean vote and w̄ the mean weight of the
    /// vertices that have votes: a screened Poisson system. Vertices without votes continue their surroundings; shells of the mesh that
    /// no vote touches, such as an inner wall, have the probability of the nearest point that has votes.
    ///
    /// Complexity: that of a sparse Cholesky factorisation, about O(#V^1.5).
    func smoothed(_ votes: Votes, strength: Double) throws -> [Float] {
        let count = laplacian.rows
        var (weight, sum) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
        for (vertex, point) in welded.enumerated() {
            weight[Int(point)] += Double(votes.weight[vertex])
            sum[Int(point)] += Double(votes.sum[vertex])
        }
        let voted = weight.filter { $0 > 0 }
        guard !voted.isEmpty else { return [Float](repeating: 0, count: votes.weight.count) }
        let system = system(weight, tie: strength * voted.reduce(0, +) / Double(voted.count))
        var solution = Matrix(rows: count, columns: 1, values: sum.map { Float($0) })
        try SparseSolver(system, analysis: analysis).solve(&solution)
        continueHiddenShells(&solution.values, weight)
        return welded.map { min(max(solution.values[Int($0)], 0), 1) }
    }

    /// The values in 0...1 that agree best with given ones and with each other along edges, one for each row of the surface; see ``smoothed(_:strength:)``.
    ///
    /// - Parameter values: in 0...1, one for each row.
    /// - Parameter weights: how much each counts, at least one of them more than 0.
    /// - Parameter strength: how much neighbours count beside the values.
    /// - Throws: `Failure` if the system cannot be solved.
    package func smoothed(_ values: [Float], weights: [Float], strength: Double) throws -> [Float] {
        var votes = Votes(count: values.count)
        (votes.weight, votes.sum) = (weights, zip(values, weights).map { $0 * $1 })
        return try smoothed(votes, strength: strength)
    }

    /// #W: whether a vote touches each component, by the component's number.
    private func touched(_ weight: [Double]) -> [Bool] {
        var isTouched = [Bool](repeating: false, count: weight.count)
        for point in weight.indices where weight[point] > 0 { isTouched[Int(components[point])] = true }
        return isTouched
    }

    /// Gives the points of shells that no vote touches the value of the nearest point that has votes.
    private func continueHiddenShells(_ values: inout [Float], _ weight: [Double]) {
        let isTouched = touched(weight)
        let hidden = weight.indices.filter { !isTouched[Int(components[$0])] }
        guard !hidden.isEmpty else { return }
        let voted = weight.indices.filter { weight[$0] > 0 }
        let tree = NearestPoint(voted.map { positions[$0] })
        for point in hidden { values[point] = values[voted[tree.nearest(to: positions[point])!]] }
    }

    /// The Laplacian times `tie`, plus the weights; a point of a shell that no vote touches stands alone.
    private func system(_ weight: [Double], tie: Double) -> SparseMatrix {
        let touched = touched(weight)
        var values = laplacian.values
        for point in weight.indices {
            let isTouched = touched[Int(components[point])]
            for entry in laplacian.entries(ofRow: point) {
                let isDiagonal = Int(laplacian.columnIndices[entry]) == point
                if isTouched {
                    values[entry] = values[entry] * tie + (isDiagonal ? weight[point] : 0)
                } else {
                    values[entry] = isDiagonal ? 1 : 0
                }
            }
        }
        return SparseMatrix(
            rows: laplacian.rows, columns: laplacian.columns, rowStarts: laplacian.rowStarts, columnIndices: laplacian.columnIndices,
            values: values)
    }
}
