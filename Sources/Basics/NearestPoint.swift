/// The nearest of a fixed set of points, by a k-d tree.
package struct NearestPoint {
    private let points: [SIMD3<Float>]
    /// Point indices; the middle of each range splits it along `axes`.
    private var order: [Int]
    private var axes: [UInt8]

    /// A tree of the points.
    ///
    /// Complexity: O(n log^2 n).
    package init(_ points: [SIMD3<Float>]) {
        self.points = points
        order = Array(points.indices)
        axes = [UInt8](repeating: 0, count: points.count)
        build(0..<points.count)
    }

    /// The index of the point nearest to `query`, the lowest among equals; nothing if there is no point.
    ///
    /// Complexity: O(log n) expected.
    package func nearest(to query: SIMD3<Float>) -> Int? {
        guard let first = points.indices.first else { return nil }
        var best = (index: first, distance: Float.infinity)
        search(0..<points.count, query, &best)
        return best.index
    }

    private mutating func build(_ range: Range<Int>) {
        guard range.count > 1 else { return }
        var (low, high) = (points[order[range.lowerBound]], points[order[range.lowerBound]])
        for place in range {
            low = pointwiseMin(low, points[order[place]])
            high = pointwiseMax(high, points[order[place]])
        }
        let extent = high - low
        let axis = extent.x >= extent.y && extent.x >= extent.z ? 0 : extent.y >= extent.z ? 1 : 2
        order[range].sort { (points[$0][axis], $0) < (points[$1][axis], $1) }
        let middle = range.lowerBound + range.count / 2
        axes[middle] = UInt8(axis)
        build(range.lowerBound..<middle)
        build((middle + 1)..<range.upperBound)
    }

    private func search(_ range: Range<Int>, _ query: SIMD3<Float>, _ best: inout (index: Int, distance: Float)) {
        guard !range.isEmpty else { return }
        let middle = range.lowerBound + range.count / 2
        let point = points[order[middle]]
        let offset = query - point
        let distance = (offset * offset).sum()
        if distance < best.distance || (distance == best.distance && order[middle] < best.index) { best = (order[middle], distance) }
        let side = offset[Int(axes[middle])]
        let (near, far) = (range.lowerBound..<middle, (middle + 1)..<range.upperBound)
        search(side < 0 ? near : far, query, &best)
        if side * side <= best.distance { search(side < 0 ? far : near, query, &best) }
    }
}
