/// Positions with all of their digits: files in map coordinates lie so far from their origin that single precision shows terraces.
extension Mesh {
    /// A position of the file's frame relative to ``origin``.
    package func relative(_ position: SIMD3<Double>) -> SIMD3<Double> { position - origin }

    /// The position of a vertex as the file has it.
    package func filePosition(_ vertex: Int) -> SIMD3<Double> {
        if let exactPositions { return exactPositions[vertex] }
        return origin == .zero ? vertices[vertex].withShortestDecimals : origin + SIMD3<Double>(vertices[vertex])
    }

    /// A coordinate relative to the origin, in the file's digits where they are kept.
    func coordinate(_ vertex: Int, _ axis: Int) -> Double {
        exactPositions.map { $0[vertex][axis] - origin[axis] } ?? Double(vertices[vertex][axis])
    }

    /// Puts positions of the file into the mesh: as they are where single precision is fine, else relative to a point amid the shape.
    ///
    /// - Parameters:
    ///   - positions: #V positions; what faces use must be finite.
    ///   - corners: indices of the vertices that faces use.
    ///   - keepsDigits: whether digits that single precision loses are kept beside it.
    mutating func place(_ positions: [SIMD3<Double>], usedBy corners: [UInt32], keepsDigits: Bool) {
        origin = Self.origin(of: positions, corners)
        let origin = origin
        vertices = positions.map { SIMD3<Float>($0 - origin) }
        guard keepsDigits || origin != .zero else { return }
        for (position, vertex) in zip(positions, vertices) where !Self.holds(vertex, position, origin) {
            exactPositions = positions
            return
        }
    }

    /// Zero, or, for a shape that is more than a hundred times its size away from zero, the middle of its box, rounded so coarsely that
    /// differences to it are exact.
    private static func origin(of positions: [SIMD3<Double>], _ corners: [UInt32]) -> SIMD3<Double> {
        guard let first = corners.first, Int(first) < positions.count else { return .zero }
        var (low, high) = (positions[Int(first)], positions[Int(first)])
        for corner in corners where Int(corner) < positions.count {
            low = pointwiseMin(low, positions[Int(corner)])
            high = pointwiseMax(high, positions[Int(corner)])
        }
        let size = (high - low).max()
        let middle = low + (high - low) / 2
        let distance = max(abs(middle.x), abs(middle.y), abs(middle.z))
        guard size > 0, distance.isFinite, distance > 100 * size, distance < 1e30 else { return .zero }
        let step = size.binade
        return (middle / step).rounded(.toNearestOrEven) * step
    }

    /// Whether the vertex, written in the fewest digits that tell it from others, is the position of the file.
    private static func holds(_ vertex: SIMD3<Float>, _ position: SIMD3<Double>, _ origin: SIMD3<Double>) -> Bool {
        let widened = SIMD3<Double>(vertex)
        if origin + widened == position { return true }
        guard origin == .zero else { return false }
        return (0..<3).allSatisfy { axis in
            position[axis] == widened[axis] || position[axis].hasSixDigits || !position[axis].isFinite
                || Double(vertex[axis].description) == position[axis]
        }
    }
}

extension SIMD3<Float> {
    /// The decimal numbers that these are written as, in double precision.
    var withShortestDecimals: SIMD3<Double> {
        SIMD3<Double>(x.withShortestDecimals, y.withShortestDecimals, z.withShortestDecimals)
    }
}

extension Float {
    fileprivate var withShortestDecimals: Double { Double(description) ?? Double(self) }
}

extension Double {
    /// Whether the number has at most six significant digits, which single precision always gives back, as seen by arithmetic.
    fileprivate var hasSixDigits: Bool {
        let size = magnitude
        guard size > 1e-6, size < 1e6 else { return false }
        var scale = 1.0
        while size * scale < 1e5 { scale *= 10 }
        let digits = size * scale
        return abs(digits - digits.rounded()) < 1e-8
    }
}
