import BSBBackbones
import BSBBasics
import BSBDistillation
import BSBImages
import BSBLinearAlgebra

/// Finds the pixel of a region whose interpolated feature is most similar to a query, without interpolating any feature.
///
/// Between four neighbouring cell centres of the grid, the feature of a pixel is `Σ wᵢ tᵢ` with bilinear weights `w` and the four cells'
/// vectors `t`. Its inner product with a query `f` is `Σ wᵢ (tᵢ·f)`: four numbers for each query. Its length is `√(Σ wᵢ wⱼ tᵢ·tⱼ)`:
/// along a row of pixels, the root of a parabola. So neither needs the d-dimensional vector of a pixel, and nothing is stored by pixel.
///
/// Most of the picture is never looked at: within one such block the cosine is at most `max(tᵢ·f) / shortest length`, which rules out
/// every block that cannot beat the best pixel found so far. The answer is that of the exhaustive search.
package struct PixelSearch: Sendable {
    /// The pixels between the same four cell centres.
    private struct Block: Sendable {
        var columns: Range<Int>
        var rows: Range<Int>
        var cells: SIMD4<Int32>
        /// The shortest and the longest feature among the block's pixels in the region.
        var shortest: Float
        var longest: Float
    }

    /// The picture's features as rows, one for each cell.
    private let cells: Matrix
    private let gram: NeighbourGram
    private let region: Mask
    private let horizontal: GridAxis
    private let vertical: GridAxis
    private var blocks: [Block]

    /// What a search found, and how much of the region it had to look at.
    package struct Match: Sendable, Hashable {
        /// The most similar pixel.
        package var pixel: Pixel
        /// The cosine of the query and the pixel's interpolated feature.
        package var similarity: Float
        /// The pixels whose similarity was evaluated.
        package var evaluated: Int
    }

    /// Prepares the search among the pixels of `region`.
    ///
    /// Complexity: O(region + cells x d).
    package init(features: FeatureGrid, region: Mask) {
        cells = Matrix(rows: features.rows * features.columns, columns: features.dimension, values: features.values)
        gram = NeighbourGram(features)
        self.region = region
        horizontal = GridAxis(positions: (0..<region.width).map { features.column(at: Float($0) + 0.5) })
        vertical = GridAxis(positions: (0..<region.height).map { features.row(at: Float($0) + 0.5) })
        blocks = []
        for rows in vertical.runs {
            for columns in horizontal.runs {
                let (top, left) = (vertical.lower[rows.lowerBound], horizontal.lower[columns.lowerBound])
                let (bottom, right) = (min(top + 1, features.rows - 1), min(left + 1, features.columns - 1))
                let corners = [(top, left), (top, right), (bottom, left), (bottom, right)].map { Int32($0 * features.columns + $1) }
                blocks.append(
                    Block(columns: columns, rows: rows, cells: SIMD4(corners), shortest: .infinity, longest: 0))
            }
        }
        blocks = blocks.compactMap { measured($0) }
    }

    /// Whether the region has a pixel with a direction to compare.
    package var isEmpty: Bool { blocks.isEmpty }

    /// The most similar pixel of the region for each query, or nil where nothing can be compared; of equals the first in reading order.
    ///
    /// - Parameter parallelism: the threads that share the work; the result is the same for any number.
    /// - Parameter queries: m x d vectors.
    /// - Returns: m matches.
    /// - Complexity: O(m x cells x d) for the inner products and at most O(m x region) for the search.
    package func mostSimilar(to queries: Matrix, parallelism: Parallelism = Parallelism()) -> [Match?] {
        let products = Matrix.product(cells.factor, queries.transposed)
        return parallelism.map(queries.rows) { query in
            let squared = dot(queries.row(query), queries.row(query))
            guard squared > 0, squared.isFinite else { return nil }
            let scale = 1 / squared.squareRoot()
            return search((0..<cells.rows).map { products[$0, query] * scale })
        }
    }

    /// Searches the blocks from the most promising on.
    ///
    /// The most promising is looked at before the others are put in order: it rules out most of them.
    ///
    /// - Parameter products: the query's inner product with each cell.
    private func search(_ products: [Float]) -> Match? {
        let bounds = blocks.map { bound($0, products) }
        var best = (similarity: -Float.infinity, pixel: Int.max)
        var evaluated = 0
        // The slack covers rounding, so that a bound never rules out a pixel that it should not.
        func isPromising(_ block: Int) -> Bool { bounds[block] + 1e-5 >= best.similarity }
        func look(_ index: Int) {
            let block = blocks[index]
            let corner = block.cells
            let (a, b) = (products[Int(corner[0])], products[Int(corner[1])])
            let (c, d) = (products[Int(corner[2])], products[Int(corner[3])])
            forEachLength(in: block) { x, y, length in
                let (fx, fy) = (horizontal.fraction[x], vertical.fraction[y])
                let upper = a + (b - a) * fx
                let lower = c + (d - c) * fx
                let similarity = (upper + (lower - upper) * fy) / length
                let pixel = y * region.width + x
                if similarity > best.similarity || (similarity == best.similarity && pixel < best.pixel) {
                    best = (similarity, pixel)
                }
                evaluated += 1
            }
        }
        guard let first = blocks.indices.max(by: { (bounds[$0], $1) < (bounds[$1], $0) }) else { return nil }
        look(first)
        let others = blocks.indices.filter { $0 != first && isPromising($0) }.sorted { (bounds[$0], $1) > (bounds[$1], $0) }
        for block in others {
            guard isPromising(block) else { break }
            look(block)
        }
        guard best.similarity > -.infinity else { return nil }
        let (y, x) = best.pixel.quotientAndRemainder(dividingBy: region.width)
        return Match(pixel: Pixel(x: x, y: y), similarity: best.similarity, evaluated: evaluated)
    }

    private func bound(_ block: Block, _ products: [Float]) -> Float {
        var largest = -Float.infinity
        for corner in 0..<4 { largest = max(largest, products[Int(block.cells[corner])]) }
        return largest / (largest > 0 ? block.shortest : block.longest)
    }

    /// The block with the lengths in it, or nil if the region has no comparable pixel there.
    private func measured(_ block: Block) -> Block? {
        var result = block
        forEachLength(in: block) { _, _, length in
            result.shortest = min(result.shortest, length)
            result.longest = max(result.longest, length)
        }
        return result.longest > 0 ? result : nil
    }

    /// Calls `body` with each pixel of the region in the block and the length of its feature, in reading order.
    private func forEachLength(in block: Block, _ body: (_ x: Int, _ y: Int, _ length: Float) -> Void) {
        for y in block.rows {
            let parabola = gram.squaredNorms(cells: block.cells, height: vertical.fraction[y])
            for x in block.columns where region[x, y] {
                let fx = horizontal.fraction[x]
                let squared = parabola.constant + fx * (parabola.linear + fx * parabola.quadratic)
                if squared > 0, squared.isFinite { body(x, y, squared.squareRoot()) }
            }
        }
    }
}

/// For each pixel along one axis of a picture: the grid cell before it and how far it is on the way to the next.
///
/// It is `FeatureGrid.stencil(at:)` taken apart by axis, which the axis-aligned map allows.
private struct GridAxis: Sendable {
    let lower: [Int]
    let fraction: [Float]
    /// Maximal ranges of pixels with the same cell before them.
    let runs: [Range<Int>]

    /// - Parameter positions: where each pixel's centre is among the cells.
    init(positions: [Float]) {
        lower = positions.map { Int($0) }
        fraction = positions.map { $0 - Float(Int($0)) }
        var runs: [Range<Int>] = []
        var start = 0
        for pixel in 1...positions.count where pixel == positions.count || Int(positions[pixel]) != Int(positions[start]) {
            runs.append(start..<pixel)
            start = pixel
        }
        self.runs = runs
    }
}
