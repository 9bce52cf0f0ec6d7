import BSBBasics

/// A part of a surface laid out flat in a square picture, in pieces that do not overlap.
///
/// What faces the eye is one chart for each connected piece, and what turns away another; small ones join the chart that they share the longest
/// border with. Each is flattened by ``ConformalMap``. Where that turns a triangle over or changes areas too much, the chart is cut by
/// the axes of the view that its triangles face, and small pieces join others again where they can. A chart that then lies over itself is cut. Charts are scaled alike and packed in rows.
package struct ChartAtlas: Sendable {
    /// The width and height of the picture in texels.
    package let size: Int
    /// 3 for each triangle of the part: where its corners lie, in texels, row 0 on top.
    package let places: [SIMD2<Double>]
    /// For each triangle of the part the chart it is in.
    package let chartOfTriangle: [Int]
    /// The number of charts.
    package let chartCount: Int

    /// Texels kept free around each chart.
    package static let padding = 6
    /// Charts of less than this share of the part's area join another.
    private static let leastShare = 0.03

    /// Lays out a part.
    ///
    /// - Parameters:
    ///   - part: at least one triangle.
    ///   - right: the unit direction to the right in the view.
    ///   - up: the unit direction upwards, at right angles to `right`.
    ///   - size: the picture's width and height.
    /// - Throws: `Failure` if a chart cannot be flattened.
    package init(_ part: SurfacePart, right: SIMD3<Double>, up: SIMD3<Double>, size: Int) throws {
        let axes = ChartAxis.all(right: right, up: up)
        let cutter = ChartCutter(part)
        var flat = [SIMD2<Double>](repeating: .zero, count: 3 * part.triangles.count)
        var charts: [[Int]] = []
        let facing = part.triangles.indices.map { (part.areaVector($0) * axes[0].normal).sum() >= 0 ? 0 : 1 }
        for chart in cutter.merged(cutter.charts(of: Array(part.triangles.indices), by: facing), leastShare: Self.leastShare) {
            let side = 2 * chart.count { facing[$0] == 0 } >= chart.count ? axes[0] : axes[1]
            if try Self.flatten(chart, part, side, into: &flat) {
                charts.append(chart)
                continue
            }
            charts += try Self.cut(chart, part, axes, cutter, into: &flat)
        }
        let pieces = charts.flatMap { ChartOverlap($0, of: part, flat: flat).pieces() }
        for piece in pieces { Self.scale(piece, part, &flat) }
        self.size = size
        places = Self.pack(flat, pieces, size: size)
        var chartOfTriangle = [Int](repeating: 0, count: part.triangles.count)
        for (index, piece) in pieces.enumerated() { for triangle in piece { chartOfTriangle[triangle] = index } }
        self.chartOfTriangle = chartOfTriangle
        chartCount = pieces.count
    }

    /// The pieces of a chart that is no good as a whole: by the axes of the view that its triangles face, small ones joined where that is good.
    private static func cut(
        _ chart: [Int], _ part: SurfacePart, _ axes: [ChartAxis], _ cutter: ChartCutter, into flat: inout [SIMD2<Double>]
    ) throws -> [[Int]] {
        let nearest = ChartAxis.nearest(chart, part, axes)
        let pieces = cutter.charts(of: chart, by: nearest)
        var result: [[Int]] = []
        for joined in cutter.merged(pieces, leastShare: 2 * leastShare) {
            let counts = joined.reduce(into: [Int](repeating: 0, count: axes.count)) { $0[nearest[$1]] += 1 }
            let axis = axes[counts.indices.max { (counts[$0], $1) < (counts[$1], $0) }!]
            if try flatten(joined, part, axis, into: &flat) {
                result.append(joined)
                continue
            }
            for piece in cutter.charts(of: joined, by: nearest) {
                try flattenInAnyCase(piece, part, axes[nearest[piece[0]]], into: &flat)
                result.append(piece)
            }
        }
        return result
    }

    // MARK: Flattening

    /// A chart's triangles with its own numbers of points.
    private struct Sheet {
        var points: [Int] = []
        var triangles: [SIMD3<Int>] = []

        init(_ chart: [Int], _ part: SurfacePart) {
            var number: [Int: Int] = [:]
            for triangle in chart {
                var local = SIMD3<Int>()
                for corner in 0..<3 {
                    let point = part.triangles[triangle][corner]
                    if number[point] == nil {
                        number[point] = points.count
                        points.append(point)
                    }
                    local[corner] = number[point]!
                }
                triangles.append(local)
            }
        }

        func wanted(_ part: SurfacePart, _ axis: ChartAxis) -> [SIMD2<Double>] {
            points.map { point in
                let p = SIMD3<Double>(part.positions[point])
                return [(p * axis.right).sum(), (p * axis.up).sum()]
            }
        }
    }

    /// Writes the conformal places of a chart's corners; returns false, and writes nothing, where they are no good.
    private static func flatten(_ chart: [Int], _ part: SurfacePart, _ axis: ChartAxis, into flat: inout [SIMD2<Double>]) throws -> Bool {
        let sheet = Sheet(chart, part)
        let places = try ConformalMap().flatten(
            sheet.points.map { part.positions[$0] }, triangles: sheet.triangles, wanted: sheet.wanted(part, axis))
        var (total, flatTotal, ratios) = (0.0, 0.0, [Double]())
        for (triangle, corners) in zip(chart, sheet.triangles) {
            let area = length(part.areaVector(triangle)) / 2
            let flatArea = signedArea(corners, places)
            guard area > 0 else { continue }
            guard flatArea > 0 else { return false }
            (total, flatTotal) = (total + area, flatTotal + flatArea)
            ratios.append(flatArea / area)
        }
        guard flatTotal > 0 else { return false }
        // Where a tenth of the triangles would get less than a twelfth of their area of texels, one sheet is too few.
        ratios.sort()
        guard ratios[ratios.count / 10] * total / flatTotal > 1.0 / 12 else { return false }
        write(places, chart, sheet.triangles, &flat)
        return true
    }

    /// Writes the conformal places of a chart's corners, or what the axis shows of them where those are turned over.
    private static func flattenInAnyCase(
        _ chart: [Int], _ part: SurfacePart, _ axis: ChartAxis, into flat: inout [SIMD2<Double>]
    ) throws {
        let sheet = Sheet(chart, part)
        let wanted = sheet.wanted(part, axis)
        let places = try ConformalMap().flatten(sheet.points.map { part.positions[$0] }, triangles: sheet.triangles, wanted: wanted)
        let isValid = sheet.triangles.allSatisfy { signedArea($0, places) > 0 || signedArea($0, wanted) <= 0 }
        write(isValid ? places : wanted, chart, sheet.triangles, &flat)
    }

    private static func write(
        _ places: [SIMD2<Double>], _ chart: [Int], _ triangles: [SIMD3<Int>], _ flat: inout [SIMD2<Double>]
    ) {
        for (triangle, corners) in zip(chart, triangles) {
            for corner in 0..<3 { flat[3 * triangle + corner] = SIMD2(places[corners[corner]].x, -places[corners[corner]].y) }
        }
    }

    /// Gives a chart the area that it has on the surface.
    private static func scale(_ chart: [Int], _ part: SurfacePart, _ flat: inout [SIMD2<Double>]) {
        let area = chart.reduce(0.0) { $0 + length(part.areaVector($1)) / 2 }
        let flatArea = chart.reduce(0.0) { $0 + abs(signedArea([3 * $1, 3 * $1 + 1, 3 * $1 + 2], flat)) }
        guard area > 0, flatArea > 0 else { return }
        let factor = (area / flatArea).squareRoot()
        for triangle in chart { for corner in 0..<3 { flat[3 * triangle + corner] *= factor } }
    }

    /// How many texels are as long as a unit of the part, in the mean.
    func texelsPerUnit(of part: SurfacePart) -> Double {
        var (area, flat) = (0.0, 0.0)
        for triangle in part.triangles.indices {
            area += length(part.areaVector(triangle)) / 2
            flat += abs(Self.signedArea([3 * triangle, 3 * triangle + 1, 3 * triangle + 2], places))
        }
        return area > 0 ? (flat / area).squareRoot() : 1
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
