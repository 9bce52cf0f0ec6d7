import BSBBasics

extension Mesh {
    /// #V lengths of the shortest way along edges from the nearest of `sources` (vertices of the file), in file units.
    ///
    /// Ways may cross seams between vertices in the same place. Infinite where no way leads. Longer than the true geodesic distance by up
    /// to about a third on even triangulations.
    ///
    /// - Parameter sources: where ways may begin.
    /// - Parameter adjacency: that of the mesh.
    /// - Parameter cost: what an edge between two welded vertices costs, given its length; its length by default. It must not be negative.
    /// - Complexity: O(#E log #V).
    package func edgeDistances(
        from sources: [Int], adjacency: Adjacency, cost: (_ a: UInt32, _ b: UInt32, _ length: Double) -> Double = { $2 }
    ) -> [Float] {
        let (weld, oneRing) = (adjacency.weld, adjacency.oneRing())
        let positions = adjacency.positions.map { SIMD3<Double>($0) }
        var distances = [Double](repeating: .infinity, count: weld.count)
        var queue = DistanceQueue()
        for source in sources where vertices.indices.contains(source) {
            let vertex = weld.welded[source]
            distances[Int(vertex)] = 0
            queue.push(0, vertex)
        }
        while let (distance, vertex) = queue.pop() {
            guard distance <= distances[Int(vertex)] else { continue }
            for neighbour in oneRing[Int(vertex)] {
                let candidate = distance + cost(vertex, neighbour, length(positions[Int(neighbour)] - positions[Int(vertex)]))
                if candidate < distances[Int(neighbour)] {
                    distances[Int(neighbour)] = candidate
                    queue.push(candidate, neighbour)
                }
            }
        }
        return weld.welded.map { Float(distances[Int($0)]) }
    }

    /// `count` vertices spread evenly: vertex `start`, then always the one farthest from all chosen so far (Euclidean; the lowest of ties).
    ///
    /// Only vertices that triangles use are chosen; `start` moves on to the next such one. Fewer than `count` come back if positions run out.
    /// - Complexity: O(#V count).
    package func farthestPoints(count: Int, from start: Int = 0) -> [Int] {
        let isReferenced = referencedVertices()
        let candidates = vertices.indices.filter { isReferenced[$0] }
        guard count > 0, let first = candidates.first(where: { $0 >= start }) ?? candidates.first else { return [] }
        var nearest = [Float](repeating: .infinity, count: candidates.count)
        let positions = candidates.map { vertices[$0] }
        var chosen = [first]
        var latest = vertices[first]
        while chosen.count < min(count, candidates.count) {
            var best = (index: 0, distance: Float(0))
            for index in positions.indices {
                let offset = positions[index] - latest
                let distance = min(nearest[index], dot(offset, offset))
                nearest[index] = distance
                if distance > best.distance { best = (index, distance) }
            }
            guard best.distance > 0 else { break }
            chosen.append(candidates[best.index])
            latest = positions[best.index]
        }
        return chosen
    }
}

/// A binary heap of vertices by distance, the lower vertex first among equals.
private struct DistanceQueue {
    private var items: [(distance: Double, vertex: UInt32)] = []

    mutating func push(_ distance: Double, _ vertex: UInt32) {
        items.append((distance, vertex))
        var child = items.count - 1
        while child > 0, items[child] < items[(child - 1) / 2] {
            items.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> (Double, UInt32)? {
        guard let first = items.first, let last = items.popLast() else { return nil }
        guard !items.isEmpty else { return first }
        items[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && items[child] < items[least] { least = child }
            guard least != parent else { return first }
            items.swapAt(parent, least)
            parent = least
        }
    }
}
