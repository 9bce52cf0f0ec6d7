import BSBBasics

/// A camera without perspective that may stretch: the pixel of a position p is (x·p, y·p) + offset, with y downwards.
package struct AffineCamera: Sendable, Hashable {
    /// What moves to the right in the picture.
    package var x: SIMD3<Double>
    /// What moves downwards in the picture.
    package var y: SIMD3<Double>
    /// The pixel of the origin.
    package var offset: SIMD2<Double>

    /// A camera of the given axes.
    package init(x: SIMD3<Double>, y: SIMD3<Double>, offset: SIMD2<Double>) {
        self.x = x
        self.y = y
        self.offset = offset
    }

    /// A camera that looks from a direction, with +y upwards.
    package static func looking(from direction: SIMD3<Double>) -> AffineCamera {
        let z = length(direction) > 0 ? direction / length(direction) : [0, 0, 1]
        let up: SIMD3<Double> = abs(z.y) < 0.95 ? [0, 1, 0] : [0, 0, -1]
        let right = cross(up, z)
        let x = right / length(right)
        return AffineCamera(x: x, y: -cross(z, x), offset: .zero)
    }

    /// The place of a position in the picture's plane.
    package func project(_ point: SIMD3<Float>) -> SIMD2<Double> {
        let p = SIMD3<Double>(point)
        return SIMD2((x * p).sum(), (y * p).sum()) + offset
    }

    /// The unit direction from the scene to the eye if the picture is not mirrored; any direction across `x` where the axes are parallel.
    package var towardsEye: SIMD3<Double> {
        let normal = cross(x, -y)
        if length(normal) > 1e-9 * length(x) * length(y) { return normal / length(normal) }
        let other: SIMD3<Double> = abs(x.y) < 0.9 * length(x) ? [0, 1, 0] : [1, 0, 0]
        let across = cross(length(x) > 0 ? x : [1, 0, 0], other)
        return length(across) > 0 ? across / length(across) : [0, 0, 1]
    }

    /// The position nearest to the origin that appears at a place of the picture's plane.
    package func point(at place: SIMD2<Double>) -> SIMD3<Double> {
        // The least-norm solution of x·p = a, y·p = b.
        let (a, b) = (place.x - offset.x, place.y - offset.y)
        let (xx, xy, yy) = ((x * x).sum(), (x * y).sum(), (y * y).sum())
        let determinant = xx * yy - xy * xy
        guard determinant > 1e-12 * xx * yy else { return .zero }
        let alongX: Double = (yy * a - xy * b) / determinant
        let alongY: Double = (xx * b - xy * a) / determinant
        return x * alongX + y * alongY
    }

    /// The camera that maps points to pixels with the least squared error; nil for fewer than three points.
    ///
    /// A ridge of a thousandth of the points' spread keeps directions in which the points do not spread from mattering: points of
    /// a plane are looked at along its normal.
    /// - Complexity: O(points).
    package static func fit(_ points: [SIMD3<Float>], to pixels: [SIMD2<Double>], weights: [Double]) -> AffineCamera? {
        let total = weights.reduce(0, +)
        guard points.count >= 3, total > 0 else { return nil }
        var (center, target) = (SIMD3<Double>.zero, SIMD2<Double>.zero)
        for (index, weight) in weights.enumerated() {
            center += SIMD3<Double>(points[index]) * (weight / total)
            target += pixels[index] * (weight / total)
        }
        var moments = [SIMD3<Double>](repeating: .zero, count: 3)
        var (towardsX, towardsY) = (SIMD3<Double>.zero, SIMD3<Double>.zero)
        for (index, weight) in weights.enumerated() {
            let p = SIMD3<Double>(points[index]) - center
            for row in 0..<3 { moments[row] += p * (p[row] * weight) }
            towardsX += p * ((pixels[index].x - target.x) * weight)
            towardsY += p * ((pixels[index].y - target.y) * weight)
        }
        let ridge = 1e-3 * (moments[0].x + moments[1].y + moments[2].z) / 3
        guard ridge > 0 else { return nil }
        for row in 0..<3 { moments[row][row] += ridge }
        let (x, y) = (solve(moments, towardsX), solve(moments, towardsY))
        return AffineCamera(x: x, y: y, offset: target - SIMD2((x * center).sum(), (y * center).sum()))
    }

    /// The camera on which the most pairs agree to within `tolerance` pixels, and which they are; nil if no four do.
    ///
    /// - Parameters:
    ///   - points: n points.
    ///   - pixels: n places that they are seen at.
    ///   - tolerance: in pixels.
    ///   - iterations: samples of four pairs that are tried.
    ///   - seed: decides the samples.
    /// - Complexity: O(iterations x points).
    package static func robust(
        _ points: [SIMD3<Float>], to pixels: [SIMD2<Double>], tolerance: Double, iterations: Int = 500, seed: UInt64 = 0
    ) -> (camera: AffineCamera, agreeing: [Bool])? {
        guard points.count >= 4 else { return nil }
        var generator = SeededGenerator(seed: seed, stream: 0x7E_C7)
        var best: (camera: AffineCamera, agreeing: [Bool], count: Int)?
        func consider(_ camera: AffineCamera?) {
            guard let camera else { return }
            let agreeing = points.indices.map { length(camera.project(points[$0]) - pixels[$0]) <= tolerance }
            let count = agreeing.count { $0 }
            if count > best?.count ?? 3 { best = (camera, agreeing, count) }
        }
        for _ in 0..<iterations {
            let sample = (0..<4).map { _ in generator.index(below: points.count) }
            guard Set(sample).count == 4 else { continue }
            consider(fit(sample.map { points[$0] }, to: sample.map { pixels[$0] }, weights: [1, 1, 1, 1]))
        }
        // The fit to all that agree may win more.
        for _ in 0..<5 {
            guard let agreeing = best?.agreeing else { break }
            consider(fit(points, to: pixels, weights: agreeing.map { $0 ? 1 : 0 }))
        }
        return best.map { ($0.camera, $0.agreeing) }
    }

    /// The solution of a symmetric positive definite system of three equations.
    private static func solve(_ rows: [SIMD3<Double>], _ right: SIMD3<Double>) -> SIMD3<Double> {
        let (a, b, c) = (rows[0], rows[1], rows[2])
        let determinant = (a * cross(b, c)).sum()
        var sum: SIMD3<Double> = cross(b, c) * right.x
        sum += cross(c, a) * right.y
        sum += cross(a, b) * right.z
        return sum / determinant
    }
}
