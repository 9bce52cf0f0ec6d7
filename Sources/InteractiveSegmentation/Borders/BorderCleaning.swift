/// Moves the border of a part to where it is short and in concave creases, and drops specks.
///
/// The border is the minimum cut of the graph of vertices and edges. A vertex on the other side than its probability says costs the
/// area around it times the difference of the log-odds; an edge that is cut costs the length of the border across it, less in concave creases
/// (the minima rule: people see parts meet where a surface bends inwards, Hoffman and Richards 1984).
package struct BorderCleaning: Sendable, Hashable, Codable {
    /// How far a border moves to become shorter by its own length, where a vertex's log-odds are 1; in units of the mesh's unit ball.
    package var reach: Float = 0.05
    /// The concave curvature that halves the cost of a border, in one over the same units.
    package var creaseCurvature: Float = 4
    /// Log-odds of probabilities end here on either side.
    package var largestLogOdds: Float = 3
    /// Pieces of the part without a wanted click, and holes without an unwanted one, are dropped below this share of the part's area.
    package var speckShare: Float = 0.05

    /// The default cleaning.
    package init() {}

    /// The part with its border moved.
    ///
    /// Probabilities of vertices that change sides move just across the threshold; clicked vertices keep the side they were clicked for.
    ///
    /// - Parameters:
    ///   - segment: the part.
    ///   - clicks: the clicks that it answers.
    ///   - surface: the mesh in the unit ball.
    /// - Complexity: that of a minimum cut, near linear in practice.
    package func cleaned(_ segment: SurfaceSegment, clicks: [SurfaceClick], surface: SurfaceModel) -> SurfaceSegment {
        let graph = SurfaceGraph(surface)
        var isInside = cut(segment, clicks, graph)
        dropSpecks(&isInside, clicks, graph)
        var result = segment
        for (vertex, point) in graph.pointOfVertex.enumerated() {
            // What no triangle uses has no border.
            let isIn = segment.probability[vertex] >= segment.threshold
            guard graph.areas[Int(point)] > 0, isInside[Int(point)] != isIn else { continue }
            result.probability[vertex] = isInside[Int(point)] ? segment.threshold : segment.threshold.nextDown
        }
        return result
    }

    /// #points: the side of each point in the minimum cut.
    private func cut(_ segment: SurfaceSegment, _ clicks: [SurfaceClick], _ graph: SurfaceGraph) -> [Bool] {
        // Capacities in steps of a billionth of the surface's area.
        let unit = 1e9 / max(graph.areas.reduce(0, +), .leastNormalMagnitude)
        var minimum = MinimumCut(nodes: graph.areas.count)
        let offset = logOdds(segment.threshold, edge: 1e-4)
        for (vertex, point) in graph.pointOfVertex.enumerated() {
            let odds = min(max(logOdds(segment.probability[vertex], edge: 1e-4) - offset, -largestLogOdds), largestLogOdds)
            let cost = Int64((Double(abs(odds)) * graph.areas[Int(point)] / graph.copies[Int(point)] * unit).rounded())
            minimum.addTerminal(Int(point), fromSource: odds > 0 ? cost : 0, toSink: odds > 0 ? 0 : cost)
        }
        for click in clicks {
            let point = Int(graph.pointOfVertex[click.vertex])
            minimum.addTerminal(point, fromSource: click.isForeground ? 1 << 50 : 0, toSink: click.isForeground ? 0 : 1 << 50)
        }
        for (edge, length, curvature) in zip(graph.edges, zip(graph.crossings, graph.curvatures)).map({ ($0, $1.0, $1.1) }) {
            let ease = 1 + max(0, -curvature) / Double(creaseCurvature)
            minimum.addEdge(Int(edge.x), Int(edge.y), Int64((Double(reach) * length / ease * unit).rounded()))
        }
        return minimum.sourceSide()
    }

    private func dropSpecks(_ isInside: inout [Bool], _ clicks: [SurfaceClick], _ graph: SurfaceGraph) {
        let whole = graph.areas.indices.reduce(0.0) { $0 + (isInside[$1] ? graph.areas[$1] : 0) }
        for side in [true, false] {
            let kept = Set(clicks.filter { $0.isForeground == side }.map { graph.pointOfVertex[$0.vertex] })
            for region in graph.regions(isInside.map { $0 == side }) {
                let area = region.reduce(0.0) { $0 + graph.areas[Int($1)] }
                guard area < Double(speckShare) * whole, kept.isDisjoint(with: region), graph.hasBorder(region, isInside) else { continue }
                for point in region { isInside[Int(point)] = !side }
            }
        }
    }
}
