import BSBBasics
import BSBLinearAlgebra
import BSBShapes

/// Features at the points of a welded surface.
struct PointFit: Sendable {
    /// #points x dimension.
    let features: Matrix
    /// #points: whether a sample touches the point.
    let observed: [Bool]
    /// Over samples and components.
    let meanSquaredError: Double
}

/// The normal equations of all views: A'CA on the points and edges of the surface, and A'CY.
struct SurfaceEquations: Sendable {
    /// #points: the diagonal of A'CA.
    private var diagonal: [Double]
    /// #edges: the entries of A'CA between the ends of each edge.
    private var offDiagonal: [Double]
    /// A'CY: #points x dimension, once a view has told the dimension.
    private var targets: Matrix?
    private var squaredTargets = 0.0
    private var weight = 0.0
    private let surface: Adjacency

    /// The equations of no view.
    init(_ surface: Adjacency) {
        self.surface = surface
        diagonal = [Double](repeating: 0, count: surface.positions.count)
        offDiagonal = [Double](repeating: 0, count: surface.edges.count)
    }

    /// Adds the equations of a view.
    ///
    /// Complexity: O(points seen x dimension).
    mutating func add(_ view: ViewEquations) throws {
        let dimension = view.targets.columns
        if targets == nil { targets = Matrix(rows: diagonal.count, columns: dimension) }
        guard targets?.columns == dimension else {
            throw Failure(
                .badInput, "fitting features to a view", reason: "its features have another length than those of the views before it")
        }
        for (face, product) in zip(view.faces, view.products) { add(product, ofFace: Int(face)) }
        targets?.values.withUnsafeMutableBufferPointer { all in
            view.targets.values.withUnsafeBufferPointer { new in
                for (row, point) in view.points.enumerated() {
                    let start = Int(point) * dimension
                    Vectors.add(
                        1, UnsafeBufferPointer(rebasing: new[(row * dimension)..<((row + 1) * dimension)]),
                        to: UnsafeMutableBufferPointer(rebasing: all[start..<(start + dimension)]))
                }
            }
        }
        squaredTargets += view.squaredTargets
        weight += view.weight
    }

    private mutating func add(_ product: SIMD8<Double>, ofFace face: Int) {
        for side in 0..<3 {
            let point = Int(surface.triangles[face][side])
            diagonal[point] += product[side]
            let edge = surface.triangleEdges[face][side]
            // Both ends are one point where a triangle is degenerate.
            if edge >= 0 { offDiagonal[Int(edge)] += product[3 + side] } else { diagonal[point] += 2 * product[3 + side] }
        }
    }

    /// The features of all points; see ``ExactFieldSolver``.
    func solve(_ surface: Adjacency, smoothness: Double, parallelism: Parallelism) throws -> PointFit {
        guard let targets, weight > 0 else {
            throw Failure(
                .badInput, "fitting features to the mesh", reason: "no view shows any of it",
                hint: "is it very thin, or one vertex very far from all others?")
        }
        let observed = diagonal.map { $0 > 0 }
        let isUnknown = pointsOfObservedParts(observed)
        let unknowns = isUnknown.indices.filter { isUnknown[$0] }
        let matrix = systemMatrix(unknowns, smoothness: smoothness * weight)
        var solution = targets.gatheringRows(unknowns)
        try SparseSolver(matrix).solve(&solution, parallelism: parallelism)
        let nearest = NearestPoint(unknowns.map { surface.positions[$0] })
        var row = [Int](repeating: 0, count: isUnknown.count)
        for (index, point) in unknowns.enumerated() { row[point] = index }
        for point in row.indices where !isUnknown[point] { row[point] = nearest.nearest(to: surface.positions[point]) ?? 0 }
        let features = solution.gatheringRows(row)
        return PointFit(features: features, observed: observed, meanSquaredError: meanSquaredError(of: features))
    }

    /// Whether each point is connected to one that a view shows.
    private func pointsOfObservedParts(_ observed: [Bool]) -> [Bool] {
        let components = surface.vertexComponents()
        var isShown = [Bool](repeating: false, count: components.count)
        for point in components.indices where observed[point] { isShown[Int(components[point])] = true }
        return components.map { isShown[Int($0)] }
    }

    /// A'CA + smoothness L over the unknown points; edges never connect an unknown point with another.
    private func systemMatrix(_ unknowns: [Int], smoothness: Double) -> SparseMatrix {
        var place = [Int32](repeating: -1, count: diagonal.count)
        for (index, point) in unknowns.enumerated() { place[point] = Int32(index) }
        var triplets = unknowns.indices.map { SparseMatrix.Triplet(row: Int32($0), column: Int32($0), value: diagonal[unknowns[$0]]) }
        for (edge, entry) in zip(surface.edges, offDiagonal) {
            let (a, b) = (place[Int(edge.a)], place[Int(edge.b)])
            guard a >= 0 else { continue }
            triplets.append(.init(row: a, column: a, value: smoothness))
            triplets.append(.init(row: b, column: b, value: smoothness))
            triplets.append(.init(row: a, column: b, value: entry - smoothness))
            triplets.append(.init(row: b, column: a, value: entry - smoothness))
        }
        return SparseMatrix(rows: unknowns.count, columns: unknowns.count, triplets: triplets)
    }

    /// (tr F'A'CAF - 2 tr F'A'CY + tr Y'CY) / (c x dimension), in double precision.
    ///
    /// Its terms cancel, so that it is exact to about 1e-7 of the targets' own mean square.
    func meanSquaredError(of features: Matrix) -> Double {
        guard let targets, weight > 0, features.columns > 0 else { return 0 }
        var sum = squaredTargets
        features.values.withUnsafeBufferPointer { f in
            targets.values.withUnsafeBufferPointer { y in
                let d = features.columns
                func dot(_ a: UnsafeBufferPointer<Float>, _ i: Int, _ b: UnsafeBufferPointer<Float>, _ j: Int) -> Double {
                    var total = 0.0
                    for k in 0..<d { total += Double(a[i * d + k]) * Double(b[j * d + k]) }
                    return total
                }
                for (point, entry) in diagonal.enumerated() where entry > 0 {
                    sum += entry * dot(f, point, f, point) - 2 * dot(f, point, y, point)
                }
                for (edge, entry) in zip(surface.edges, offDiagonal) where entry != 0 {
                    sum += 2 * entry * dot(f, Int(edge.a), f, Int(edge.b))
                }
            }
        }
        return max(0, sum) / (weight * Double(features.columns))
    }
}
