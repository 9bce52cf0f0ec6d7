extension Adjacency {
    /// A triangle that has the corners of an earlier one.
    package struct Repeat: Hashable, Sendable {
        /// The later triangle.
        var face: UInt32
        /// Whether an earlier one is wound the same way, too.
        var isSameSide: Bool
    }

    /// The triangles that have the corners of an earlier one, ascending.
    ///
    /// - Complexity: O(#F log d) for the largest number d of triangles with one lowest corner.
    package func repeats() -> [Repeat] {
        // Equal triangles have their lowest corner in common, and are neighbours among those that do once the other two are in order.
        var rows = CompressedRows(rows: weld.count) { emit in
            for (face, corners) in triangles.enumerated() where !corners.isCollapsed { emit(corners.min(), UInt32(face)) }
        }
        var repeats: [Repeat] = []
        for low in 0..<rows.count where rows[low].count > 1 {
            let row = rows.starts[low]..<rows.starts[low + 1]
            rows.values[row].sort { (otherCorners($0), $0) < (otherCorners($1), $1) }
            var last: UInt64?
            var seen = (ascending: false, descending: false)
            for face in rows.values[row] {
                let corners = otherCorners(face)
                if corners != last { seen = (false, false) }
                let isAscending = isAscending(face)
                if corners == last { repeats.append(Repeat(face: face, isSameSide: isAscending ? seen.ascending : seen.descending)) }
                if isAscending { seen.ascending = true } else { seen.descending = true }
                last = corners
            }
        }
        return repeats.sorted { $0.face < $1.face }
    }

    /// The middle and the highest corner of a triangle, in one number.
    private func otherCorners(_ face: UInt32) -> UInt64 {
        let c = triangles[Int(face)]
        let (low, high) = (c.min(), c.max())
        return UInt64(c.x ^ c.y ^ c.z ^ low ^ high) << 32 | UInt64(high)
    }

    /// Whether a triangle's corners ascend from the lowest on around it.
    private func isAscending(_ face: UInt32) -> Bool {
        let c = triangles[Int(face)]
        return (c.x < c.y && c.y < c.z) || (c.y < c.z && c.z < c.x) || (c.z < c.x && c.x < c.y)
    }
}

extension [Adjacency.Repeat] {
    /// The triangles that are wound as an earlier one is, ascending: nothing is seen of them.
    package var hidden: [UInt32] { filter(\.isSameSide).map(\.face) }
}
