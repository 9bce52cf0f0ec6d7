import BSBBasics

/// Cuts polygons into triangles: fans for convex ones, ear clipping (Meisters 1975) for the others.
///
/// A polygon of n corners gives n - 2 triangles once repeated neighbours are removed. Polygons need not be planar: they are looked at
/// along their Newell normal.
struct PolygonTriangulator {
    /// The number of polygons whose ears ran out (self-crossing outlines) or took too long; the rest of each became a fan.
    private(set) var unfinished = 0
    /// Containment tests left for the whole mesh, which bounds the time that hostile outlines can take.
    private var budget = Self.mostTests
    private static let mostTests = 200_000_000
    /// The containment tests so far.
    var tests: Int { Self.mostTests - budget }

    private var outline: [UInt32] = []
    private var points: [SIMD2<Double>] = []
    private var next: [Int] = []
    private var previous: [Int] = []
    private var reflex = CornerGrid()

    /// Appends the triangles of the polygon with these corners; none if fewer than three neighbours differ.
    ///
    /// - Complexity: O(n) for convex polygons; for others O(n) as long as ears are small, O(n r) at worst for r reflex corners.
    mutating func triangulate(_ corners: ArraySlice<UInt32>, of vertices: [SIMD3<Float>], into faces: inout [SIMD3<UInt32>]) {
        setOutline(corners)
        guard outline.count >= 3 else { return }
        project(vertices)
        if outline.count == 3 || isConvex() {
            appendFan(Array(outline.indices), into: &faces)
        } else {
            clipEars(into: &faces)
        }
    }

    private mutating func setOutline(_ corners: ArraySlice<UInt32>) {
        outline.removeAll(keepingCapacity: true)
        for corner in corners where corner != outline.last { outline.append(corner) }
        while outline.count > 1, outline.first == outline.last { outline.removeLast() }
    }

    /// Looks at the outline along its normal, so that it turns counterclockwise.
    private mutating func project(_ vertices: [SIMD3<Float>]) {
        let corners = outline.map { SIMD3<Double>(vertices[Int($0)]) }
        let origin = corners[0]
        var normal = SIMD3<Double>.zero
        for index in 1..<corners.count - 1 { normal += cross(corners[index] - origin, corners[index + 1] - origin) }
        let size = SIMD3(abs(normal.x), abs(normal.y), abs(normal.z))
        points = corners.map { corner in
            let p = corner - origin
            if size.z >= size.x && size.z >= size.y { return normal.z >= 0 ? SIMD2(p.x, p.y) : SIMD2(p.y, p.x) }
            if size.x >= size.y { return normal.x >= 0 ? SIMD2(p.y, p.z) : SIMD2(p.z, p.y) }
            return normal.y >= 0 ? SIMD2(p.z, p.x) : SIMD2(p.x, p.z)
        }
    }

    /// Whether every corner turns left and the outline goes round once.
    private func isConvex() -> Bool {
        let count = points.count
        var quadrantChanges = 0
        for index in 0..<count {
            let a = points[index]
            let b = points[(index + 1) % count]
            let c = points[(index + 2) % count]
            if turn(a, b, c) < 0 { return false }
            if (b.x - a.x < 0) != (c.x - b.x < 0) { quadrantChanges += 1 }
        }
        return quadrantChanges <= 2
    }

    private mutating func appendFan(_ loop: [Int], into faces: inout [SIMD3<UInt32>]) {
        for index in 1..<max(1, loop.count - 1) { append(loop[0], loop[index], loop[index + 1], into: &faces) }
    }

    private func append(_ a: Int, _ b: Int, _ c: Int, into faces: inout [SIMD3<UInt32>]) {
        let face = SIMD3(outline[a], outline[b], outline[c])
        // An outline that touches itself names a vertex twice; a triangle that does so is none.
        if face.x != face.y && face.y != face.z && face.z != face.x { faces.append(face) }
    }

    private mutating func clipEars(into faces: inout [SIMD3<UInt32>]) {
        let count = outline.count
        next = (0..<count).map { ($0 + 1) % count }
        previous = (0..<count).map { ($0 + count - 1) % count }
        gatherReflex(among: Array(0..<count))
        var nextGathering = count / 2
        var current = 0
        var left = count
        var misses = 0
        while left > 3, misses <= left, budget > 0 {
            if isEar(current) {
                append(previous[current], current, next[current], into: &faces)
                next[previous[current]] = next[current]
                previous[next[current]] = previous[current]
                left -= 1
                misses = 0
                // Skipping a corner keeps the triangles from all meeting in one.
                current = next[next[current]]
                if left == nextGathering {
                    gatherReflex(among: reflex.corners)
                    nextGathering = left / 2
                }
            } else {
                misses += 1
                current = next[current]
            }
        }
        if left > 3 { unfinished += 1 }
        var loop = [current]
        while next[loop[loop.count - 1]] != current { loop.append(next[loop[loop.count - 1]]) }
        appendFan(loop, into: &faces)
    }

    /// Cutting ears only straightens corners: those that are no longer reflex need no more tests.
    private mutating func gatherReflex(among corners: [Int]) {
        let left = corners.filter { corner in
            next[previous[corner]] == corner && turn(points[previous[corner]], points[corner], points[next[corner]]) < 0
        }
        reflex = CornerGrid(left, points)
    }

    private mutating func isEar(_ corner: Int) -> Bool {
        let a = points[previous[corner]]
        let b = points[corner]
        let c = points[next[corner]]
        budget -= 1
        guard turn(a, b, c) >= 0 else { return false }
        let low = pointwiseMin(a, pointwiseMin(b, c))
        let high = pointwiseMax(a, pointwiseMax(b, c))
        let (columns, rows) = reflex.cells(from: low, to: high)
        for row in rows {
            for column in columns {
                let cell = reflex[column, row]
                budget -= 1 + cell.count
                for other in cell.lazy.map({ Int($0) }) where other != corner && other != previous[corner] && other != next[corner] {
                    let p = points[other]
                    guard p.x >= low.x, p.x <= high.x, p.y >= low.y, p.y <= high.y, next[previous[other]] == other else { continue }
                    // A corner at the very place of one of the ear's does not stop it: bridges to holes run there and back.
                    if p == a || p == b || p == c { continue }
                    if turn(a, b, p) >= 0 && turn(b, c, p) >= 0 && turn(c, a, p) >= 0 { return false }
                }
            }
        }
        return true
    }

    /// Twice the signed area of the triangle; positive if it turns left.
    @inline(__always)
    private func turn(_ a: SIMD2<Double>, _ b: SIMD2<Double>, _ c: SIMD2<Double>) -> Double {
        (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
    }
}
