import BSBBasics
import BSBBackbones
import BSBImages
import BSBLinearAlgebra

/// A square lattice laid over an object of a photo, with a margin: which of its nodes show the object, and what is seen there.
package struct ObjectLattice: Sendable {
    /// The place of the first node.
    package let origin: SIMD2<Double>
    /// Pixels from node to node.
    package let spacing: Double
    /// Nodes across.
    package let columns: Int
    /// Nodes down.
    package let rows: Int
    /// Whether a node shows the object.
    let isInside: [Bool]
    /// Whether a node is in the photo.
    let isInPhoto: [Bool]
    /// The nodes inside, ascending.
    let inside: [Int]
    /// For each node its row of `features`; -1 outside.
    let row: [Int]
    /// inside x d, of length 1.
    let features: Matrix
    /// The mean place of the object.
    let center: SIMD2<Double>

    /// A lattice with `nodes` nodes along the longer side of the object's box and a margin of a share of it; nil for an empty object.
    init?(_ features: FeatureGrid, object: Mask, nodes: Int, margin: Double) {
        guard let box = object.boundingBox else { return nil }
        let side = Double(max(box.width, box.height))
        spacing = side / Double(nodes)
        let (edge, h) = (margin * side, spacing)
        columns = Int(((Double(box.width) + 2 * edge) / h).rounded(.up))
        rows = Int(((Double(box.height) + 2 * edge) / h).rounded(.up))
        let corner = SIMD2(Double(box.x), Double(box.y)) - edge
        origin = corner + h / 2
        var (isInside, isInPhoto) = ([Bool](), [Bool]())
        for node in 0..<(columns * rows) {
            let place = corner + (SIMD2(Double(node % columns), Double(node / columns)) + 0.5) * h
            let (x, y) = (Int(place.x.rounded(.down)), Int(place.y.rounded(.down)))
            let isThere = x >= 0 && y >= 0 && x < object.width && y < object.height
            isInPhoto.append(isThere)
            isInside.append(isThere && object[x, y])
        }
        (self.isInside, self.isInPhoto) = (isInside, isInPhoto)
        let inside = isInside.indices.filter { isInside[$0] }
        guard !inside.isEmpty else { return nil }
        self.inside = inside
        var row = [Int](repeating: -1, count: isInside.count)
        for (index, node) in inside.enumerated() { row[node] = index }
        self.row = row
        let places = inside.map { [columns, origin] in
            origin + SIMD2(Double($0 % columns), Double($0 / columns)) * h
        }
        center = places.reduce(.zero, +) / Double(places.count)
        self.features = Matrix(
            rows: inside.count, columns: features.dimension, values: places.flatMap { features.feature(at: SIMD2<Float>($0)) }
        ).withNormalizedRows()
    }

    /// The number of nodes.
    package var count: Int { columns * rows }

    /// The place of a node.
    package func place(_ node: Int) -> SIMD2<Double> { origin + SIMD2(Double(node % columns), Double(node / columns)) * spacing }

    /// The node nearest to a place; nil outside the lattice.
    func node(at place: SIMD2<Double>) -> Int? {
        let position = (place - origin) / spacing
        guard position.x.isFinite, position.y.isFinite, abs(position.x) < 1e6, abs(position.y) < 1e6 else { return nil }
        let (x, y) = (Int(position.x.rounded()), Int(position.y.rounded()))
        return x >= 0 && y >= 0 && x < columns && y < rows ? y * columns + x : nil
    }

    /// The nodes next to a node.
    func neighbours(of node: Int) -> [Int] {
        let (x, y) = (node % columns, node / columns)
        var result: [Int] = []
        if x > 0 { result.append(node - 1) }
        if x + 1 < columns { result.append(node + 1) }
        if y > 0 { result.append(node - columns) }
        if y + 1 < rows { result.append(node + columns) }
        return result
    }
}
