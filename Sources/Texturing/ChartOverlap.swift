import BSBBasics

/// Cuts a flat chart into pieces that do not lie over themselves.
///
/// A flattening without folds may still come to lie over itself further away, as a spiral ramp does. Triangles are taken in breadth-first
/// order; one that overlaps what was taken is left for a later piece.
struct ChartOverlap {
    private let part: SurfacePart
    /// 3 for each triangle of the part.
    private let flat: [SIMD2<Double>]
    private let neighbours: [[Int]]
    private let chart: [Int]

    /// A chart of triangles of a part.
    init(_ chart: [Int], of part: SurfacePart, flat: [SIMD2<Double>]) {
        (self.chart, self.part, self.flat) = (chart, part, flat)
        var members: [SIMD2<Int>: [Int]] = [:]
        for (index, triangle) in chart.enumerated() {
            for edge in Self.edges(part.triangles[triangle]) { members[edge, default: []].append(index) }
        }
        neighbours = chart.map { triangle in Self.edges(part.triangles[triangle]).flatMap { members[$0] ?? [] } }
    }

    private static func edges(_ corners: SIMD3<Int>) -> [SIMD2<Int>] {
        (0..<3).map { side in
            let (a, b) = (corners[side], corners[(side + 1) % 3])
            return [min(a, b), max(a, b)]
        }
    }

    /// The pieces, each connected and ascending, the one with the first triangle first.
    ///
    /// Complexity: O(triangles) for each piece, where triangles are of similar sizes.
    func pieces() -> [[Int]] {
        var left = [Bool](repeating: true, count: chart.count)
        var pieces: [[Int]] = []
        while let start = left.firstIndex(of: true) {
            let piece = piece(from: start, among: left)
            for index in piece { left[index] = false }
            pieces.append(piece.map { chart[$0] }.sorted())
        }
        return pieces
    }

    private func piece(from start: Int, among left: [Bool]) -> [Int] {
        var shelf = TriangleShelf(corners: chart.indices.map(corners))
        var (queue, isSeen) = ([start], [Bool](repeating: false, count: chart.count))
        isSeen[start] = true
        var (next, piece) = (0, [Int]())
        while next < queue.count {
            let index = queue[next]
            next += 1
            guard shelf.place(index) else { continue }
            piece.append(index)
            for other in neighbours[index] where left[other] && !isSeen[other] {
                isSeen[other] = true
                queue.append(other)
            }
        }
        return piece
    }

    private func corners(_ index: Int) -> [SIMD2<Double>] { (0..<3).map { flat[3 * chart[index] + $0] } }
}

/// Triangles of the plane in a grid of cells, none of which overlaps another.
private struct TriangleShelf {
    private let corners: [[SIMD2<Double>]]
    private let origin: SIMD2<Double>
    private let cell: Double
    /// How deep two triangles may reach into each other without overlapping: rounding at a common edge.
    private let slack: Double
    private var cells: [SIMD2<Int>: [Int]] = [:]

    init(corners: [[SIMD2<Double>]]) {
        self.corners = corners
        let all = corners.joined()
        let first = all.first ?? .zero
        let (low, high) = (all.reduce(first) { pointwiseMin($0, $1) }, all.reduce(first) { pointwiseMax($0, $1) })
        let extent = max((high - low).max(), 1e-12)
        origin = low
        cell = extent / min(128, max(1, Double(corners.count).squareRoot()))
        slack = 1e-9 * extent
    }

    /// Places a triangle, unless it overlaps one that was placed.
    mutating func place(_ index: Int) -> Bool {
        let (columns, rows) = span(corners[index])
        for row in rows {
            for column in columns {
                for other in cells[[column, row]] ?? [] where overlap(corners[index], corners[other]) { return false }
            }
        }
        for row in rows { for column in columns { cells[[column, row], default: []].append(index) } }
        return true
    }

    private func span(_ corners: [SIMD2<Double>]) -> (columns: ClosedRange<Int>, rows: ClosedRange<Int>) {
        let low = (pointwiseMin(corners[0], pointwiseMin(corners[1], corners[2])) - origin) / cell
        let high = (pointwiseMax(corners[0], pointwiseMax(corners[1], corners[2])) - origin) / cell
        return (Int(low.x)...Int(high.x), Int(low.y)...Int(high.y))
    }

    /// Whether the interiors meet: no side of either triangle parts the two.
    private func overlap(_ a: [SIMD2<Double>], _ b: [SIMD2<Double>]) -> Bool {
        for (one, other) in [(a, b), (b, a)] {
            for side in 0..<3 {
                let along = one[(side + 1) % 3] - one[side]
                let length = length(along)
                // A triangle without area covers nothing.
                guard length > slack else { return false }
                let normal = SIMD2(-along.y, along.x) / length
                let own = ((one[(side + 2) % 3] - one[side]) * normal).sum()
                guard abs(own) > slack else { return false }
                let reach = other.map { (($0 - one[side]) * normal).sum() * (own < 0 ? -1 : 1) }.max()!
                if reach <= slack { return false }
            }
        }
        return true
    }
}
