import BSBBasics
import BSBImages
import BSBLinearAlgebra
import Foundation

/// A smooth change of a picture of a surface, so that its outline comes to lie on an object's and what it shows on what looks like it.
///
/// The displacement d of the lattice's nodes minimises Σ w |d - wanted|² + stiffness Σ (second differences)².
/// Wanted are, in turns, the places of similar pixels within a reach and the nearest piece of the other outline of like direction; both
/// reaches and the stiffness become smaller from round to round. Where the lattice would fold, it is stiffened until it does not.
struct LatticeWarp: Sendable {
    /// For each node its displacement, in pixels.
    private(set) var displacement: [SIMD2<Double>]
    /// Triangles of the lattice that are folded over, where the surface is.
    private(set) var folds = 0

    private let lattice: ObjectLattice
    private let isShown: [Bool]
    private let shown: [Int]
    private let outline: [SilhouetteEdge]
    private let wanted: [SilhouetteEdge]
    /// shown x inside: how much more than others a node of the surface looks like one of the photo, in standard deviations.
    private let likeness: Matrix
    private let smoothness: [SparseMatrix.Triplet]
    private let analysis: SparseAnalysis

    /// A round of the fit: lengths are in shares of the object's size.
    struct Round {
        var stiffnessLength: Double
        var reach: Double
        var edgeReach: Double
        var edgeWeight: Double
        var repeats = 3
    }

    static let rounds: [Round] = [
        Round(stiffnessLength: 0.6, reach: 0.2, edgeReach: 0.25, edgeWeight: 1),
        Round(stiffnessLength: 0.3, reach: 0.14, edgeReach: 0.16, edgeWeight: 1.5),
        Round(stiffnessLength: 0.18, reach: 0.1, edgeReach: 0.1, edgeWeight: 2),
        Round(stiffnessLength: 0.11, reach: 0.07, edgeReach: 0.08, edgeWeight: 3),
    ]

    /// Fits what a camera shows of a surface at the lattice's nodes.
    ///
    /// - Parameter shown: for each node the number of its row of `features`; -1 where no surface is.
    /// - Parameter features: what is seen of the surface, of length 1.
    /// - Parameter start: the displacement to begin with; none by default.
    /// - Throws: `Failure` if a system cannot be solved.
    init(
        _ lattice: ObjectLattice, shown row: [Int], features: Matrix, from start: [SIMD2<Double>]? = nil, rounds: [Round] = Self.rounds,
        parallelism: Parallelism
    ) throws {
        self.lattice = lattice
        displacement = start ?? [SIMD2<Double>](repeating: .zero, count: lattice.count)
        isShown = row.map { $0 >= 0 }
        shown = row.indices.filter { row[$0] >= 0 }
        outline = SilhouetteEdge.all(of: isShown, in: lattice)
        wanted = SilhouetteEdge.all(of: lattice.isInside, in: lattice)
        likeness = Self.standardised(
            Matrix.product(
                features.gatheringRows(shown.map { row[$0] }).factor, lattice.features.transposed, parallelism: parallelism))
        smoothness = Self.smoothness(lattice)
        analysis = try SparseAnalysis(
            of: Self.matrix(smoothness, lattice.count, stiffness: 1, weights: [Double](repeating: 1, count: lattice.count)))
        guard !shown.isEmpty else { return }
        for round in rounds {
            for _ in 0..<round.repeats { try step(round) }
        }
    }

    /// The size of the object in pixels.
    private var size: Double { Double(max(lattice.columns, lattice.rows)) * lattice.spacing / 1.4 }

    /// Cosines less what is usual in their row and column, over their spread.
    private static func standardised(_ cosines: Matrix) -> Matrix {
        var result = cosines
        guard cosines.rows > 0, cosines.columns > 0 else { return result }
        let columns = cosines.columnMeans()
        let mean = columns.reduce(0, +) / Float(columns.count)
        var squares = 0.0
        for row in 0..<cosines.rows {
            let own = cosines.row(row).reduce(0, +) / Float(cosines.columns)
            for column in 0..<cosines.columns {
                let value = cosines[row, column] - own - columns[column] + mean
                result.values[row * cosines.columns + column] = value
                squares += Double(value) * Double(value)
            }
        }
        let spread = Float((squares / Double(result.values.count)).squareRoot())
        if spread > 0 { for index in result.values.indices { result.values[index] /= spread } }
        return result
    }

    // MARK: A step

    private mutating func step(_ round: Round) throws {
        var weights = [Double](repeating: 0, count: lattice.count)
        var sums = [SIMD2<Double>](repeating: .zero, count: lattice.count)
        func pull(_ node: Int, by offset: SIMD2<Double>, weight: Double) {
            weights[node] += weight
            sums[node] += (displacement[node] + offset) * weight
        }
        for (index, node) in shown.enumerated() {
            if let (offset, weight) = similar(to: index, from: node, reach: round.reach * size) { pull(node, by: offset, weight: weight) }
        }
        let deformed = outline.map { $0.place + (displacement[$0.inner] + displacement[$0.outer]) / 2 }
        for (index, edge) in outline.enumerated() {
            guard let (offset, weight) = nearest(to: deformed[index], edge.normal, wanted.map(\.place), wanted.map(\.normal), round) else {
                continue
            }
            for node in [edge.inner, edge.outer] { pull(node, by: offset, weight: weight * round.edgeWeight / 2) }
        }
        for edge in wanted {
            guard let found = nearestIndex(to: edge.place, edge.normal, deformed, outline.map(\.normal), round) else { continue }
            let offset = edge.place - deformed[found]
            let weight = self.weight(offset, round)
            for node in [outline[found].inner, outline[found].outer] { pull(node, by: offset, weight: weight * round.edgeWeight / 4) }
        }
        try solve(weights, sums, stiffness: stiffness(round.stiffnessLength))
    }

    /// The bending at which a node moves what is within a length of it, in shares of the object's size.
    private func stiffness(_ share: Double) -> Double {
        let nodes = share * size / lattice.spacing
        return nodes * nodes * nodes * nodes / 16
    }

    /// Where around a node's place the photo looks like it, from there.
    private func similar(to index: Int, from node: Int, reach: Double) -> (offset: SIMD2<Double>, weight: Double)? {
        let place = lattice.place(node) + displacement[node]
        let position = (place - lattice.origin) / lattice.spacing
        let window = 2 * reach / lattice.spacing
        guard position.x.isFinite, position.y.isFinite else { return nil }
        let (left, right) = (max(0, (position.x - window).rounded(.up)), min(Double(lattice.columns - 1), position.x + window))
        let (top, bottom) = (max(0, (position.y - window).rounded(.up)), min(Double(lattice.rows - 1), position.y + window))
        guard left <= right, top <= bottom else { return nil }
        var (sum, total, value) = (SIMD2<Double>.zero, 0.0, 0.0)
        for y in Int(top)...Int(bottom) {
            for x in Int(left)...Int(right) {
                let other = lattice.row[y * lattice.columns + x]
                guard other >= 0 else { continue }
                let offset = (SIMD2(Double(x), Double(y)) - position) * lattice.spacing
                let like = Double(likeness.values[index * likeness.columns + other])
                let share = exp(min(like, 4) / 0.5 - dot(offset, offset) / (2 * reach * reach))
                sum += offset * share
                value += like * share
                total += share
            }
        }
        guard total > 0 else { return nil }
        let weight = min(max(0, value / total), 2) / 2
        return weight > 0 ? (sum / total, weight) : nil
    }

    private func nearest(
        to place: SIMD2<Double>, _ normal: SIMD2<Double>, _ places: [SIMD2<Double>], _ normals: [SIMD2<Double>], _ round: Round
    ) -> (offset: SIMD2<Double>, weight: Double)? {
        nearestIndex(to: place, normal, places, normals, round).map { index in
            let offset = places[index] - place
            return (offset, weight(offset, round))
        }
    }

    /// The nearest of places, where directions that differ count as distance.
    private func nearestIndex(
        to place: SIMD2<Double>, _ normal: SIMD2<Double>, _ places: [SIMD2<Double>], _ normals: [SIMD2<Double>], _ round: Round
    ) -> Int? {
        let turn = round.edgeReach * size
        var best: (index: Int, cost: Double)?
        for (index, other) in places.enumerated() {
            let offset = other - place
            let cost = dot(offset, offset) + turn * turn * (1 - dot(normal, normals[index]))
            if cost < best?.cost ?? .infinity { best = (index, cost) }
        }
        return best.flatMap { dot(normal, normals[$0.index]) > 0.2 ? $0.index : nil }
    }

    private func weight(_ offset: SIMD2<Double>, _ round: Round) -> Double {
        let reach = round.edgeReach * size
        return exp(-dot(offset, offset) / (2 * reach * reach))
    }

    // MARK: Systems

    private mutating func solve(_ weights: [Double], _ sums: [SIMD2<Double>], stiffness: Double) throws {
        var stiffness = stiffness
        for attempt in 0..<6 {
            let matrix = Self.matrix(smoothness, lattice.count, stiffness: stiffness, weights: weights)
            var right = Matrix(rows: lattice.count, columns: 2)
            for node in 0..<lattice.count { (right[node, 0], right[node, 1]) = (Float(sums[node].x), Float(sums[node].y)) }
            try SparseCholesky(matrix, analysis: analysis).solve(&right)
            let found = (0..<lattice.count).map { SIMD2(Double(right[$0, 0]), Double(right[$0, 1])) }
            folds = Self.folds(found, lattice, isShown)
            displacement = found
            if folds == 0 || attempt == 5 { return }
            stiffness *= 2.5
        }
    }

    /// Triangles beside a shown node that are turned over or nearly without area.
    static func folds(_ displacement: [SIMD2<Double>], _ lattice: ObjectLattice, _ isShown: [Bool]) -> Int {
        var count = 0
        for triangle in triangles(lattice) where isShown[triangle.x] || isShown[triangle.y] || isShown[triangle.z] {
            let places = (0..<3).map { lattice.place(triangle[$0]) + displacement[triangle[$0]] }
            let (u, v) = (places[1] - places[0], places[2] - places[0])
            if u.x * v.y - u.y * v.x < 0.05 * lattice.spacing * lattice.spacing { count += 1 }
        }
        return count
    }

    /// Two triangles for each square of nodes, all wound alike.
    static func triangles(_ lattice: ObjectLattice) -> [SIMD3<Int>] {
        var triangles: [SIMD3<Int>] = []
        for y in 0..<max(0, lattice.rows - 1) {
            for x in 0..<max(0, lattice.columns - 1) {
                let node = y * lattice.columns + x
                triangles.append([node, node + 1, node + lattice.columns + 1])
                triangles.append([node, node + lattice.columns + 1, node + lattice.columns])
            }
        }
        return triangles
    }

    /// For each node the one whose displaced place is nearest in the triangle around it; -1 where no displaced triangle is.
    static func sources(_ lattice: ObjectLattice, _ displacement: [SIMD2<Double>]) -> [Int] {
        var source = [Int](repeating: -1, count: lattice.count)
        for triangle in triangles(lattice) {
            let nodes = [triangle.x, triangle.y, triangle.z]
            let corners = nodes.map { (lattice.place($0) + displacement[$0] - lattice.origin) / lattice.spacing + 0.5 }
            forEachCell(in: (corners[0], corners[1], corners[2]), width: lattice.columns, height: lattice.rows) { x, y, weights in
                let corner = weights.x >= weights.y ? (weights.x >= weights.z ? 0 : 2) : (weights.y >= weights.z ? 1 : 2)
                source[y * lattice.columns + x] = nodes[corner]
            }
        }
        return source
    }

    /// The squares of all second differences, as products of two nodes.
    private static func smoothness(_ lattice: ObjectLattice) -> [SparseMatrix.Triplet] {
        var triplets: [SparseMatrix.Triplet] = []
        func add(_ nodes: [Int], _ factors: [Double]) {
            for (i, a) in zip(nodes, factors) {
                for (j, b) in zip(nodes, factors) { triplets.append(.init(row: Int32(i), column: Int32(j), value: a * b)) }
            }
        }
        let (columns, rows) = (lattice.columns, lattice.rows)
        for y in 0..<rows {
            for x in 0..<columns {
                let node = y * columns + x
                if x > 0, x + 1 < columns { add([node - 1, node, node + 1], [1, -2, 1]) }
                if y > 0, y + 1 < rows { add([node - columns, node, node + columns], [1, -2, 1]) }
                if x + 1 < columns, y + 1 < rows {
                    let root = 2.0.squareRoot()
                    add([node, node + 1, node + columns, node + columns + 1], [root, -root, -root, root])
                }
            }
        }
        return triplets
    }

    private static func matrix(
        _ smoothness: [SparseMatrix.Triplet], _ count: Int, stiffness: Double, weights: [Double]
    ) -> SparseMatrix {
        var triplets = smoothness.map { SparseMatrix.Triplet(row: $0.row, column: $0.column, value: $0.value * stiffness) }
        for node in 0..<count {
            // A trace of weight everywhere keeps the system solvable where nothing pulls.
            triplets.append(.init(row: Int32(node), column: Int32(node), value: weights[node] + 2e-5))
        }
        return SparseMatrix(rows: count, columns: count, triplets: triplets)
    }
}
