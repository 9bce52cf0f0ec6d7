import BSBBasics
import BSBShapes

/// What hangs together of a set of points on a surface: the pieces that a person would point at, of meshes of one shell and of many.
///
/// Two points hang together where a path of edges leads from one to the other inside the set. Objects are often put together from many
/// shells that share no vertex: a lens in its frame, a cushion on its seat, a peg stuck into a guitar's head. So pieces on different shells
/// of the mesh also hang together where a quarter of one's points lie in the box around the other, to within a twentieth of that box's
/// diagonal.
package struct HangingPieces: Sendable {
    /// How far a box may reach beyond the box it lies in, as a share of that one's diagonal.
    package var tolerance: Float = 0.05
    /// The share of a piece's points that have to be in another's box for the two to hang together.
    package var share: Float = 0.25

    /// The usual way.
    package init() {}

    /// #W: for each point of the set the lowest point that it hangs together with, -1 for all others.
    ///
    /// - Complexity: O(#W + #E + p (log p)^2 + n) for p pieces by edges and the n points of those whose boxes meet.
    package func numbers(of isInside: [Bool], in adjacency: Adjacency) -> [Int] {
        var sets = DisjointSets(count: isInside.count)
        for edge in adjacency.edges where isInside[Int(edge.a)] && isInside[Int(edge.b)] { sets.join(Int(edge.a), Int(edge.b)) }
        let pieces = pieces(sets.roots(), isInside, adjacency)
        // What hangs together with a piece is taken out, and so is what hangs together with that.
        var tree = BoxTree(pieces.map(\.reach))
        var isTaken = [Bool](repeating: false, count: pieces.count)
        for first in pieces.indices where !isTaken[first] {
            var open = [first]
            while let next = open.popLast() {
                let found = tree.take(meeting: pieces[next].reach) { hang(pieces[next], pieces[$0]) }
                for other in found {
                    isTaken[other] = true
                    sets.join(pieces[next].root, pieces[other].root)
                }
                open += found
            }
        }
        let roots = sets.roots()
        return isInside.indices.map { isInside[$0] ? roots[$0] : -1 }
    }

    /// A piece by edges: its points' positions, the box around them, and the shell of the mesh that it is on.
    private struct Piece {
        var root: Int
        var shell: UInt32
        var positions: [SIMD3<Float>] = []
        var box = BoxTree.Box()
        /// The box and what may still lie within it.
        var reach = BoxTree.Box()
    }

    private func hang(_ a: Piece, _ b: Piece) -> Bool { a.shell != b.shell && (lies(a, within: b) || lies(b, within: a)) }

    private func pieces(_ roots: [Int], _ isInside: [Bool], _ adjacency: Adjacency) -> [Piece] {
        let shells = adjacency.vertexComponents()
        var numberOfRoot: [Int: Int] = [:]
        var pieces: [Piece] = []
        for (point, position) in adjacency.positions.enumerated() where isInside[point] {
            let number = numberOfRoot[roots[point]] ?? pieces.count
            if number == pieces.count {
                numberOfRoot[roots[point]] = number
                pieces.append(Piece(root: roots[point], shell: shells[point]))
            }
            pieces[number].positions.append(position)
            pieces[number].box.add(.init(low: position, high: position))
        }
        for number in pieces.indices {
            let box = pieces[number].box
            let extent = box.high - box.low
            let room = (extent * extent).sum().squareRoot() * tolerance
            pieces[number].reach = BoxTree.Box(low: box.low - room, high: box.high + room)
        }
        return pieces
    }

    /// Whether so large a share of a piece is in another's box.
    private func lies(_ piece: Piece, within other: Piece) -> Bool {
        guard piece.box.meets(other.reach) else { return false }
        return Float(piece.positions.count { all($0 .>= other.reach.low) && all($0 .<= other.reach.high) }) >= share
            * Float(piece.positions.count)
    }
}
