import BSBBasics

/// The points of a surface and the edges between them, with what a border across each edge is like.
struct SurfaceGraph {
    /// #V: the point of each vertex.
    let pointOfVertex: [Int32]
    /// #points: how many vertices are there.
    let copies: [Double]
    /// #points: a third of the triangles around.
    let areas: [Double]
    /// #E, the lower end first.
    let edges: [SIMD2<Int32>]
    /// #E: the length of a border between the two ends, from the middle of one triangle to that of the other.
    let crossings: [Double]
    /// #E: the curvature along each edge, positive where the surface bulges.
    let curvatures: [Double]
    private let neighbours: [[Int32]]

    /// Rounds of averaging over neighbours that take the noise off normals.
    private static let smoothingRounds = 2

    /// The graph of a surface.
    ///
    /// Complexity: O(#V + #F).
    init(_ surface: SurfaceModel) {
        let welded = surface.adjacency
        pointOfVertex = surface.pointOfVertex.map { Int32($0) }
        edges = welded.edges.map { SIMD2(Int32($0.a), Int32($0.b)) }
        let positions = welded.positions.map { SIMD3<Double>($0) }
        var copies = [Double](repeating: 0, count: positions.count)
        for point in pointOfVertex { copies[Int(point)] += 1 }
        self.copies = copies
        var areas = [Double](repeating: 0, count: positions.count)
        var normals = [SIMD3<Double>](repeating: .zero, count: positions.count)
        var crossings = [Double](repeating: 0, count: edges.count)
        var volume = 0.0
        for (triangle, sides) in zip(welded.triangles, welded.triangleEdges) {
            let corners = (0..<3).map { positions[Int(triangle[$0])] }
            let normal = cross(corners[1] - corners[0], corners[2] - corners[0])
            volume += (corners[0] * normal).sum()
            let center = (corners[0] + corners[1] + corners[2]) / 3
            for corner in 0..<3 {
                areas[Int(triangle[corner])] += length(normal) / 6
                normals[Int(triangle[corner])] += normal
                guard sides[corner] >= 0 else { continue }
                crossings[Int(sides[corner])] += length(center - (corners[corner] + corners[(corner + 1) % 3]) / 2)
            }
        }
        (self.areas, self.crossings) = (areas, crossings)
        var neighbours = [[Int32]](repeating: [], count: positions.count)
        for edge in edges {
            neighbours[Int(edge.x)].append(edge.y)
            neighbours[Int(edge.y)].append(edge.x)
        }
        self.neighbours = neighbours
        // A surface that is wound inside out bends the other way.
        let sign: Double = volume < 0 ? -1 : 1
        let smooth = Self.smoothed(normals, neighbours)
        curvatures = edges.map { edge in
            let along = positions[Int(edge.y)] - positions[Int(edge.x)]
            let size = (along * along).sum()
            return size > 0 ? sign * ((smooth[Int(edge.y)] - smooth[Int(edge.x)]) * along).sum() / size : 0
        }
    }

    private static func smoothed(_ normals: [SIMD3<Double>], _ neighbours: [[Int32]]) -> [SIMD3<Double>] {
        var current = normals.map { $0.unit() ?? .zero }
        for _ in 0..<smoothingRounds {
            current = neighbours.indices.map { point in (neighbours[point].reduce(current[point]) { $0 + current[Int($1)] }).unit() ?? .zero
            }
        }
        return current
    }

    /// The connected regions of the marked points, by first point.
    func regions(_ isMarked: [Bool]) -> [[Int32]] {
        var isSeen = isMarked.map { !$0 }
        var regions: [[Int32]] = []
        for start in isMarked.indices where !isSeen[start] {
            isSeen[start] = true
            var region = [Int32(start)]
            var place = 0
            while place < region.count {
                for neighbour in neighbours[Int(region[place])] where !isSeen[Int(neighbour)] {
                    isSeen[Int(neighbour)] = true
                    region.append(neighbour)
                }
                place += 1
            }
            regions.append(region)
        }
        return regions
    }

    /// Whether a region touches points of the other side, rather than being a piece of the mesh of its own.
    func hasBorder(_ region: [Int32], _ isInside: [Bool]) -> Bool {
        region.contains { point in neighbours[Int(point)].contains { isInside[Int($0)] != isInside[Int(point)] } }
    }
}
