import BSBBackbones
import BSBBasics
import BSBLinearAlgebra
import BSBShapes

/// What one view contributes to the normal equations of the rendering error.
///
/// With A (#samples x #points) the barycentric weights, W (#samples x #cells) the bilinear ones, G the grid and C the samples' weights, the
/// error is sum of C (A F - W G)^2, and everything that its minimum and its gradient need is A'CA, A'CWG and the sum of C (WG)^2.
/// No picture of features is ever formed.
struct ViewEquations: Sendable {
    /// The points that the samples touch, ascending.
    let points: [Int32]
    /// The triangles that the samples lie in, by first sample.
    let faces: [Int32]
    /// For each of `faces`: the entries of A'CA between its corners: 00, 11, 22, 01, 12, 20.
    let products: [SIMD8<Double>]
    /// A'CWG: #points x dimension.
    let targets: Matrix
    /// The sum of C (WG)^2.
    let squaredTargets: Double
    /// The sum of C.
    let weight: Double

    /// The equations of a view.
    ///
    /// Complexity: O(samples + cells touched x dimension).
    /// - Parameters:
    ///   - normalizesTargets: whether each sample's interpolated feature is scaled to length 1.
    ///   - parallelism: the threads that share the points; the result is the same for any number.
    /// - Throws: `Failure` if a sample lies in no face of the surface, or anything is not finite.
    init(_ view: ViewObservation, of surface: Adjacency, normalizesTargets: Bool, parallelism: Parallelism) throws {
        try Self.check(view, surface)
        let samples = view.samples.filter { $0.weight > 0 }
        let stencils = samples.map { view.grid.stencil(at: $0.point) }
        let gram = NeighbourGram(view.grid)
        var squares = 0.0
        // C, and C over the length of the target where targets are scaled to length 1.
        let targetWeights = zip(samples, stencils).map { sample, stencil -> Float in
            let squared = gram.squaredNorm(stencil)
            guard normalizesTargets else {
                squares += Double(sample.weight) * Double(squared)
                return sample.weight
            }
            guard squared > 0 else { return 0 }
            squares += Double(sample.weight)
            return sample.weight / squared.squareRoot()
        }
        squaredTargets = squares
        weight = samples.reduce(0) { $0 + Double($1.weight) }
        (faces, products) = Self.products(of: samples, faceCount: surface.triangles.count)
        points = Self.points(of: faces, surface)
        let incidences = Incidences(samples: samples, points: points, surface: surface)
        targets = incidences.targets(stencils: stencils, weights: targetWeights, grid: view.grid, parallelism: parallelism)
    }

    private static func check(_ view: ViewObservation, _ surface: Adjacency) throws {
        let faces = Int32(surface.triangles.count)
        for sample in view.samples {
            guard sample.face >= 0, sample.face < faces else { throw failure("a sample lies in no face of the mesh") }
            let sum = sample.barycentrics.sum() + sample.point.sum() + sample.weight
            guard sum.isFinite else { throw failure("a sample is not finite") }
        }
        guard view.grid.columns > 0, view.grid.rows > 0 else { throw failure("the feature grid is empty") }
        guard view.grid.values.allSatisfy(\.isFinite) else { throw failure("the features are not finite") }
    }

    private static func products(of samples: [SurfaceSample], faceCount: Int) -> ([Int32], [SIMD8<Double>]) {
        var slots = [Int32](repeating: -1, count: faceCount)
        var faces: [Int32] = []
        var products: [SIMD8<Double>] = []
        for sample in samples {
            if slots[Int(sample.face)] < 0 {
                slots[Int(sample.face)] = Int32(faces.count)
                faces.append(sample.face)
                products.append(.zero)
            }
            let b = SIMD3<Double>(sample.corners)
            products[Int(slots[Int(sample.face)])] +=
                Double(sample.weight) * SIMD8(b.x * b.x, b.y * b.y, b.z * b.z, b.x * b.y, b.y * b.z, b.z * b.x, 0, 0)
        }
        return (faces, products)
    }

    private static func points(of faces: [Int32], _ surface: Adjacency) -> [Int32] {
        var isTouched = [Bool](repeating: false, count: surface.positions.count)
        for face in faces {
            for corner in 0..<3 { isTouched[Int(surface.triangles[Int(face)][corner])] = true }
        }
        return isTouched.indices.filter { isTouched[$0] }.map { Int32($0) }
    }

    private static func failure(_ reason: String) -> Failure {
        Failure(.badInput, "fitting features to a view", reason: reason)
    }
}

extension SurfaceSample {
    /// The barycentric weights of the three corners.
    var corners: SIMD3<Float> { [1 - barycentrics.x - barycentrics.y, barycentrics.x, barycentrics.y] }
}

extension ViewEquations {
    /// A'CA over the view's own points: #points x #points.
    func productMatrix(of surface: Adjacency) -> SparseMatrix {
        var place = [Int32](repeating: -1, count: surface.positions.count)
        for (index, point) in points.enumerated() { place[Int(point)] = Int32(index) }
        var triplets: [SparseMatrix.Triplet] = []
        triplets.reserveCapacity(faces.count * 9)
        for (face, product) in zip(faces, products) {
            let triangle = surface.triangles[Int(face)]
            for side in 0..<3 {
                let (a, b) = (place[Int(triangle[side])], place[Int(triangle[(side + 1) % 3])])
                triplets.append(.init(row: a, column: a, value: product[side]))
                triplets.append(.init(row: a, column: b, value: product[3 + side]))
                triplets.append(.init(row: b, column: a, value: product[3 + side]))
            }
        }
        return SparseMatrix(rows: points.count, columns: points.count, triplets: triplets)
    }
}

/// Which samples each point takes part in, and with which barycentric weight.
private struct Incidences: Sendable {
    /// #points + 1.
    let starts: [Int32]
    let samples: [Int32]
    let weights: [Float]

    init(samples all: [SurfaceSample], points: [Int32], surface: Adjacency) {
        var place = [Int32](repeating: -1, count: surface.positions.count)
        for (index, point) in points.enumerated() { place[Int(point)] = Int32(index) }
        var starts = [Int32](repeating: 0, count: points.count + 1)
        for sample in all {
            for corner in 0..<3 { starts[Int(place[Int(surface.triangles[Int(sample.face)][corner])]) + 1] += 1 }
        }
        for point in points.indices { starts[point + 1] += starts[point] }
        var next = starts
        var samples = [Int32](repeating: 0, count: all.count * 3)
        var weights = [Float](repeating: 0, count: all.count * 3)
        for (index, sample) in all.enumerated() {
            for corner in 0..<3 {
                let point = Int(place[Int(surface.triangles[Int(sample.face)][corner])])
                samples[Int(next[point])] = Int32(index)
                weights[Int(next[point])] = sample.corners[corner]
                next[point] += 1
            }
        }
        (self.starts, self.samples, self.weights) = (starts, samples, weights)
    }

    /// A'CWG, row by row: the weights of a point's cells are summed first, so that each cell's feature is read once for each point.
    func targets(
        stencils: [BilinearStencil], weights sampleWeights: [Float], grid: FeatureGrid, parallelism: Parallelism
    ) -> Matrix {
        var result = Matrix(rows: starts.count - 1, columns: grid.dimension)
        let dimension = grid.dimension
        result.forEachRowBlock(of: 256, parallelism: parallelism) { range, output in
            var cellWeights = [Float](repeating: 0, count: grid.columns * grid.rows)
            var cells: [Int] = []
            grid.values.withUnsafeBufferPointer { values in
                for row in range {
                    gather(row, stencils, sampleWeights, into: &cellWeights, cells: &cells)
                    let start = (row - range.lowerBound) * dimension
                    let target = UnsafeMutableBufferPointer(rebasing: output[start..<(start + dimension)])
                    for cell in cells {
                        Vectors.add(
                            cellWeights[cell], UnsafeBufferPointer(rebasing: values[(cell * dimension)..<((cell + 1) * dimension)]),
                            to: target)
                        cellWeights[cell] = 0
                    }
                    cells.removeAll(keepingCapacity: true)
                }
            }
        }
        return result
    }

    /// Adds up one row of A'CW; `cells` lists its entries that are not 0, by first sample.
    private func gather(
        _ row: Int, _ stencils: [BilinearStencil], _ sampleWeights: [Float], into cellWeights: inout [Float], cells: inout [Int]
    ) {
        for incidence in Int(starts[row])..<Int(starts[row + 1]) {
            let sample = Int(samples[incidence])
            let weight = weights[incidence] * sampleWeights[sample]
            guard weight != 0 else { continue }
            let stencil = stencils[sample]
            for corner in 0..<4 where stencil.weights[corner] != 0 {
                let cell = Int(stencil.cells[corner])
                if cellWeights[cell] == 0 { cells.append(cell) }
                cellWeights[cell] += weight * stencil.weights[corner]
            }
        }
    }
}
