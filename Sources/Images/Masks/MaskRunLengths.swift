extension Mask {
    /// The lengths of runs of pixels outside and inside, in turn and column by column, as COCO's uncompressed run-length encoding has them.
    ///
    /// The first run is outside and may be of length 0; the lengths sum to width x height.
    /// - Complexity: O(width x height).
    package var columnMajorRunLengths: [Int] {
        var lengths: [Int] = []
        var (isInside, length) = (false, 0)
        for x in 0..<width {
            for y in 0..<height {
                if self[x, y] != isInside {
                    lengths.append(length)
                    (isInside, length) = (!isInside, 0)
                }
                length += 1
            }
        }
        return lengths + [length]
    }

    /// The mask of the given size and column-by-column run lengths, or nil if they do not sum to width x height.
    ///
    /// - Complexity: O(width x height).
    package init?(width: Int, height: Int, columnMajorRunLengths lengths: [Int]) {
        guard lengths.allSatisfy({ $0 >= 0 && $0 <= width * height }), lengths.reduce(0, +) == width * height else { return nil }
        self.init(width: width, height: height)
        var start = 0
        for (run, length) in lengths.enumerated() {
            if run % 2 == 1 { for pixel in start..<(start + length) { self[pixel / height, pixel % height] = true } }
            start += length
        }
    }
}
