/// Keeps of a part what hangs together with the clicks, so that one handle of two is one handle; see ``HangingPieces``.
package struct ConnectedPiece: Sendable {
    /// What hangs together.
    package var pieces = HangingPieces()

    /// The usual way.
    package init() {}

    /// The part without the pieces that hang together with no foreground click; unchanged if no click is in it.
    ///
    /// - Parameters:
    ///   - segment: the part.
    ///   - clicks: what it is the answer to.
    ///   - surface: the mesh's neighbourhoods.
    /// - Complexity: that of ``HangingPieces/numbers(of:in:)``.
    package func kept(_ segment: SurfaceSegment, clicks: [SurfaceClick], surface: SurfaceModel) -> SurfaceSegment {
        let adjacency = surface.adjacency
        // A welded vertex is in the part if any vertex in its place is.
        var isInside = [Bool](repeating: false, count: adjacency.weld.count)
        for (vertex, label) in segment.vertexLabels.enumerated() where label { isInside[Int(surface.pointOfVertex[vertex])] = true }
        let clicked = clicks.filter(\.isForeground).map { Int(surface.pointOfVertex[$0.vertex]) }.filter { isInside[$0] }
        guard !clicked.isEmpty else { return segment }
        let numbers = pieces.numbers(of: isInside, in: adjacency)
        let kept = Set(clicked.map { numbers[$0] })
        var result = segment
        for (vertex, point) in surface.pointOfVertex.enumerated() where isInside[Int(point)] && !kept.contains(numbers[Int(point)]) {
            result.probability[vertex] = min(result.probability[vertex], segment.threshold.nextDown)
        }
        return result
    }
}
