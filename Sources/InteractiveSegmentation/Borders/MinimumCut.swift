/// A graph between a source and a sink, and its minimum cut by Dinic's algorithm (Dinic 1970).
///
/// Capacities are whole numbers, so that the cut is exact and the same everywhere.
struct MinimumCut {
    /// Arcs in pairs: arc `2 k` and the arc `2 k + 1` back.
    private var heads: [Int32] = []
    private var capacities: [Int64] = []
    /// The first arc from each node, and after each arc the next from the same node; -1 at the end.
    private var firstArc: [Int32]
    private var nextArc: [Int32] = []
    private let source: Int
    private let sink: Int

    /// A graph of `nodes` nodes beside source and sink, without edges.
    init(nodes: Int) {
        firstArc = [Int32](repeating: -1, count: nodes + 2)
        (source, sink) = (nodes, nodes + 1)
    }

    /// Says what it costs to have a node on the sink's side, and on the source's.
    mutating func addTerminal(_ node: Int, fromSource: Int64, toSink: Int64) {
        // What both share is paid in any case.
        let shared = min(fromSource, toSink)
        if fromSource > shared { addArcs(source, node, fromSource - shared, 0) }
        if toSink > shared { addArcs(node, sink, toSink - shared, 0) }
    }

    /// Says what it costs to have two nodes on different sides.
    mutating func addEdge(_ a: Int, _ b: Int, _ capacity: Int64) { addArcs(a, b, capacity, capacity) }

    private mutating func addArcs(_ a: Int, _ b: Int, _ forward: Int64, _ backward: Int64) {
        for (from, to, capacity) in [(a, b, forward), (b, a, backward)] {
            heads.append(Int32(to))
            capacities.append(capacity)
            nextArc.append(firstArc[from])
            firstArc[from] = Int32(heads.count - 1)
        }
    }

    /// For each node, whether it is on the source's side of the minimum cut that is nearest to the source.
    ///
    /// Complexity: O(nodes² edges) at worst; near linear on the graphs of surfaces.
    mutating func sourceSide() -> [Bool] {
        while true {
            let levels = self.levels()
            guard levels[sink] >= 0 else { return (0..<source).map { levels[$0] >= 0 } }
            saturate(levels)
        }
    }

    /// The number of arcs with room left from the source to each node; -1 for nodes that cannot be reached.
    private func levels() -> [Int32] {
        var levels = [Int32](repeating: -1, count: firstArc.count)
        levels[source] = 0
        var queue = [Int32(source)]
        var place = 0
        while place < queue.count {
            let node = Int(queue[place])
            place += 1
            var arc = Int(firstArc[node])
            while arc >= 0 {
                let head = Int(heads[arc])
                if capacities[arc] > 0, levels[head] < 0 {
                    levels[head] = levels[node] + 1
                    queue.append(Int32(head))
                }
                arc = Int(nextArc[arc])
            }
        }
        return levels
    }

    /// Sends flow along all shortest ways until each is blocked.
    private mutating func saturate(_ levels: [Int32]) {
        var current = firstArc
        var way: [Int] = []
        var node = source
        while true {
            if node == sink {
                node = push(along: &way)
            } else if let arc = nextOpenArc(of: node, &current, levels) {
                way.append(arc)
                node = Int(heads[arc])
            } else {
                guard let last = way.popLast() else { return }
                // Nothing leads on from here: the arc that led here is done with.
                node = Int(heads[last ^ 1])
                current[node] = nextArc[Int(current[node])]
            }
        }
    }

    private func nextOpenArc(of node: Int, _ current: inout [Int32], _ levels: [Int32]) -> Int? {
        while current[node] >= 0 {
            let arc = Int(current[node])
            if capacities[arc] > 0, levels[Int(heads[arc])] == levels[node] + 1 { return arc }
            current[node] = nextArc[arc]
        }
        return nil
    }

    /// Sends as much as the way allows, and shortens it to before its first full arc; the node where it then ends.
    private mutating func push(along way: inout [Int]) -> Int {
        let amount = way.reduce(Int64.max) { min($0, capacities[$1]) }
        for arc in way {
            capacities[arc] -= amount
            capacities[arc ^ 1] += amount
        }
        guard let full = way.firstIndex(where: { capacities[$0] == 0 }) else { return source }
        let node = Int(heads[way[full] ^ 1])
        way.removeSubrange(full...)
        return node
    }
}
