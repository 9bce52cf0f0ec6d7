import BSBBasics

/// A direction that charts are looked at along, from outside, with what is to the right and upwards then.
struct ChartAxis {
    var normal: SIMD3<Double>
    var right: SIMD3<Double>
    var up: SIMD3<Double>

    /// Towards the eye, away from it, and the four at right angles.
    static func all(right: SIMD3<Double>, up: SIMD3<Double>) -> [ChartAxis] {
        let toEye = cross(right, up)
        return [toEye, -toEye, right, -right, up, -up].map { normal in
            let above = abs((normal * up).sum()) > 0.5 ? toEye : up
            return ChartAxis(normal: normal, right: cross(above, normal), up: above)
        }
    }

    /// For each triangle of the part, if it is in the chart: towards or from the eye where it faces it by less than 60 degrees, else the
    /// nearest of the other axes.
    static func nearest(_ chart: [Int], _ part: SurfacePart, _ axes: [ChartAxis]) -> [Int] {
        var result = [Int](repeating: 0, count: part.triangles.count)
        for triangle in chart {
            let normal = part.areaVector(triangle)
            let cosines = axes.map { ($0.normal * normal).sum() / max(length(normal), 1e-300) }
            result[triangle] = (0..<2).first { cosines[$0] >= 0.5 } ?? (2..<6).max { cosines[$0] < cosines[$1] }!
        }
        return result
    }
}

/// Cuts a part into connected charts of triangles of one kind.
struct ChartCutter {
    private let part: SurfacePart
    private let trianglesOfEdge: [SIMD2<Int>: [Int]]

    init(_ part: SurfacePart) {
        self.part = part
        var trianglesOfEdge: [SIMD2<Int>: [Int]] = [:]
        for (triangle, corners) in part.triangles.enumerated() {
            for edge in Self.edges(corners) { trianglesOfEdge[edge, default: []].append(triangle) }
        }
        self.trianglesOfEdge = trianglesOfEdge
    }

    private static func edges(_ corners: SIMD3<Int>) -> [SIMD2<Int>] {
        (0..<3).map { side in
            let (a, b) = (corners[side], corners[(side + 1) % 3])
            return [min(a, b), max(a, b)]
        }
    }

    /// The connected pieces of triangles of one kind, each ascending, in the order of their first triangle.
    func charts(of triangles: [Int], by kind: [Int]) -> [[Int]] {
        var isLeft = [Bool](repeating: false, count: part.triangles.count)
        for triangle in triangles { isLeft[triangle] = true }
        var charts: [[Int]] = []
        for start in triangles where isLeft[start] {
            var (stack, members) = ([start], [Int]())
            isLeft[start] = false
            while let triangle = stack.popLast() {
                members.append(triangle)
                for edge in Self.edges(part.triangles[triangle]) {
                    for other in trianglesOfEdge[edge] ?? [] where isLeft[other] && kind[other] == kind[start] {
                        isLeft[other] = false
                        stack.append(other)
                    }
                }
            }
            charts.append(members.sorted())
        }
        return charts
    }

    /// Charts of which the small ones have joined the one that they share the longest border with, the smallest first.
    func merged(_ charts: [[Int]], leastShare: Double) -> [[Int]] {
        var charts = charts
        let area = part.triangles.indices.map { length(part.areaVector($0)) }
        let least = leastShare * charts.joined().reduce(0) { $0 + area[$1] }
        func size(_ chart: [Int]) -> Double { chart.reduce(0) { $0 + area[$1] } }
        var chartOf = [Int](repeating: -1, count: part.triangles.count)
        for (index, chart) in charts.enumerated() { for triangle in chart { chartOf[triangle] = index } }
        let order = charts.indices.sorted { (size(charts[$0]), $0) < (size(charts[$1]), $1) }
        for index in order where !charts[index].isEmpty && size(charts[index]) < least {
            var borders: [Int: Double] = [:]
            for triangle in charts[index] {
                for edge in Self.edges(part.triangles[triangle]) {
                    let long = length(SIMD3<Double>(part.positions[edge.x] - part.positions[edge.y]))
                    for other in trianglesOfEdge[edge] ?? [] where chartOf[other] >= 0 && chartOf[other] != index {
                        borders[chartOf[other], default: 0] += long
                    }
                }
            }
            guard let target = borders.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key else { continue }
            for triangle in charts[index] { chartOf[triangle] = target }
            charts[target] = (charts[target] + charts[index]).sorted()
            charts[index] = []
        }
        return charts.filter { !$0.isEmpty }.sorted { $0[0] < $1[0] }
    }

    /// Where charts meet: for each edge inside the part whose triangles are in different charts, both triangles, and the edge.
    func seams(_ chartOf: [Int]) -> [(edge: SIMD2<Int>, first: Int, second: Int)] {
        trianglesOfEdge.sorted { ($0.key.x, $0.key.y) < ($1.key.x, $1.key.y) }.compactMap { edge, triangles in
            guard triangles.count == 2, chartOf[triangles[0]] != chartOf[triangles[1]] else { return nil }
            return (edge, triangles[0], triangles[1])
        }
    }
}
