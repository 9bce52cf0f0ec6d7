extension Mask {
    /// The pixels whose interpolated value of a coarse map is above a threshold.
    ///
    /// Pixel centre p of the picture's plane is at `scale * p + offset` of the map's plane, where cell (c, r) has its centre at
    /// (c + 0.5, r + 0.5). The value there is the bilinear mean of the four cells around, clamped at the border.
    ///
    /// A square between four cell centres whose corners lie on one side of the threshold lies on that side as a whole, so it is filled run by
    /// run; only the squares that the border runs through are evaluated pixel by pixel.
    /// - Parameters:
    ///   - width: the mask's width in pixels.
    ///   - height: the mask's height in pixels.
    ///   - columns: the map's columns.
    ///   - rows: the map's rows.
    ///   - scale: the map's cells for each pixel, across and down.
    ///   - offset: where the origin of the picture lies in the map.
    ///   - threshold: values above it are inside.
    ///   - values: rows x columns, row-major; NaN is below every threshold.
    /// Complexity: O(columns x rows + height x runs + pixels of mixed squares).
    package init(
        width: Int, height: Int, thresholding values: [Float], columns: Int, rows: Int, scale: SIMD2<Float>, offset: SIMD2<Float> = .zero,
        above threshold: Float = 0
    ) {
        precondition(columns > 0 && rows > 0 && values.count == columns * rows, "values must be rows x columns")
        self.init(width: width, height: height)
        let horizontal = AxisSamples(count: width, cells: columns, scale: scale.x, offset: offset.x)
        let vertical = AxisSamples(count: height, cells: rows, scale: scale.y, offset: offset.y)
        values.withUnsafeBufferPointer { values in
            for band in vertical.bands {
                let upper = UnsafeBufferPointer(rebasing: values[(band.cell * columns)..<((band.cell + 1) * columns)])
                let below = min(band.cell + 1, rows - 1)
                let lower = UnsafeBufferPointer(rebasing: values[(below * columns)..<((below + 1) * columns)])
                fill(band.pixels, vertical, horizontal, between: upper, and: lower, threshold)
            }
        }
    }

    /// Fills the rows of pixels that lie between two rows of cells.
    private mutating func fill(
        _ band: Range<Int>, _ vertical: AxisSamples, _ horizontal: AxisSamples, between upper: UnsafeBufferPointer<Float>,
        and lower: UnsafeBufferPointer<Float>, _ threshold: Float
    ) {
        var full: [Range<Int>] = []
        var mixed: [AxisSamples.Band] = []
        for square in horizontal.bands {
            let (left, right) = (square.cell, min(square.cell + 1, upper.count - 1))
            let corners = SIMD4(upper[left], upper[right], lower[left], lower[right])
            let above = corners .> threshold
            guard all(above) else {
                if any(above) { mixed.append(square) }
                continue
            }
            if let last = full.last, last.upperBound == square.pixels.lowerBound {
                full[full.count - 1] = last.lowerBound..<square.pixels.upperBound
            } else {
                full.append(square.pixels)
            }
        }
        for y in band {
            for range in full { insert(range, row: y) }
            for square in mixed {
                let (left, right) = (square.cell, min(square.cell + 1, upper.count - 1))
                let start = upper[left] + vertical.fractions[y] * (lower[left] - upper[left])
                let end = upper[right] + vertical.fractions[y] * (lower[right] - upper[right])
                for x in square.pixels where start + horizontal.fractions[x] * (end - start) > threshold { self[x, y] = true }
            }
        }
    }
}

/// Where the pixels of one axis lie between the cells of a coarse map.
private struct AxisSamples {
    /// Neighbouring pixels between the same two cell centres.
    struct Band {
        /// The cell before; the cell after is the next, or the same at the border.
        var cell: Int
        var pixels: Range<Int>
    }

    var bands: [Band] = []
    /// For each pixel, how far it is from the cell before to the cell after, 0 to 1.
    var fractions: [Float] = []

    init(count: Int, cells: Int, scale: Float, offset: Float) {
        fractions.reserveCapacity(count)
        for pixel in 0..<count {
            let position = scale * (Float(pixel) + 0.5) + offset - 0.5
            // Written so that NaN comes to lie at the first cell.
            let clamped = position > 0 ? min(position, Float(cells - 1)) : 0
            let cell = Int(clamped)
            fractions.append(clamped - Float(cell))
            if let last = bands.last, last.cell == cell {
                bands[bands.count - 1].pixels = last.pixels.lowerBound..<(pixel + 1)
            } else {
                bands.append(Band(cell: cell, pixels: pixel..<(pixel + 1)))
            }
        }
    }
}
