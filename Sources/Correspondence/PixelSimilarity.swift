import BSBBackbones
import BSBBasics
import BSBDistillation
import BSBImages
import BSBLinearAlgebra

/// Compares the interpolated features of a picture's pixels with other features.
package struct PixelSimilarity: Sendable {
    private let features: FeatureGrid
    private let cells: Matrix
    private let gram: NeighbourGram

    /// Prepares comparisons with `features`.
    ///
    /// Complexity: O(cells x d).
    package init(_ features: FeatureGrid) {
        self.features = features
        cells = Matrix(rows: features.rows * features.columns, columns: features.dimension, values: features.values)
        gram = NeighbourGram(features)
    }

    /// A quarter of the distance between the centres of two cells, at least 1, in pixels: features change little over it.
    package var spacing: Int {
        let cell = 1 / max(features.map.scaleX, features.map.scaleY)
        return cell.isFinite ? max(1, Int(cell / 4)) : 1
    }

    /// The pixels of `region` on a square lattice, in reading order.
    ///
    /// The lattice is narrowed where it misses the region, and widened until there are at most `limit` pixels.
    /// - Complexity: O(lattice) for each lattice that is tried.
    package static func lattice(in region: Mask, spacing: Int, limit: Int = .max) -> [Pixel] {
        var spacing = max(1, spacing)
        var pixels = lattice(region, spacing)
        while pixels.isEmpty, spacing > 1 {
            spacing /= 2
            pixels = lattice(region, spacing)
        }
        while pixels.count > limit {
            spacing += max(1, spacing / 3)
            pixels = lattice(region, spacing)
        }
        return pixels
    }

    private static func lattice(_ region: Mask, _ spacing: Int) -> [Pixel] {
        var pixels: [Pixel] = []
        for y in stride(from: spacing / 2, to: region.height, by: spacing) {
            for x in stride(from: spacing / 2, to: region.width, by: spacing) where region[x, y] { pixels.append(Pixel(x: x, y: y)) }
        }
        return pixels
    }

    /// The cosine of a query of length d with the feature of each pixel; `-infinity` where one of them has no direction.
    ///
    /// No feature is interpolated: the inner product with a pixel is the bilinear mean of the inner products with its four cells.
    /// - Complexity: O(cells x d + pixels).
    package func cosines(of query: [Float], at pixels: [Pixel]) -> [Float] {
        let squared = dot(query[...], query[...])
        guard squared > 0, squared.isFinite else { return [Float](repeating: -.infinity, count: pixels.count) }
        let scale = 1 / squared.squareRoot()
        let products = (0..<cells.rows).map { dot(cells.row($0), query[...]) * scale }
        return pixels.map { pixel in
            let stencil = features.stencil(at: pixel.center)
            let length = gram.squaredNorm(stencil).squareRoot()
            guard length > 0, length.isFinite else { return -.infinity }
            var product: Float = 0
            for corner in 0..<4 { product += stencil.weights[corner] * products[Int(stencil.cells[corner])] }
            return product / length
        }
    }

    /// The features of pixels, scaled to length 1: pixels x d; zero for those without a direction.
    ///
    /// - Complexity: O(pixels x d).
    package func directions(at pixels: [Pixel]) -> Matrix {
        Matrix(rows: pixels.count, columns: features.dimension, values: pixels.flatMap { features.feature(at: $0.center) })
            .withNormalizedRows()
    }
}
