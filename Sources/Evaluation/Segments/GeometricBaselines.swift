import BSBBasics
import BSBInteractiveSegmentation
import BSBRendering
import BSBShapes
import BSBWorkbench
import Foundation

/// A baseline that knows no image: what is nearest to the clicks in some metric of the surface, as much of it as the part has (which it
/// is told).
struct NearestToClicks {
    /// How far apart the two ends of an edge are.
    enum Metric {
        /// Their distance.
        case length
        /// How much the thickness of the body changes between them: the logarithm of the shape diameter at each vertex.
        case thickness([Double])
    }

    let ground: SegmentTrial.Ground
    /// The part's area.
    let area: Double
    let metric: Metric

    /// So much of an edge's length, in units of the unit ball, counts as a change of the thickness by a factor e: it breaks ties in tubes.
    private static let lengthShare = 0.3

    /// #V: the vertices nearest to a wanted click, and nearer to it than to an unwanted one, until the area is full.
    func answer(to clicks: [SurfaceClick]) -> [Bool] {
        let (near, away) = (distances(to: clicks.filter(\.isForeground)), distances(to: clicks.filter { !$0.isForeground }))
        let order = near.indices.filter { near[$0].isFinite && near[$0] < away[$0] }.sorted { (near[$0], $0) < (near[$1], $1) }
        var labels = [Bool](repeating: false, count: near.count)
        var filled = 0.0
        for vertex in order where filled < area {
            labels[vertex] = true
            filled += ground.areas[vertex]
        }
        return labels
    }

    /// #V: the length of the shortest way from the nearest click.
    private func distances(to clicks: [SurfaceClick]) -> [Float] {
        let sources = clicks.map(\.vertex)
        switch metric {
        case .length: return ground.mesh.edgeDistances(from: sources, adjacency: ground.adjacency)
        case .thickness(let logarithms):
            let representative = ground.adjacency.weld.representative
            return ground.mesh.edgeDistances(from: sources, adjacency: ground.adjacency) { a, b, length in
                abs(logarithms[Int(representative[Int(a)])] - logarithms[Int(representative[Int(b)])]) + Self.lengthShare * length
            }
        }
    }
}

/// How thick the body is behind each vertex: the shape-diameter function (Shapira, Shamir and Cohen-Or 2008).
struct ShapeDiameter {
    /// Rays in the cone of each vertex.
    private static let rays = 30
    /// Half the cone's opening, in radians.
    private static let halfAngle = Float.pi / 3
    private static let smoothingRounds = 3

    /// #V: the logarithm of the diameter, in the mesh's own units.
    let logarithms: [Double]

    /// Measures a mesh in the unit ball.
    ///
    /// Rays leave each vertex against its normal in a cone; of the distances to where they hit the inside of the body, those within a
    /// standard deviation of the median are averaged. Where nothing is hit, neighbours decide.
    /// - Complexity: O(#V) rays.
    init(_ mesh: OpenMesh, adjacency: Adjacency, parallelism: Parallelism) {
        let scene = mesh.scene
        let normals = mesh.surface.normals
        let inward: Float = Self.isInsideOut(scene.mesh) ? 1 : -1
        let raw = parallelism.map(scene.mesh.vertices.count) { vertex -> Double? in
            let axis = inward * normals[vertex]
            guard axis != .zero else { return nil }
            let origin = scene.mesh.vertices[vertex] + 1e-4 * axis
            let rays = Self.cone(around: axis).map { Ray(origin: origin, direction: $0, near: 1e-4) }
            let distances = zip(rays, scene.nearestHits(rays)).compactMap { ray, hit -> Double? in
                // Only the inside of the body counts: a face that looks the same way as the ray.
                guard let hit, (scene.faceNormals[Int(hit.face)] * ray.direction).sum() * -inward > 0 else { return nil }
                return Double(hit.distance)
            }
            return Self.robustMean(distances)
        }
        logarithms = Self.smoothed(raw, adjacency)
    }

    private static func isInsideOut(_ mesh: Mesh) -> Bool {
        let volume = mesh.faces.reduce(0.0) { sum, face in
            sum + Double(dot(mesh.vertices[Int(face.x)], cross(mesh.vertices[Int(face.y)], mesh.vertices[Int(face.z)])))
        }
        return volume < 0
    }

    /// Directions spread evenly over a cone, as a spiral.
    private static func cone(around axis: SIMD3<Float>) -> [SIMD3<Float>] {
        let helper: SIMD3<Float> = abs(axis.x) < 0.5 ? [1, 0, 0] : [0, 1, 0]
        var u = helper - (helper * axis).sum() * axis
        u /= (u * u).sum().squareRoot()
        let v = SIMD3(axis.y * u.z - axis.z * u.y, axis.z * u.x - axis.x * u.z, axis.x * u.y - axis.y * u.x)
        return (0..<rays).map { index in
            let height = 1 - (1 - cos(halfAngle)) * (Float(index) + 0.5) / Float(rays)
            let radius = (1 - height * height).squareRoot()
            let turn = Float(index) * 2.399_963
            return height * axis + radius * (cos(turn) * u + sin(turn) * v)
        }
    }

    private static func robustMean(_ distances: [Double]) -> Double? {
        guard !distances.isEmpty else { return nil }
        let sorted = distances.sorted()
        let median = sorted[sorted.count / 2]
        let mean = sorted.reduce(0, +) / Double(sorted.count)
        let deviation = (sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(sorted.count)).squareRoot()
        let kept = sorted.filter { abs($0 - median) <= deviation + 1e-12 }
        return kept.reduce(0, +) / Double(max(1, kept.count))
    }

    /// Logarithms, averaged with their neighbours; the mean of all where neither a vertex nor its surroundings have one.
    private static func smoothed(_ raw: [Double?], _ adjacency: Adjacency) -> [Double] {
        let (weld, oneRing) = (adjacency.weld, adjacency.oneRing())
        var current = weld.representative.map { raw[Int($0)].map { log(max($0, 1e-4)) } }
        for _ in 0..<smoothingRounds {
            current = current.indices.map { vertex in
                let known = ([current[vertex]] + oneRing[vertex].map { current[Int($0)] }).compactMap { $0 }
                return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
            }
        }
        let known = current.compactMap { $0 }
        let mean = known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
        return weld.welded.map { current[Int($0)] ?? mean }
    }
}
