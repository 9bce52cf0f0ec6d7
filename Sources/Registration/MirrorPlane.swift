import BSBBasics
import BSBRendering

/// The plane on whose sides a shape is most alike.
package struct MirrorPlane: Sendable, Hashable {
    /// The unit normal.
    package var normal: SIMD3<Double>
    /// The plane's distance from the origin along the normal.
    package var offset: Double
    /// How much farther mirrored points are from the nearest points of the surface than those are from each other, in the mean, as a share of
    /// the surface's diameter.
    package var error: Double

    /// Shapes with at most this error are taken as symmetric.
    package static let limit = 0.01

    /// Whether the shape is symmetric.
    package var isSymmetric: Bool { error <= Self.limit }

    /// The mirror image of a position.
    package func mirrored(_ position: SIMD3<Float>) -> SIMD3<Float> {
        let p = SIMD3<Double>(position)
        return SIMD3<Float>(p - normal * (2 * (dot(p, normal) - offset)))
    }

    /// The mirror image of a direction.
    package func mirrored(direction: SIMD3<Float>) -> SIMD3<Float> {
        let d = SIMD3<Double>(direction)
        return SIMD3<Float>(d - normal * (2 * dot(d, normal)))
    }

    /// The best plane of a surface, from points spread over it; nil for fewer than 16.
    ///
    /// Directions spread over the half sphere are tried through the middle; the best are turned and moved by steps that become smaller.
    /// - Parameter points: spread evenly over the surface by area.
    /// - Complexity: O(points x queries x planes) for at most 300 queries and some 600 planes.
    package init?(of points: [SIMD3<Float>]) {
        guard points.count >= 16 else { return nil }
        let search = Search(points)
        let sampler = ViewSampler(.fibonacci(count: 320))
        var starts: [MirrorPlane] = []
        for index in 0..<320 {
            let normal = SIMD3<Double>(sampler.camera(index).eye).unit
            // A plane has two normals.
            guard normal.x > 0 || (normal.x == 0 && normal.y >= 0) else { continue }
            let offset = dot(search.middle, normal)
            starts.append(MirrorPlane(normal: normal, offset: offset, error: search.error(normal, offset, isCoarse: true)))
        }
        starts.sort { $0.error < $1.error }
        let moved = starts.prefix(4).map(search.refined)
        self = moved.reduce(moved[0]) { $1.error < $0.error ? $1 : $0 }
    }

    private init(normal: SIMD3<Double>, offset: Double, error: Double) {
        (self.normal, self.offset, self.error) = (normal, offset, error)
    }

    private struct Search {
        let points: [SIMD3<Float>]
        let queries: [SIMD3<Float>]
        let coarse: [SIMD3<Float>]
        let middle: SIMD3<Double>
        let diameter: Double
        /// The mean distance of points from their nearest ones.
        private var spacing = 0.0

        init(_ points: [SIMD3<Float>]) {
            self.points = points
            func some(_ count: Int) -> [SIMD3<Float>] {
                (0..<min(count, points.count)).map { points[$0 * points.count / min(count, points.count)] }
            }
            (queries, coarse) = (some(300), some(500))
            middle = points.reduce(SIMD3<Double>.zero) { $0 + SIMD3<Double>($1) } / Double(points.count)
            diameter = max(Double(DenseMatcher.diameter(points)), 1e-12)
            spacing = queries.reduce(0) { $0 + distance(from: $1, to: points, besides: 0) } / Double(queries.count)
        }

        /// The distance to the nearest point farther than `least`.
        private func distance(from query: SIMD3<Float>, to points: [SIMD3<Float>], besides least: Float = -1) -> Double {
            var nearest = Float.infinity
            for point in points {
                let offset = point - query
                let squared = (offset * offset).sum()
                if squared > least { nearest = min(nearest, squared) }
            }
            return Double(nearest.squareRoot())
        }

        /// The error of a plane; where it is coarse, of fewer points, to compare planes by.
        func error(_ normal: SIMD3<Double>, _ offset: Double, isCoarse: Bool = false) -> Double {
            let plane = MirrorPlane(normal: normal, offset: offset, error: 0)
            let chosen = stride(from: 0, to: queries.count, by: isCoarse ? 3 : 1)
            var (sum, count) = (0.0, 0)
            for index in chosen {
                sum += distance(from: plane.mirrored(queries[index]), to: isCoarse ? coarse : points)
                count += 1
            }
            return max(0, sum / Double(max(1, count)) - (isCoarse ? 0 : spacing)) / diameter
        }

        func refined(_ start: MirrorPlane) -> MirrorPlane {
            var best = start
            best.error = error(start.normal, start.offset)
            let across = cross(abs(best.normal.x) < 0.8 ? [1, 0, 0] : [0, 1, 0], best.normal).unit
            let other = cross(best.normal, across)
            for step in [0.1, 0.05, 0.025, 0.0125, 0.006] {
                for direction in [across, other] {
                    for sign in [step, -step] {
                        let normal = (best.normal + direction * sign).unit
                        let offset = best.offset + dot(middle, normal - best.normal)
                        let error = error(normal, offset)
                        if error < best.error { best = MirrorPlane(normal: normal, offset: offset, error: error) }
                    }
                }
                for sign in [step, -step] {
                    let error = error(best.normal, best.offset + sign / 2)
                    if error < best.error { best = MirrorPlane(normal: best.normal, offset: best.offset + sign / 2, error: error) }
                }
            }
            return best
        }
    }
}
