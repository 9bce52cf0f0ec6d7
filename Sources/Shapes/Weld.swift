/// Which vertices are in exactly the same place, for adjacency across the seams of unwelded meshes.
///
/// The mesh itself is never welded: every result stays with the file's own vertices.
package struct Weld: Hashable, Sendable {
    /// #V: the welded vertex that each vertex of the file belongs to; numbered in the order of their first vertex.
    package let welded: [UInt32]
    /// For each welded vertex, the first vertex of the file that is there.
    package let representative: [UInt32]

    /// The number of different positions.
    package var count: Int { representative.count }

    /// Welds vertices of equal position; -0 equals 0.
    ///
    /// - Complexity: expected O(#V).
    package init(_ vertices: [SIMD3<Float>]) {
        // Open addressing with linear probing, at most half full.
        let capacity = max(8, vertices.count * 2).nextPowerOfTwo
        var slots = [UInt32](repeating: .max, count: capacity)
        var welded = [UInt32](repeating: 0, count: vertices.count)
        var representative: [UInt32] = []
        for (index, vertex) in vertices.enumerated() {
            var slot = Self.hash(vertex) & (capacity - 1)
            while slots[slot] != .max, vertices[Int(representative[Int(slots[slot])])] != vertex { slot = (slot + 1) & (capacity - 1) }
            if slots[slot] == .max {
                slots[slot] = UInt32(representative.count)
                representative.append(UInt32(index))
            }
            welded[index] = slots[slot]
        }
        self.welded = welded
        self.representative = representative
    }

    /// The triangle's corners as welded vertices.
    @inline(__always)
    package func corners(_ face: SIMD3<UInt32>) -> SIMD3<UInt32> {
        SIMD3(welded[Int(face.x)], welded[Int(face.y)], welded[Int(face.z)])
    }

    private static func hash(_ vertex: SIMD3<Float>) -> Int {
        // Adding 0 turns -0 into 0.
        let bits = vertex + SIMD3<Float>(repeating: 0)
        var mixed = UInt64(bits.x.bitPattern) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ mixed >> 32 ^ UInt64(bits.y.bitPattern)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 29 ^ UInt64(bits.z.bitPattern)) &* 0x94D0_49BB_1331_11EB
        return Int(truncatingIfNeeded: (mixed ^ mixed >> 31) & 0x7FFF_FFFF_FFFF_FFFF)
    }
}

extension Int {
    fileprivate var nextPowerOfTwo: Int { 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
