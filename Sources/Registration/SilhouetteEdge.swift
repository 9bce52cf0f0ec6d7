import BSBBasics

/// Where a region of a lattice ends: halfway between a node inside and its neighbour outside.
struct SilhouetteEdge: Sendable {
    /// The node inside.
    let inner: Int
    /// The node outside.
    let outer: Int
    /// Halfway between both.
    let place: SIMD2<Double>
    /// The unit direction outwards, smoothed over the neighbourhood.
    let normal: SIMD2<Double>

    /// The edges of a region of a lattice, by node; those at the border of the photo end nothing and are left out.
    static func all(of isInside: [Bool], in lattice: ObjectLattice) -> [SilhouetteEdge] {
        var edges: [SilhouetteEdge] = []
        for node in isInside.indices where isInside[node] && lattice.isInPhoto[node] {
            for other in lattice.neighbours(of: node) where !isInside[other] && lattice.isInPhoto[other] {
                edges.append(
                    SilhouetteEdge(
                        inner: node, outer: other, place: (lattice.place(node) + lattice.place(other)) / 2,
                        normal: outwards(at: node, other, isInside, lattice)))
            }
        }
        return edges
    }

    /// From what is inside of the 5 x 5 nodes around to what is outside.
    private static func outwards(at node: Int, _ other: Int, _ isInside: [Bool], _ lattice: ObjectLattice) -> SIMD2<Double> {
        let (x, y) = (node % lattice.columns, node / lattice.columns)
        var sum = SIMD2<Double>.zero
        for row in max(0, y - 2)...min(lattice.rows - 1, y + 2) {
            for column in max(0, x - 2)...min(lattice.columns - 1, x + 2) where !isInside[row * lattice.columns + column] {
                sum += SIMD2(Double(column - x), Double(row - y))
            }
        }
        if length(sum) < 1e-9 { sum = lattice.place(other) - lattice.place(node) }
        return sum / length(sum)
    }
}
