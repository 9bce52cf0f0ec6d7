/// For each cell of a grid the nearest of those that are known.
package enum NearestFill {
    /// For each cell, row after row, the known one that is nearest along rows and columns: itself where it is known; -1 where none is.
    ///
    /// Of several as near the one whose way was found first, from left, right, above and below, in reading order. Complexity: O(cells).
    package static func sources(width: Int, height: Int, isKnown: [Bool]) -> [Int] {
        precondition(isKnown.count == width * height, "a flag for each cell")
        // Breadth first.
        var queue = isKnown.indices.filter { isKnown[$0] }
        var sources = isKnown.indices.map { isKnown[$0] ? $0 : -1 }
        var next = 0
        while next < queue.count {
            let cell = queue[next]
            next += 1
            let (x, y) = (cell % width, cell / width)
            for (column, row) in [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
            where column >= 0 && row >= 0 && column < width && row < height && sources[row * width + column] < 0 {
                sources[row * width + column] = sources[cell]
                queue.append(row * width + column)
            }
        }
        return sources
    }
}
