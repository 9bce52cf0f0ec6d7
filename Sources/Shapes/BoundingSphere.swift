import BSBBasics

/// A sphere around points.
package struct BoundingSphere: Hashable, Sendable {
    /// The middle.
    package var center: SIMD3<Double>
    /// The distance from the middle to the surface.
    package var radius: Double

    /// A sphere with this centre and radius.
    package init(center: SIMD3<Double>, radius: Double) {
        self.center = center
        self.radius = radius
    }

    /// The smallest sphere around `points`, up to rounding; the one of radius 0 at the origin if there are none.
    ///
    /// Welzl (1991) with Gärtner's pivoting (1999): the farthest point outside joins the few that have ever mattered, and the exact
    /// sphere of those is found again, until none is outside. The result is enlarged by what rounding left outside.
    /// - Complexity: O(n) for each of the pivots, of which there are seldom more than 20.
    package init(around points: [SIMD3<Double>]) {
        guard let first = points.first else {
            self.init(center: .zero, radius: 0)
            return
        }
        var sphere = BoundingSphere(center: first, radius: 0)
        var pivots: [SIMD3<Double>] = [first]
        for _ in 0..<200 {
            let farthest = sphere.farthest(of: points)
            guard farthest.distance > sphere.radius * (1 + 1e-12) else { break }
            pivots.append(points[farthest.index])
            let larger = Self.smallest(around: pivots[...], touching: [])
            guard larger.radius > sphere.radius else { break }
            sphere = larger
            pivots = pivots.filter { length($0 - sphere.center) > sphere.radius * (1 - 1e-9) }
        }
        sphere.radius = max(sphere.radius, sphere.farthest(of: points).distance)
        self = sphere
    }

    private func farthest(of points: [SIMD3<Double>]) -> (index: Int, distance: Double) {
        var best = (index: 0, squared: -1.0)
        for (index, point) in points.enumerated() {
            let squared = dot(point - center, point - center)
            if squared > best.squared { best = (index, squared) }
        }
        return (best.index, best.squared.squareRoot())
    }

    /// The smallest sphere around a few points that has those of `boundary` on it.
    private static func smallest(around points: ArraySlice<SIMD3<Double>>, touching boundary: [SIMD3<Double>]) -> BoundingSphere {
        var sphere = through(boundary)
        guard boundary.count < 4 else { return sphere }
        for index in points.indices where length(points[index] - sphere.center) > sphere.radius * (1 + 1e-12) {
            sphere = smallest(around: points[..<index], touching: boundary + [points[index]])
        }
        return sphere
    }

    /// The smallest sphere through at most four points; through fewer if they are not in general position.
    private static func through(_ points: [SIMD3<Double>]) -> BoundingSphere {
        guard let origin = points.first else { return BoundingSphere(center: .zero, radius: -1) }
        // The centre is origin + sum of l_k d_k with 2 d_j . (sum of l_k d_k) = d_j . d_j, solved by elimination on the Gram matrix.
        let sides = points.dropFirst().map { $0 - origin }
        var rows = sides.map { side in sides.map { 2 * dot(side, $0) } + [dot(side, side)] }
        for pivot in rows.indices {
            guard let best = (pivot..<rows.count).max(by: { abs(rows[$0][pivot]) < abs(rows[$1][pivot]) }),
                abs(rows[best][pivot]) > 1e-14 * (rows.first?.last ?? 0)
            else { return through(Array(points.dropLast())) }
            rows.swapAt(pivot, best)
            for row in rows.indices where row != pivot {
                let factor = rows[row][pivot] / rows[pivot][pivot]
                for column in rows[row].indices { rows[row][column] -= factor * rows[pivot][column] }
            }
        }
        var offset = SIMD3<Double>.zero
        for (index, side) in sides.enumerated() { offset += side * (rows[index][sides.count] / rows[index][index]) }
        return BoundingSphere(center: origin + offset, radius: length(offset))
    }
}
