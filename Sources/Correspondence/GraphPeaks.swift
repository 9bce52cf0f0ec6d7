import BSBBasics

/// A local maximum of values on a graph.
package struct GraphPeak: Sendable, Hashable {
    /// The node of the maximum.
    package var node: Int
    /// Its value.
    package var value: Float
    /// How far one has to go down from it to reach a higher maximum; infinite for the highest of a connected part.
    package var prominence: Float
}

/// Finds the local maxima of values on a graph that stand out, by persistence: the values are flooded from the top, each maximum starts a
/// lake, and where two lakes meet the one with the lower maximum ends.
package enum GraphPeaks {
    /// The maxima whose prominence is at least `prominence`, the highest first, ties by the lower node.
    ///
    /// - Parameters:
    ///   - values: for each node; nodes of `-infinity` are left out.
    ///   - edges: pairs of nodes.
    ///   - prominence: how much a maximum must stand out.
    /// - Complexity: O(nodes log nodes + edges).
    package static func find(_ values: [Float], edges: [SIMD2<Int32>], prominence: Float) -> [GraphPeak] {
        let order = values.indices.filter { values[$0] > -.infinity }.sorted { (values[$0], $1) > (values[$1], $0) }
        var place = [Int](repeating: .max, count: values.count)
        for (position, node) in order.enumerated() { place[node] = position }
        let neighbours = adjacency(values.count, edges)
        var (lakes, isFlooded) = (DisjointSets(count: values.count), [Bool](repeating: false, count: values.count))
        var peaks: [GraphPeak] = []
        for node in order {
            // A lake's root is its maximum, the node of the lowest place.
            isFlooded[node] = true
            for neighbour in neighbours.values[neighbours.starts[node]..<neighbours.starts[node + 1]] where isFlooded[Int(neighbour)] {
                let (a, b) = (lakes.root(node), lakes.root(Int(neighbour)))
                guard a != b else { continue }
                let (high, low) = place[a] < place[b] ? (a, b) : (b, a)
                lakes.attach(low, to: high)
                let fall = values[low] - values[node]
                if low != node, fall >= prominence { peaks.append(GraphPeak(node: low, value: values[low], prominence: fall)) }
            }
        }
        for node in order where lakes.root(node) == node { peaks.append(GraphPeak(node: node, value: values[node], prominence: .infinity)) }
        return peaks.sorted { place[$0.node] < place[$1.node] }
    }

    private static func adjacency(_ count: Int, _ edges: [SIMD2<Int32>]) -> (starts: [Int], values: [Int32]) {
        var starts = [Int](repeating: 0, count: count + 1)
        for edge in edges {
            starts[Int(edge.x) + 1] += 1
            starts[Int(edge.y) + 1] += 1
        }
        for node in 0..<count { starts[node + 1] += starts[node] }
        var (next, values) = (starts, [Int32](repeating: 0, count: 2 * edges.count))
        for edge in edges {
            for (from, to) in [(edge.x, edge.y), (edge.y, edge.x)] {
                values[next[Int(from)]] = to
                next[Int(from)] += 1
            }
        }
        return (starts, values)
    }
}
