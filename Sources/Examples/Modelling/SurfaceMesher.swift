import BSBBasics

/// Turns a solid into a closed mesh of nearly square quadrilaterals by dual marching cubes.
///
/// Each grid cell that the surface passes gets one vertex for each sheet of surface in it, so that two sheets never share a vertex
/// (Nielson, Dual Marching Cubes, 2004); then vertices are evened out along the surface.
struct SurfaceMesher {
    /// Vertices on the surface.
    private(set) var vertices: [Point] = []
    /// Four vertices each, counter-clockwise seen from outside.
    private(set) var quads: [SIMD4<Int32>] = []

    private let solid: Solid
    private let cell: Float
    private let origin: Point
    private let counts: SIMD3<Int>
    private var values: [Float]
    private var firstVertex: [Int32]
    private var leaves: [SIMD3<Int>] = []

    /// Blocks of this many cells along each side are sampled as a whole.
    private static let leafSize = 4
    /// How much a distance may overestimate before a surface is missed.
    private static let slack: Float = 1.3

    /// The mesh of the surface of `solid` with edges about `cell` long.
    ///
    /// - Complexity: O(*a*), where *a* is the number of cells near the surface, plus clearing one number for every cell of its bounds.
    init(_ solid: Solid, cell: Float, relaxations: Int) {
        self.init(sampling: solid, cell: cell)
        placeVertices()
        connect()
        project()
        for _ in 0..<relaxations {
            smooth(0.5)
            project()
        }
        // Where the surface bends within a cell, vertices stand in steps along the bend: level those, keeping the volume (Taubin 1995).
        for _ in 0..<6 {
            smooth(0.5)
            smooth(-0.52)
        }
        (values, firstVertex, leaves) = ([], [], [])
    }

    /// The number of vertices that ``init(_:cell:relaxations:)`` would give.
    static func vertexCount(_ solid: Solid, cell: Float) -> Int {
        var count = 0
        Self(sampling: solid, cell: cell).forEachCutCell { _, inside in count += CellCase.all[inside].sheets }
        return count
    }

    private init(sampling solid: Solid, cell: Float) {
        self.solid = solid
        self.cell = cell
        origin = solid.bounds.low - cell * 1.5
        let size = (solid.bounds.size + cell * 3) / cell
        counts = SIMD3(Int(size.x.rounded(.up)), Int(size.y.rounded(.up)), Int(size.z.rounded(.up))) &+ 1
        let total = counts.x * counts.y * counts.z
        values = [Float](repeating: .nan, count: total)
        firstVertex = [Int32](repeating: -1, count: total)
        descend(from: SIMD3(0, 0, 0), size: Self.powerOfTwo(atLeast: max(counts.x, counts.y, counts.z)))
    }

    private static func powerOfTwo(atLeast count: Int) -> Int {
        var size = leafSize
        while size < count { size *= 2 }
        return size
    }

    private func index(_ at: SIMD3<Int>) -> Int {
        at.x + counts.x * (at.y + counts.y * at.z)
    }

    private func position(_ at: SIMD3<Int>) -> Point {
        origin + Point(Float(at.x), Float(at.y), Float(at.z)) * cell
    }

    /// Samples the blocks that may hold surface, skipping those that the distance at their middle shows to be empty or full.
    private mutating func descend(from corner: SIMD3<Int>, size: Int) {
        guard corner.x < counts.x, corner.y < counts.y, corner.z < counts.z else { return }
        let half = Float(size) * cell / 2
        let middle = position(corner) + half
        guard abs(solid.distance(middle)) <= half * 1.7321 * Self.slack else { return }
        guard size > Self.leafSize else { return sampleLeaf(corner) }
        for child in 0..<8 {
            descend(from: corner &+ SIMD3(child & 1, (child >> 1) & 1, child >> 2) &* (size / 2), size: size / 2)
        }
    }

    private mutating func sampleLeaf(_ corner: SIMD3<Int>) {
        leaves.append(corner)
        for z in corner.z...min(corner.z + Self.leafSize, counts.z - 1) {
            for y in corner.y...min(corner.y + Self.leafSize, counts.y - 1) {
                for x in corner.x...min(corner.x + Self.leafSize, counts.x - 1) {
                    let at = SIMD3(x, y, z)
                    let i = index(at)
                    if values[i].isNaN { values[i] = solid.distance(position(at)) }
                }
            }
        }
    }

    /// Calls `body` with each sampled cell and the set of its corners that are inside, if the surface passes it.
    private func forEachCutCell(_ body: (SIMD3<Int>, Int) -> Void) {
        for leaf in leaves {
            for z in leaf.z..<min(leaf.z + Self.leafSize, counts.z - 1) {
                for y in leaf.y..<min(leaf.y + Self.leafSize, counts.y - 1) {
                    for x in leaf.x..<min(leaf.x + Self.leafSize, counts.x - 1) {
                        let at = SIMD3(x, y, z)
                        let inside = insideCorners(index(at))
                        if inside != 0, inside != 255 { body(at, inside) }
                    }
                }
            }
        }
    }

    private func insideCorners(_ cellIndex: Int) -> Int {
        let (up, back) = (counts.x, counts.x * counts.y)
        var mask = 0
        for corner in 0..<8 {
            let i = cellIndex + (corner & 1) + ((corner >> 1) & 1) * up + (corner >> 2) * back
            if values[i] < 0 { mask |= 1 << corner }
        }
        return mask
    }

    private mutating func placeVertices() {
        var placed: [Point] = []
        var first = firstVertex
        forEachCutCell { at, inside in
            first[index(at)] = Int32(placed.count)
            var sums = [Point](repeating: .zero, count: CellCase.all[inside].sheets)
            var crossings = [Float](repeating: 0, count: sums.count)
            for edge in 0..<12 {
                let sheet = CellCase.all[inside].sheetOfEdge[edge]
                guard sheet >= 0 else { continue }
                sums[sheet] += crossing(at, edge)
                crossings[sheet] += 1
            }
            for (sum, count) in zip(sums, crossings) { placed.append(sum / count) }
        }
        (vertices, firstVertex) = (placed, first)
    }

    private func crossing(_ at: SIMD3<Int>, _ edge: Int) -> Point {
        let (from, to) = CellCase.corners(of: edge)
        let (a, b) = (at &+ CellCase.offset(from), at &+ CellCase.offset(to))
        let (da, db) = (values[index(a)], values[index(b)])
        return position(a) + (position(b) - position(a)) * (da / (da - db))
    }

    /// A quadrilateral across every grid edge that the surface cuts, between the four cells around it.
    private mutating func connect() {
        var result: [SIMD4<Int32>] = []
        forEachCutCell { at, inside in
            for axis in 0..<3 where (inside & 1 != 0) != (inside & (1 << (1 << axis)) != 0) {
                guard let quad = quad(across: axis, at) else { continue }
                result.append(inside & 1 != 0 ? quad : SIMD4(quad.w, quad.z, quad.y, quad.x))
            }
        }
        quads = result
    }

    private func quad(across axis: Int, _ at: SIMD3<Int>) -> SIMD4<Int32>? {
        var quad = SIMD4<Int32>(repeating: -1)
        for (k, back) in [(0, 0), (1, 0), (1, 1), (0, 1)].enumerated() {
            var cell = at
            cell[(axis + 1) % 3] -= back.0
            cell[(axis + 2) % 3] -= back.1
            guard cell.min() >= 0, firstVertex[index(cell)] >= 0 else { return nil }
            let sheet = CellCase.all[insideCorners(index(cell))].sheetOfEdge[axis * 4 + back.0 + 2 * back.1]
            quad[k] = firstVertex[index(cell)] + Int32(sheet)
        }
        return quad
    }

    /// Moves every vertex a part of the way to the mean of its neighbours.
    private mutating func smooth(_ part: Float) {
        var sums = [Point](repeating: .zero, count: vertices.count)
        var degrees = [Float](repeating: 0, count: vertices.count)
        for quad in quads {
            for k in 0..<4 {
                let from = Int(quad[k])
                sums[from] += vertices[Int(quad[(k + 1) & 3])]
                degrees[from] += 1
            }
        }
        for i in vertices.indices where degrees[i] > 0 {
            vertices[i] += (sums[i] / degrees[i] - vertices[i]) * part
        }
    }

    /// One Newton step of every vertex to the surface, with the gradient from four samples at the corners of a tetrahedron.
    private mutating func project() {
        let reach = cell * 0.05
        let corners: [Point] = [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]
        for i in vertices.indices {
            var gradient = Point.zero
            var value: Float = 0
            for corner in corners {
                let sample = solid.distance(vertices[i] + corner * reach)
                gradient += corner * sample
                value += sample / 4
            }
            gradient /= 4 * reach
            let square = max(dot(gradient, gradient), 0.1)
            vertices[i] -= gradient * min(max(value / square, -cell / 2), cell / 2)
        }
    }
}

/// Which of a cell's edges are joined by one sheet of surface, for each set of corners inside.
///
/// Corner c has offset (c & 1, c >> 1 & 1, c >> 2). Edge 4 a + u + 2 v runs along axis a, at u and v along the next two axes.
private struct CellCase {
    /// For each edge, the sheet that cuts it, or -1.
    var sheetOfEdge: [Int]
    var sheets: Int

    static let all: [CellCase] = (0..<256).map(CellCase.init)

    static func offset(_ corner: Int) -> SIMD3<Int> {
        SIMD3(corner & 1, (corner >> 1) & 1, corner >> 2)
    }

    static func corners(of edge: Int) -> (Int, Int) {
        let axis = edge >> 2
        let from = (edge & 1) << ((axis + 1) % 3) | ((edge >> 1) & 1) << ((axis + 2) % 3)
        return (from, from | 1 << axis)
    }

    private init(inside: Int) {
        var group = Array(0..<12)
        for axis in 0..<3 {
            for side in 0..<2 { Self.join(&group, inside, axis, side) }
        }
        var numbers: [Int: Int] = [:]
        sheetOfEdge = (0..<12).map { edge in
            let (from, to) = Self.corners(of: edge)
            guard (inside >> from) & 1 != (inside >> to) & 1 else { return -1 }
            if numbers[group[edge]] == nil { numbers[group[edge]] = numbers.count }
            return numbers[group[edge]]!
        }
        sheets = numbers.count
    }

    /// Joins the edges that the surface connects across one face; where it may go two ways, it goes around the corners inside.
    private static func join(_ group: inout [Int], _ inside: Int, _ axis: Int, _ side: Int) {
        let (u, v) = ((axis + 1) % 3, (axis + 2) % 3)
        let corners = [(0, 0), (1, 0), (1, 1), (0, 1)].map { side << axis | $0.0 << u | $0.1 << v }
        let edges = (0..<4).map { edge(between: corners[$0], and: corners[($0 + 1) & 3]) }
        let isInside = corners.map { (inside >> $0) & 1 == 1 }
        let cut = (0..<4).filter { isInside[$0] != isInside[($0 + 1) & 3] }
        if cut.count == 2 {
            merge(&group, edges[cut[0]], edges[cut[1]])
        } else if cut.count == 4 {
            for k in 0..<4 where isInside[k] { merge(&group, edges[k], edges[(k + 3) & 3]) }
        }
    }

    private static func edge(between a: Int, and b: Int) -> Int {
        (0..<12).first { corners(of: $0) == (min(a, b), max(a, b)) }!
    }

    private static func merge(_ group: inout [Int], _ a: Int, _ b: Int) {
        let (from, to) = (group[b], group[a])
        for i in group.indices where group[i] == from { group[i] = to }
    }
}
