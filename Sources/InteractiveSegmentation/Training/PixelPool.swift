import BSBBackbones
import BSBLinearAlgebra
import BSBRendering

/// The covered pixels of a view that training may compare, each with where it lies on the surface and in the masks.
struct PixelPool: Sendable {
    /// The vertices of the triangle that each pixel shows.
    var corners: [SIMD3<Int32>] = []
    /// Their barycentric weights.
    var weights: [SIMD3<Float>] = []
    /// Where each pixel lies in the masks.
    var stencils: [BilinearStencil] = []

    var count: Int { corners.count }

    /// The pixels of a view, every k-th so that there are at most about `limit`.
    ///
    /// Coverage is the renderer's own, not a soft outline: outside of it there is nothing to learn.
    init(_ surfaces: SurfaceBuffers, faces: [SIMD3<UInt32>], answers: AnsweredView, limit: Int?) {
        let covered = surfaces.faceIDs.indices.filter { surfaces.faceIDs[$0] >= 0 }
        let step = limit.map { max(1, (covered.count + $0 - 1) / max(1, $0)) } ?? 1
        let plane = FeatureGrid(columns: answers.columns, rows: answers.rows, dimension: 0, values: [], map: answers.map)
        for index in stride(from: 0, to: covered.count, by: step) {
            let pixel = covered[index]
            let (u, v) = (surfaces.barycentrics[pixel].x, surfaces.barycentrics[pixel].y)
            corners.append(SIMD3<Int32>(truncatingIfNeeded: faces[Int(surfaces.faceIDs[pixel])]))
            weights.append([1 - u - v, u, v])
            let (x, y) = (pixel % surfaces.size.width, pixel / surfaces.size.width)
            stencils.append(plane.stencil(at: [Float(x) + 0.5, Float(y) + 0.5]))
        }
    }

    /// The interpolated logit of a mask at a pixel.
    func logit(_ pixel: Int, of prompt: TrainingPrompt) -> Float {
        let stencil = stencils[pixel]
        var sum: Float = 0
        for corner in 0..<4 { sum += stencil.weights[corner] * Float(prompt.logits[Int(stencil.cells[corner])]) }
        return sum * TrainingPrompt.logitStep
    }
}

/// A point of the surface whose probability is compared: a mean of rows' probabilities, and what it should be.
struct ComparedPoint: Sendable {
    /// Rows of the decoder's input.
    var rows: SIMD3<Int32>
    /// Their shares, which sum to 1.
    var weights: SIMD3<Float>
    /// The probability to be inside that is learned.
    var target: Float
}

/// Prompts that are run through the decoder together.
struct DecoderShard: Sendable {
    var input: DecoderInput
    var points: [ComparedPoint]
}

/// Makes shards from prompts and the points where they are compared.
struct ShardBuilder: Sendable {
    /// #V x features, as the decoder takes them.
    let features: Matrix
    /// Whether probabilities of vertices are interpolated, as published, or features.
    let rendersProbabilities: Bool
    private var rows: [Float] = []
    private var groups: [DecoderInput.Group] = []
    private var clicks: [SurfaceClick] = []
    private var points: [ComparedPoint] = []

    init(features: Matrix, rendersProbabilities: Bool) {
        self.features = features
        self.rendersProbabilities = rendersProbabilities
    }

    private var rowCount: Int { rows.count / max(1, features.columns) }

    /// Adds a prompt, compared at some pixels of its view.
    mutating func add(_ prompt: TrainingPrompt, pool: PixelPool, pixels chosen: [Int]) {
        addGroup(prompt.clicks) {
            if $0.rendersProbabilities { $0.addVertices(prompt, pool, chosen) } else { $0.addPoints(prompt, pool, chosen) }
        }
    }

    /// Adds clicks, compared at some vertices with the probabilities that these should have.
    mutating func add(_ clicks: [SurfaceClick], vertices: [Int], targets: [Float]) {
        addGroup(clicks) { builder in
            for (vertex, target) in zip(vertices, targets) {
                let row = Int32(builder.rowCount)
                builder.rows += builder.features.row(vertex)
                builder.points.append(ComparedPoint(rows: [row, row, row], weights: [1, 0, 0], target: target))
            }
        }
    }

    private mutating func addGroup(_ clicks: [SurfaceClick], rows add: (inout ShardBuilder) -> Void) {
        let (firstRow, firstClick) = (rowCount, self.clicks.count)
        self.clicks += clicks
        add(&self)
        groups.append(DecoderInput.Group(rows: firstRow..<rowCount, clicks: firstClick..<self.clicks.count))
    }

    /// The shard of everything added.
    var shard: DecoderShard {
        let input = DecoderInput(
            features: Matrix(rows: rowCount, columns: features.columns, values: rows), groups: groups,
            clicks: ClickFeatures(values: features.gatheringRows(clicks.map(\.vertex)), isForeground: clicks.map(\.isForeground)))
        return DecoderShard(input: input, points: points)
    }

    /// One row for each pixel: the feature there, as the field was fitted.
    private mutating func addPoints(_ prompt: TrainingPrompt, _ pool: PixelPool, _ chosen: [Int]) {
        let columns = features.columns
        for pixel in chosen {
            let row = Int32(rowCount)
            let (corners, weights) = (pool.corners[pixel], pool.weights[pixel])
            features.values.withUnsafeBufferPointer { values in
                let (a, b, c) = (Int(corners.x) * columns, Int(corners.y) * columns, Int(corners.z) * columns)
                for j in 0..<columns { rows.append(weights.x * values[a + j] + weights.y * values[b + j] + weights.z * values[c + j]) }
            }
            points.append(ComparedPoint(rows: [row, row, row], weights: [1, 0, 0], target: pool.logit(pixel, of: prompt) > 0 ? 1 : 0))
        }
    }

    /// One row for each vertex that a pixel needs.
    private mutating func addVertices(_ prompt: TrainingPrompt, _ pool: PixelPool, _ chosen: [Int]) {
        var rowOfVertex: [Int32: Int32] = [:]
        for pixel in chosen {
            var own = SIMD3<Int32>()
            for corner in 0..<3 {
                let vertex = pool.corners[pixel][corner]
                if rowOfVertex[vertex] == nil {
                    rowOfVertex[vertex] = Int32(rowCount)
                    rows += features.row(Int(vertex))
                }
                own[corner] = rowOfVertex[vertex] ?? 0
            }
            points.append(ComparedPoint(rows: own, weights: pool.weights[pixel], target: pool.logit(pixel, of: prompt) > 0 ? 1 : 0))
        }
    }
}
