import BSBLinearAlgebra

/// The search for mutual best matches at one level of two pyramids.
struct BuddySearch {
    let a: FeaturePyramid.Level
    let b: FeaturePyramid.Level
    /// Patches of 2 x `patchRadius` + 1 cells a side are compared.
    let patchRadius: Int
    let alignsAppearance: Bool

    /// The best match of each cell so far.
    private struct Best {
        var other: [Int]
        var similarity: [Float]

        init(count: Int) {
            other = [Int](repeating: -1, count: count)
            similarity = [Float](repeating: -.infinity, count: count)
        }

        mutating func offer(_ candidate: Int, _ value: Float, to cell: Int) {
            if value > similarity[cell] { (other[cell], similarity[cell]) = (candidate, value) }
        }
    }

    /// The mutual best matches within the windows below the coarser level's matches, or anywhere; row by row.
    func matches(within parents: [NeuralBestBuddies.Match]?, radius: Int, activation: Float) -> [NeuralBestBuddies.Match] {
        var forward = Best(count: a.columns * a.rows)
        var backward = Best(count: b.columns * b.rows)
        var inherited = [Float](repeating: 0, count: a.columns * a.rows)
        if let parents {
            for parent in parents {
                let (from, to) = (window(parent.from, radius, a), window(parent.to, radius, b))
                compare(from, to, &forward, &backward)
                from.forEach { x, y in inherited[y * a.columns + x] = max(inherited[y * a.columns + x], parent.rank) }
            }
        } else {
            let everything = (Window(xs: 0..<a.columns, ys: 0..<a.rows), Window(xs: 0..<b.columns, ys: 0..<b.rows))
            compare(everything.0, everything.1, &forward, &backward)
        }
        return forward.other.indices.compactMap { cell in
            let other = forward.other[cell]
            guard other >= 0, backward.other[other] == cell, min(a.activation[cell], b.activation[other]) >= activation else { return nil }
            return NeuralBestBuddies.Match(
                from: SIMD2(cell % a.columns, cell / a.columns), to: SIMD2(other % b.columns, other / b.columns),
                rank: inherited[cell] + (a.activation[cell] + b.activation[other]) / 2 + forward.similarity[cell])
        }
    }

    /// A rectangle of cells.
    private struct Window {
        var xs: Range<Int>
        var ys: Range<Int>

        func forEach(_ body: (Int, Int) -> Void) {
            for y in ys { for x in xs { body(x, y) } }
        }

        /// The cells of the window and `margin` more on each side, mirrored at the level's border.
        func cells(of level: FeaturePyramid.Level, margin: Int) -> [Int] {
            func mirrored(_ i: Int, _ count: Int) -> Int {
                let reflected = i < 0 ? -i : i >= count ? 2 * count - 2 - i : i
                return min(max(reflected, 0), count - 1)
            }
            return (ys.lowerBound - margin..<ys.upperBound + margin).flatMap { y in
                (xs.lowerBound - margin..<xs.upperBound + margin).map {
                    mirrored(y, level.rows) * level.columns + mirrored($0, level.columns)
                }
            }
        }
    }

    /// The cells around twice a coarser cell's place.
    private func window(_ parent: SIMD2<Int>, _ radius: Int, _ level: FeaturePyramid.Level) -> Window {
        func range(_ place: Int, _ count: Int) -> Range<Int> {
            let low = min(max(2 * place - radius, 0), count - 1)
            return low..<max(min(2 * place + radius + 1, count), low + 1)
        }
        return Window(xs: range(parent.x, level.columns), ys: range(parent.y, level.rows))
    }

    /// Compares the patches of two windows, all with all.
    private func compare(_ from: Window, _ to: Window, _ forward: inout Best, _ backward: inout Best) {
        let r = patchRadius
        var left = a.vectors.gatheringRows(from.cells(of: a, margin: r))
        var right = b.vectors.gatheringRows(to.cells(of: b, margin: r))
        if alignsAppearance { Self.align(&left, &right) }
        let products = Matrix.product(left.factor, right.transposed)
        let (leftWidth, rightWidth) = (from.xs.count + 2 * r, to.xs.count + 2 * r)
        let patch = Float((2 * r + 1) * (2 * r + 1))
        products.values.withUnsafeBufferPointer { products in
            from.forEach { ax, ay in
                let leftStart = (ay - from.ys.lowerBound) * leftWidth + ax - from.xs.lowerBound
                to.forEach { bx, by in
                    let rightStart = (by - to.ys.lowerBound) * rightWidth + bx - to.xs.lowerBound
                    var sum: Float = 0
                    for dy in 0...2 * r {
                        for dx in 0...2 * r {
                            sum += products[(leftStart + dy * leftWidth + dx) * right.rows + rightStart + dy * rightWidth + dx]
                        }
                    }
                    let (cell, other) = (ay * a.columns + ax, by * b.columns + bx)
                    forward.offer(other, sum / patch, to: cell)
                    backward.offer(cell, sum / patch, to: other)
                }
            }
        }
    }

    /// Brings both sets of vectors to the mean of their means and of their deviations, component by component, and to unit length.
    private static func align(_ left: inout Matrix, _ right: inout Matrix) {
        for d in 0..<left.columns {
            let (l, r) = (moments(left, d), moments(right, d))
            let (mean, deviation) = ((l.mean + r.mean) / 2, (l.deviation + r.deviation) / 2)
            for row in 0..<left.rows { left[row, d] = (left[row, d] - l.mean) / max(l.deviation, 1e-4) * deviation + mean }
            for row in 0..<right.rows { right[row, d] = (right[row, d] - r.mean) / max(r.deviation, 1e-4) * deviation + mean }
        }
        left.normalizeRows()
        right.normalizeRows()
    }

    private static func moments(_ matrix: Matrix, _ column: Int) -> (mean: Float, deviation: Float) {
        var (sum, squares) = (Float(0), Float(0))
        for row in 0..<matrix.rows {
            sum += matrix[row, column]
            squares += matrix[row, column] * matrix[row, column]
        }
        let mean = sum / Float(max(matrix.rows, 1))
        return (mean, max(squares / Float(max(matrix.rows, 1)) - mean * mean, 0).squareRoot())
    }
}
