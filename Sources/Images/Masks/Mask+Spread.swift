extension Mask {
    /// At most `most` pixels of the mask, at even distances in the order of rows.
    ///
    /// Complexity: O(width x height / 64 + most).
    package func spreadPixels(most: Int) -> [(x: Int, y: Int)] {
        let count = count
        let wanted = min(max(0, most), count)
        var pixels: [(x: Int, y: Int)] = []
        var before = 0
        for (index, word) in words.enumerated() where word != 0 && pixels.count < wanted {
            let here = word.nonzeroBitCount
            while pixels.count < wanted, pixels.count * count / wanted < before + here {
                var rest = word
                for _ in 0..<(pixels.count * count / wanted - before) { rest &= rest - 1 }
                pixels.append((index % wordsPerRow * 64 + rest.trailingZeroBitCount, index / wordsPerRow))
            }
            before += here
        }
        return pixels
    }
}
