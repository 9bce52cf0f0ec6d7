import BSBBasics
import BSBShapes

/// Keeps of a part what hangs together with the clicks, so that one handle of two is one handle.
///
/// Two of the part's vertices hang together where a path of edges leads from one to the other inside the part; vertices in one place are
/// one. Objects are often put together from many shells that share no vertex: a lens in its frame, a cushion on its seat, a peg stuck into a
/// guitar's head. So pieces of different shells of the mesh also hang together where a quarter of one's vertices lie in the box around the
/// other, to within a twentieth of that box's diagonal.
package struct ConnectedPiece: Sendable {
    /// How far a box may reach beyond the box it lies in, as a share of that one's diagonal.
    package var tolerance: Float = 0.05
    /// The share of a piece's vertices that have to be in another's box for the two to hang together.
    package var share: Float = 0.25

    /// The usual way.
    package init() {}

    /// The part without the pieces that hang together with no foreground click; unchanged if no click is in it.
    ///
    /// - Parameters:
    ///   - segment: the part.
    ///   - clicks: what it is the answer to.
    ///   - surface: the mesh's neighbourhoods.
    /// - Complexity: O(#V + #E + pieces x log pieces + pieces that are kept x vertices of those whose boxes meet).
    package func kept(_ segment: SurfaceSegment, clicks: [SurfaceClick], surface: SurfaceModel) -> SurfaceSegment {
        let adjacency = surface.adjacency
        // A welded vertex is in the part if any vertex in its place is.
        var isInside = [Bool](repeating: false, count: adjacency.weld.count)
        for (vertex, label) in segment.vertexLabels.enumerated() where label { isInside[Int(surface.pointOfVertex[vertex])] = true }
        let shells = Self.numbers(adjacency) { _ in true }
        let pieces = Self.numbers(adjacency) { isInside[$0] }
        let clicked = clicks.filter(\.isForeground).map { Int(surface.pointOfVertex[$0.vertex]) }.filter { isInside[$0] }.map { pieces[$0] }
        guard !clicked.isEmpty else { return segment }
        let kept = spread(from: Set(clicked), gather(isInside, pieces, shells, adjacency))
        var result = segment
        for (vertex, point) in surface.pointOfVertex.enumerated() where isInside[Int(point)] && !kept.contains(pieces[Int(point)]) {
            result.probability[vertex] = min(result.probability[vertex], segment.threshold.nextDown)
        }
        return result
    }

    /// A piece of the part: its vertices' positions, the box around them, and the shell of the mesh that it is on.
    private struct Piece {
        var positions: [SIMD3<Float>] = []
        var box = BoxTree.Box()
        var shell: Int

        mutating func add(_ position: SIMD3<Float>) {
            positions.append(position)
            box.add(.init(low: position, high: position))
        }

        /// The box, and as much around it as counts as within.
        func room(_ tolerance: Float) -> BoxTree.Box {
            let extent = box.high - box.low
            let room = (extent * extent).sum().squareRoot() * tolerance
            return .init(low: box.low - room, high: box.high + room)
        }

        /// Whether so large a share of this piece is in another's box.
        func lies(within other: Piece, tolerance: Float, share: Float) -> Bool {
            let room = other.room(tolerance)
            guard box.meets(room) else { return false }
            return Float(positions.count { all($0 .>= room.low) && all($0 .<= room.high) }) >= share * Float(positions.count)
        }
    }

    private func gather(_ isInside: [Bool], _ pieces: [Int], _ shells: [Int], _ adjacency: Adjacency) -> [Int: Piece] {
        var gathered: [Int: Piece] = [:]
        for (vertex, position) in adjacency.positions.enumerated() where isInside[vertex] {
            gathered[pieces[vertex], default: Piece(shell: shells[vertex])].add(position)
        }
        return gathered
    }

    /// The pieces that hang together with some, on other shells of the mesh too.
    private func spread(from first: Set<Int>, _ all: [Int: Piece]) -> Set<Int> {
        let numbers = all.keys.sorted()
        var tree = BoxTree(numbers.map { all[$0]!.room(tolerance) })
        var (kept, open) = (first, first.sorted())
        while let next = open.popLast() {
            let piece = all[next]!
            let found = tree.take(meeting: piece.room(tolerance)) { index in
                let other = all[numbers[index]]!
                return other.shell != piece.shell
                    && (piece.lies(within: other, tolerance: tolerance, share: share)
                        || other.lies(within: piece, tolerance: tolerance, share: share))
            }
            for number in found.map({ numbers[$0] }) where kept.insert(number).inserted { open.append(number) }
        }
        return kept
    }

    /// #W: for each welded vertex the lowest vertex that edges between chosen vertices lead to.
    private static func numbers(_ adjacency: Adjacency, where isChosen: (Int) -> Bool) -> [Int] {
        var sets = DisjointSets(count: adjacency.weld.count)
        for edge in adjacency.edges where isChosen(Int(edge.a)) && isChosen(Int(edge.b)) { sets.join(Int(edge.a), Int(edge.b)) }
        return sets.roots()
    }
}
