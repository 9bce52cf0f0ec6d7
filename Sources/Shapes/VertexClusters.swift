import BSBBasics

/// The vertices of a large mesh gathered into clusters of near ones, each with one of its own vertices to stand for it.
///
/// What is worked out on a surface costs as much as the surface has vertices, and pictures of it show no more than their pixels do. So
/// features and parts of a scan of millions of vertices are worked out on its clusters and carried back to every vertex.
/// The vertices of a cluster lie in one cell of a grid and are connected within it, so that the two sides of a thin wall stay apart. Where that makes
/// less than half of the wanted clusters, as in a mesh of loose triangles, cells alone decide.
package struct VertexClusters: Sendable, Hashable {
    /// #V: the cluster of each vertex.
    package let ofVertex: [UInt32]
    /// #C: the vertex that stands for each cluster: the one nearest to the middle of those that triangles use.
    package let vertices: [UInt32]

    /// The number of clusters.
    package var count: Int { vertices.count }

    /// The clusters of a mesh, at most `limit`; nil for a mesh that has no more vertices than that.
    ///
    /// - Parameter mesh: positions that are finite.
    /// - Parameter adjacency: that of the mesh.
    /// - Parameter limit: the most clusters, at least 8.
    /// - Complexity: O(#V + #E), expected.
    package init?(_ mesh: Mesh, adjacency: Adjacency, limit: Int) {
        guard mesh.vertices.count > limit else { return nil }
        var isUsed = [Bool](repeating: false, count: adjacency.weld.count)
        for corners in adjacency.triangles { for corner in 0..<3 { isUsed[Int(corners[corner])] = true } }
        let search = ClusterSearch(adjacency, isUsed)
        let (ofPoint, count) = search.clusters(limit: max(limit, 8))
        ofVertex = adjacency.weld.welded.map { ofPoint[Int($0)] }
        vertices = Self.middles(ofPoint, count, adjacency, isUsed).map { adjacency.weld.representative[Int($0)] }
    }

    /// The mesh of the clusters: a vertex for each, and all triangles of `mesh` in their order, most of them collapsed.
    ///
    /// - Complexity: O(#C + #F).
    package func mesh(_ mesh: Mesh) -> Mesh {
        let faces = mesh.faces.map { SIMD3(ofVertex[Int($0.x)], ofVertex[Int($0.y)], ofVertex[Int($0.z)]) }
        return Mesh(
            vertices: vertices.map { mesh.vertices[Int($0)] }, faces: faces, fileFace: mesh.fileFace, fileFaceCount: mesh.fileFaceCount)
    }

    /// #C: the sum of a value over the vertices of each cluster.
    package func sums(_ values: [Double]) -> [Double] {
        var sums = [Double](repeating: 0, count: count)
        for (vertex, value) in values.enumerated() { sums[Int(ofVertex[vertex])] += value }
        return sums
    }

    /// #C: the point of each cluster nearest to the mean of its points, of those in use where there are any; the lowest of ties.
    private static func middles(_ ofPoint: [UInt32], _ count: Int, _ adjacency: Adjacency, _ isUsed: [Bool]) -> [UInt32] {
        var sums = [SIMD4<Double>](repeating: .zero, count: count)
        for (point, cluster) in ofPoint.enumerated() where isUsed[point] {
            sums[Int(cluster)] += SIMD4(SIMD3<Double>(adjacency.positions[point]), 1)
        }
        var best = [(point: UInt32, distance: Double)](repeating: (0, .infinity), count: count)
        for (point, cluster) in ofPoint.enumerated() {
            let sum = sums[Int(cluster)]
            // A cluster of which triangles use nothing takes its first point.
            guard isUsed[point] || sum.w == 0 else { continue }
            let offset = sum.w > 0 ? SIMD3<Double>(adjacency.positions[point]) - SIMD3(sum.x, sum.y, sum.z) / sum.w : .zero
            let distance = (offset * offset).sum()
            if distance < best[Int(cluster)].distance { best[Int(cluster)] = (UInt32(point), distance) }
        }
        return best.map(\.point)
    }
}

/// Looks for the size of cells that makes nearly as many clusters as wanted, and never more.
private struct ClusterSearch {
    private let adjacency: Adjacency
    private let isUsed: [Bool]
    private let low: SIMD3<Double>
    private let extent: Double

    init(_ adjacency: Adjacency, _ isUsed: [Bool]) {
        (self.adjacency, self.isUsed) = (adjacency, isUsed)
        var (low, high) = (SIMD3<Float>(repeating: .infinity), SIMD3<Float>(repeating: -.infinity))
        for (point, position) in adjacency.positions.enumerated() where isUsed[point] {
            (low, high) = (pointwiseMin(low, position), pointwiseMax(high, position))
        }
        // Doubles, since differences of the largest and smallest floats are none.
        self.low = SIMD3<Double>(low)
        extent = max((SIMD3<Double>(high) - self.low).max(), 1e-300)
    }

    /// The cluster of each point, numbered by first point, and their number.
    func clusters(limit: Int) -> (ofPoint: [UInt32], count: Int) {
        let connected = clusters(limit: limit, isConnected: true)
        // Loose triangles are too many however large cells are.
        let fits = connected.count <= limit && 2 * connected.count >= limit
        return fits ? connected : clusters(limit: limit, isConnected: false)
    }

    private func clusters(limit: Int, isConnected: Bool) -> (ofPoint: [UInt32], count: Int) {
        // Cells along the longest side: too few and too many so far.
        var (few, many) = (1.0, Double(1 << 20))
        var cells = min(Double(limit).squareRoot(), many)
        var best = grouped(cells: few, isConnected)
        for _ in 0..<12 {
            let found = grouped(cells: cells, isConnected)
            if found.count <= limit {
                few = cells
                if found.count >= best.count { best = found }
                if found.count >= limit / 10 * 8 { break }
            } else {
                many = cells
            }
            // A surface has as many clusters as its cells squared; aim at nine tenths of the limit.
            let aimed = cells * (0.9 * Double(limit) / Double(max(found.count, 1))).squareRoot()
            cells = aimed > few && aimed < many ? aimed : (few * many).squareRoot()
        }
        return best
    }

    private func grouped(cells: Double, _ isConnected: Bool) -> (ofPoint: [UInt32], count: Int) {
        let scale = cells / extent
        let keys = adjacency.positions.map { position -> UInt64 in
            let place = (SIMD3<Double>(position) - low) * scale
            let cell = SIMD3<UInt64>(place.clamped(lowerBound: .zero, upperBound: .init(repeating: 2_097_151)))
            return cell.x << 42 | cell.y << 21 | cell.z
        }
        var sets = DisjointSets(count: keys.count)
        if isConnected { for edge in adjacency.edges where keys[Int(edge.a)] == keys[Int(edge.b)] { sets.join(Int(edge.a), Int(edge.b)) } }
        // Cells alone decide where nothing is connected, and for points of no triangle.
        var first: [UInt64: Int] = [:]
        for point in keys.indices where !isConnected || !isUsed[point] {
            if let other = first[keys[point]] { sets.join(other, point) } else { first[keys[point]] = point }
        }
        var number = [UInt32](repeating: .max, count: keys.count)
        var count: UInt32 = 0
        let ofPoint = sets.roots().map { root -> UInt32 in
            if number[root] == .max {
                number[root] = count
                count += 1
            }
            return number[root]
        }
        return (ofPoint, Int(count))
    }
}
