import BSBBackbones
import BSBLinearAlgebra

/// The features of a picture at up to five resolutions.
struct FeaturePyramid: Sendable {
    /// Unit vectors on a grid.
    struct Level: Sendable {
        var columns: Int
        var rows: Int
        /// One unit row for each cell, row by row; zero where there is no direction.
        var vectors: Matrix
        /// Squared lengths, stretched to 0...1; 1 everywhere if they do not differ.
        var activation: [Float]
    }

    /// From the finest, the features themselves, to the coarsest.
    let levels: [Level]
    /// The finest grid without its vectors.
    private let places: FeatureGrid

    /// The pyramid of a grid: means over 2 x 2, 4 x 4, 8 x 8 and 16 x 16 cells, as long as 4 cells a side are left.
    init(_ grid: FeatureGrid) {
        places = FeatureGrid(
            columns: grid.columns, rows: grid.rows, dimension: 0, values: [], map: grid.map, knots: grid.knots)
        let cells = grid.columns * grid.rows
        let plain = Raw(
            columns: grid.columns, rows: grid.rows, dimension: grid.dimension, values: grid.values,
            squares: (0..<cells).map { cell in
                grid.values[cell * grid.dimension..<(cell + 1) * grid.dimension].reduce(0) { $0 + $1 * $1 }
            })
        var raw = [plain]
        while raw.count < 5, let last = raw.last, last.columns >= 8, last.rows >= 8 { raw.append(last.halved) }
        levels = raw.map(\.level)
    }

    /// A point of the picture in the plane of the finest level.
    func position(of point: SIMD2<Float>) -> SIMD2<Float> {
        [places.column(at: point.x) + 0.5, places.row(at: point.y) + 0.5]
    }

    /// A point of the finest level's plane in the picture.
    func point(at position: SIMD2<Float>) -> SIMD2<Float> {
        places.point(column: position.x - 0.5, row: position.y - 0.5)
    }

    /// Vectors of any length with their squared lengths.
    private struct Raw {
        var columns: Int
        var rows: Int
        var dimension: Int
        var values: [Float]
        var squares: [Float]

        /// Means over 2 x 2 cells; of an odd number of columns or rows the last is left out.
        var halved: Raw {
            let (width, height) = (columns / 2, rows / 2)
            var result = Raw(
                columns: width, rows: height, dimension: dimension, values: [Float](repeating: 0, count: width * height * dimension),
                squares: [Float](repeating: 0, count: width * height))
            for y in 0..<2 * height {
                for x in 0..<2 * width { result.add(0.25, of: self, cell: y * columns + x, to: y / 2 * width + x / 2) }
            }
            return result
        }

        private mutating func add(_ weight: Float, of other: Raw, cell: Int, to target: Int) {
            let (from, to) = (cell * dimension, target * dimension)
            for d in 0..<dimension { values[to + d] += weight * other.values[from + d] }
            squares[target] += weight * other.squares[cell]
        }

        var level: Level {
            var vectors = Matrix(rows: columns * rows, columns: dimension, values: values.map { $0.isFinite ? $0 : 0 })
            vectors.normalizeRows()
            let (low, high) = (squares.min() ?? 0, squares.max() ?? 0)
            // Features of one length for all have nothing to be told apart by.
            let isFlat = !(high - low > 1e-3 * high)
            return Level(
                columns: columns, rows: rows, vectors: vectors,
                activation: squares.map { isFlat ? 1 : ($0 - low) / (high - low) })
        }
    }
}
