import BSBBasics

extension Mask {
    /// Calls `body` with each row's maximal runs of pixels, row by row from left to right.
    ///
    /// Complexity: O(words + spans).
    package func forEachSpan(_ body: (_ y: Int, _ range: Range<Int>) throws -> Void) rethrows {
        for y in 0..<height {
            var x = 0
            while let start = next(true, from: x, row: y) {
                let end = next(false, from: start, row: y) ?? width
                try body(y, start..<end)
                x = end
            }
        }
    }

    /// The first pixel from x on whose membership is `value`.
    private func next(_ value: Bool, from x: Int, row y: Int) -> Int? {
        guard x < width else { return nil }
        var word = x / 64
        var bits = (value ? words[y * wordsPerRow + word] : ~words[y * wordsPerRow + word]) & (~0 << UInt64(x % 64))
        while bits == 0 {
            word += 1
            guard word < wordsPerRow else { return nil }
            bits = value ? words[y * wordsPerRow + word] : ~words[y * wordsPerRow + word]
        }
        let found = word * 64 + bits.trailingZeroBitCount
        return found < width ? found : nil
    }

    /// The smallest rectangle around all pixels, or nothing for the empty mask.
    package var boundingBox: PixelRectangle? {
        var (left, right, top, bottom) = (width, 0, height, 0)
        forEachSpan { y, range in
            left = min(left, range.lowerBound)
            right = max(right, range.upperBound)
            top = min(top, y)
            bottom = y + 1
        }
        return right > left ? PixelRectangle(x: left, y: top, width: right - left, height: bottom - top) : nil
    }

    /// The mean of the pixels' centres in the picture's plane, or nothing for the empty mask.
    package var centroid: SIMD2<Float>? {
        var (sumX, sumY, total) = (0.0, 0.0, 0)
        forEachSpan { y, range in
            total += range.count
            sumX += Double(range.count) * Double(range.lowerBound + range.upperBound) / 2
            sumY += Double(range.count) * (Double(y) + 0.5)
        }
        return total == 0 ? nil : [Float(sumX / Double(total)), Float(sumY / Double(total))]
    }

    /// The share of the picture that the mask covers, 0 to 1.
    package var fraction: Float { Float(Double(count) / (Double(width) * Double(height))) }

    /// The mask scaled by taking for each pixel the one under its centre.
    package func resized(width newWidth: Int, height newHeight: Int) -> Mask {
        let columns = nearestIndices(from: width, to: newWidth)
        let rows = nearestIndices(from: height, to: newHeight)
        return Mask(width: newWidth, height: newHeight) { x, y in self[columns[x], rows[y]] }
    }

    /// The part of the mask in a rectangle, which is clipped to the picture; nothing where they do not meet.
    package func cropped(_ rectangle: PixelRectangle) -> Mask? {
        let area = rectangle.clipped(width: width, height: height)
        guard area.width > 0, area.height > 0 else { return nil }
        return Mask(width: area.width, height: area.height) { x, y in self[area.x + x, area.y + y] }
    }
}

/// How pixels of a mask hang together.
package enum Connectivity: Sendable {
    /// Over common edges.
    case four
    /// Over common edges and corners.
    case eight
}

extension Mask {
    /// The connected parts, the largest first, ties in the order of their first pixel.
    ///
    /// - Parameter connectivity: which pixels are neighbours.
    /// - Parameter limit: how many parts are wanted at most.
    /// Complexity: O(words + spans), plus the size of a mask for each part given.
    package func components(_ connectivity: Connectivity = .eight, limit: Int = .max) -> [Mask] {
        let (spans, labels) = labelledSpans(connectivity)
        var areas: [Int: Int] = [:]
        var order: [Int] = []
        for (span, label) in zip(spans, labels) {
            if areas[label] == nil { order.append(label) }
            areas[label, default: 0] += span.range.count
        }
        // Swift's sort is stable.
        let chosen = order.sorted { areas[$0]! > areas[$1]! }.prefix(limit)
        let places = Dictionary(uniqueKeysWithValues: chosen.enumerated().map { ($1, $0) })
        var parts = [Mask](repeating: Mask(width: width, height: height), count: chosen.count)
        for (span, label) in zip(spans, labels) {
            if let place = places[label] { parts[place].insert(span.range, row: span.y) }
        }
        return parts
    }

    /// The connected part that a pixel belongs to, or nothing where the pixel is not in the mask or not in the picture.
    package func component(containing x: Int, _ y: Int, _ connectivity: Connectivity = .eight) -> Mask? {
        guard x >= 0, y >= 0, x < width, y < height, self[x, y] else { return nil }
        let (spans, labels) = labelledSpans(connectivity)
        guard let hit = spans.firstIndex(where: { $0.y == y && $0.range.contains(x) }) else { return nil }
        var part = Mask(width: width, height: height)
        for (span, label) in zip(spans, labels) where label == labels[hit] { part.insert(span.range, row: span.y) }
        return part
    }

    /// All runs of pixels with, for each, the index of the first run of its connected part (union-find over the runs).
    private func labelledSpans(_ connectivity: Connectivity) -> (spans: [(y: Int, range: Range<Int>)], labels: [Int]) {
        let reach = connectivity == .eight ? 1 : 0
        var spans: [(y: Int, range: Range<Int>)] = []
        var sets = DisjointSets(count: 0)
        var (above, rowStart, row) = (0, 0, -1)
        forEachSpan { y, range in
            if y != row {
                above = y == row + 1 ? rowStart : spans.count
                (rowStart, row) = (spans.count, y)
            }
            let index = sets.add()
            spans.append((y, range))
            // Runs above that end before this one begins cannot touch later ones either.
            while above < rowStart, spans[above].range.upperBound + reach <= range.lowerBound { above += 1 }
            var other = above
            while other < rowStart, spans[other].range.lowerBound < range.upperBound + reach {
                sets.join(index, other)
                other += 1
            }
        }
        return (spans, sets.roots())
    }
}
