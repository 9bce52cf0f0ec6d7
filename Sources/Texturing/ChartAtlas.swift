import BSBBasics

/// A part of a surface laid out flat in a square picture, in pieces that do not overlap.
///
/// Triangles that face one way along one of the axes of a view form a chart, so that a chart is seen without folds along its axis. Each is
/// flattened by ``ConformalMap`` towards what the axis shows of it; where that turns a triangle over, what the axis shows is used
/// itself. A chart that then lies over itself is cut. Charts are scaled alike and packed in rows.
package struct ChartAtlas: Sendable {
    /// The width and height of the picture in texels.
    package let size: Int
    /// 3 for each triangle of the part: where its corners lie, in texels, row 0 on top.
    package let places: [SIMD2<Double>]
    /// For each triangle of the part the chart it is in.
    package let chartOfTriangle: [Int]
    /// The number of charts.
    package let chartCount: Int
    /// Charts that had to be laid out as their axis shows them.
    package let projectedCharts: Int

    /// Texels kept free around each chart.
    package static let padding = 6

    /// Lays out a part.
    ///
    /// - Parameters:
    ///   - part: at least one triangle.
    ///   - right: the unit direction to the right in the view.
    ///   - up: the unit direction upwards, at right angles to `right`.
    ///   - size: the picture's width and height.
    /// - Throws: `Failure` if a chart cannot be flattened.
    package init(_ part: SurfacePart, right: SIMD3<Double>, up: SIMD3<Double>, size: Int) throws {
        let axes = Self.axes(right: right, up: up)
        let axisOfTriangle = Self.axisOfEachTriangle(part, axes)
        let charts = Self.charts(part, axisOfTriangle)
        var flat = [SIMD2<Double>](repeating: .zero, count: 3 * part.triangles.count)
        var projected = 0
        for chart in charts {
            let axis = axes[axisOfTriangle[chart[0]]]
            if try !Self.flatten(chart, part, axis, into: &flat) { projected += 1 }
        }
        let pieces = charts.flatMap { ChartOverlap($0, of: part, flat: flat).pieces() }
        self.size = size
        places = Self.pack(flat, pieces, size: size)
        var chartOfTriangle = [Int](repeating: 0, count: part.triangles.count)
        for (index, piece) in pieces.enumerated() { for triangle in piece { chartOfTriangle[triangle] = index } }
        self.chartOfTriangle = chartOfTriangle
        chartCount = pieces.count
        projectedCharts = projected
    }

    /// A direction that charts are looked at along, from outside, with what is to the right and upwards then.
    private struct Axis {
        var normal: SIMD3<Double>
        var right: SIMD3<Double>
        var up: SIMD3<Double>
    }

    private static func axes(right: SIMD3<Double>, up: SIMD3<Double>) -> [Axis] {
        let toEye = cross(right, up)
        return [toEye, -toEye, right, -right, up, -up].map { normal in
            let above = abs((normal * up).sum()) > 0.5 ? toEye : up
            return Axis(normal: normal, right: cross(above, normal), up: above)
        }
    }

    /// Towards or from the eye where the triangle faces it by less than 60 degrees, else the nearest of the other axes.
    private static func axisOfEachTriangle(_ part: SurfacePart, _ axes: [Axis]) -> [Int] {
        part.triangles.indices.map { triangle in
            let normal = part.areaVector(triangle)
            let cosines = axes.map { ($0.normal * normal).sum() / max(length(normal), 1e-300) }
            for axis in 0..<2 where cosines[axis] >= 0.5 { return axis }
            return (2..<6).max { cosines[$0] < cosines[$1] }!
        }
    }

    /// The connected pieces of triangles of one axis, each ascending, in the order of their first triangle.
    private static func charts(_ part: SurfacePart, _ axis: [Int]) -> [[Int]] {
        var trianglesOfEdge: [SIMD2<Int>: [Int]] = [:]
        for (triangle, corners) in part.triangles.enumerated() {
            for side in 0..<3 {
                let (a, b) = (corners[side], corners[(side + 1) % 3])
                trianglesOfEdge[[min(a, b), max(a, b)], default: []].append(triangle)
            }
        }
        var chart = [Int](repeating: -1, count: part.triangles.count)
        var charts: [[Int]] = []
        for start in part.triangles.indices where chart[start] < 0 {
            var (stack, members) = ([start], [Int]())
            chart[start] = charts.count
            while let triangle = stack.popLast() {
                members.append(triangle)
                let corners = part.triangles[triangle]
                for side in 0..<3 {
                    let (a, b) = (corners[side], corners[(side + 1) % 3])
                    for other in trianglesOfEdge[[min(a, b), max(a, b)]] ?? [] where chart[other] < 0 && axis[other] == axis[start] {
                        chart[other] = charts.count
                        stack.append(other)
                    }
                }
            }
            charts.append(members.sorted())
        }
        return charts
    }

    /// Writes the flat places of a chart's corners; returns false where they are what the axis shows.
    private static func flatten(_ chart: [Int], _ part: SurfacePart, _ axis: Axis, into flat: inout [SIMD2<Double>]) throws -> Bool {
        var number: [Int: Int] = [:]
        var points: [Int] = []
        let triangles = chart.map { triangle -> SIMD3<Int> in
            var local = SIMD3<Int>()
            for corner in 0..<3 {
                let point = part.triangles[triangle][corner]
                if number[point] == nil {
                    number[point] = points.count
                    points.append(point)
                }
                local[corner] = number[point]!
            }
            return local
        }
        let wanted = points.map { point -> SIMD2<Double> in
            let p = SIMD3<Double>(part.positions[point])
            return [(p * axis.right).sum(), (p * axis.up).sum()]
        }
        let conformal = try ConformalMap().flatten(points.map { part.positions[$0] }, triangles: triangles, wanted: wanted)
        let isValid = triangles.allSatisfy { signedArea($0, conformal) > 0 || signedArea($0, wanted) <= 0 }
        let chosen = isValid ? conformal : wanted
        for (triangle, corners) in zip(chart, triangles) {
            for corner in 0..<3 { flat[3 * triangle + corner] = SIMD2(chosen[corners[corner]].x, -chosen[corners[corner]].y) }
        }
        return isValid
    }

    static func signedArea(_ triangle: SIMD3<Int>, _ places: [SIMD2<Double>]) -> Double {
        let (u, v) = (places[triangle.y] - places[triangle.x], places[triangle.z] - places[triangle.x])
        return (u.x * v.y - u.y * v.x) / 2
    }

    /// Moves and scales charts into the picture, the tallest first, in rows; the scale is the largest that fits, to within a thousandth.
    private static func pack(_ flat: [SIMD2<Double>], _ charts: [[Int]], size: Int) -> [SIMD2<Double>] {
        let boxes = charts.map { chart -> (low: SIMD2<Double>, high: SIMD2<Double>) in
            let corners = chart.flatMap { triangle in (0..<3).map { flat[3 * triangle + $0] } }
            return (corners.reduce(corners[0]) { pointwiseMin($0, $1) }, corners.reduce(corners[0]) { pointwiseMax($0, $1) })
        }
        let order = boxes.indices.sorted { (boxes[$0].high.y - boxes[$0].low.y, $1) > (boxes[$1].high.y - boxes[$1].low.y, $0) }
        func corners(scale: Double) -> [SIMD2<Double>]? {
            var corners = [SIMD2<Double>](repeating: .zero, count: boxes.count)
            let margin = Double(padding)
            var (x, y, rowHeight) = (margin, margin, 0.0)
            for box in order {
                let extent = (boxes[box].high - boxes[box].low) * scale
                if x + extent.x + margin > Double(size) {
                    (x, y) = (margin, y + rowHeight + margin)
                    rowHeight = 0
                }
                guard x + extent.x + margin <= Double(size), y + extent.y + margin <= Double(size) else { return nil }
                corners[box] = [x, y]
                x += extent.x + margin
                rowHeight = max(rowHeight, extent.y)
            }
            return corners
        }
        let widest = boxes.map { ($0.high - $0.low).max() }.max() ?? 1
        var (low, high) = (0.0, Double(size) / max(widest, 1e-12))
        for _ in 0..<40 {
            let middle = (low + high) / 2
            if corners(scale: middle) != nil { low = middle } else { high = middle }
        }
        let origin = corners(scale: low) ?? [SIMD2<Double>](repeating: SIMD2(repeating: Double(padding)), count: boxes.count)
        var places = flat
        for (index, chart) in charts.enumerated() {
            for triangle in chart {
                for corner in 0..<3 {
                    places[3 * triangle + corner] = origin[index] + (flat[3 * triangle + corner] - boxes[index].low) * low
                }
            }
        }
        return places
    }
}

/// Calls `body` for each cell whose centre is in a triangle of the plane, with the barycentric weights there.
///
/// A centre on an edge belongs to both triangles at it, so that neighbours leave no gap.
func forEachCell(
    in triangle: (SIMD2<Double>, SIMD2<Double>, SIMD2<Double>), width: Int, height: Int, _ body: (_ x: Int, _ y: Int, SIMD3<Float>) -> Void
) {
    let (a, b, c) = triangle
    let area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
    guard abs(area) > 1e-12 else { return }
    let low = pointwiseMin(a, pointwiseMin(b, c))
    let high = pointwiseMax(a, pointwiseMax(b, c))
    guard low.x.isFinite, low.y.isFinite, high.x.isFinite, high.y.isFinite else { return }
    let (left, right) = (max(0, Int((low.x - 0.5).rounded(.up))), min(Double(width - 1), (high.x - 0.5).rounded(.down)))
    let (top, bottom) = (max(0, Int((low.y - 0.5).rounded(.up))), min(Double(height - 1), (high.y - 0.5).rounded(.down)))
    guard Double(left) <= right, Double(top) <= bottom else { return }
    for y in top...Int(bottom) {
        for x in left...Int(right) {
            let p = SIMD2(Double(x) + 0.5, Double(y) + 0.5)
            let wa = ((b.x - p.x) * (c.y - p.y) - (b.y - p.y) * (c.x - p.x)) / area
            let wb = ((c.x - p.x) * (a.y - p.y) - (c.y - p.y) * (a.x - p.x)) / area
            let wc = 1 - wa - wb
            if wa >= -1e-9, wb >= -1e-9, wc >= -1e-9 { body(x, y, SIMD3(Float(wa), Float(wb), Float(wc))) }
        }
    }
}
