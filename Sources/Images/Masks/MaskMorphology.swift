extension Mask {
    /// All pixels within `radius` pixels of the mask, by the distance between centres.
    ///
    /// Complexity: O(radius^2 x words).
    package func dilated(by radius: Int) -> Mask {
        guard radius > 0 else { return self }
        var result = self
        for dy in -radius...radius {
            // The disc's row at dy has half-width floor(sqrt(r^2 - dy^2)).
            let reach = Int(Double(radius * radius - dy * dy).squareRoot())
            result.formUnionOfRows(spread(by: reach), shiftedBy: dy)
        }
        return result
    }

    /// The pixels farther than `radius` pixels from any pixel outside the mask; outside the picture counts as inside the mask.
    package func eroded(by radius: Int) -> Mask {
        guard radius > 0 else { return self }
        return complement.dilated(by: radius).complement
    }

    /// The pixels not in the mask.
    package var complement: Mask {
        var result = self
        let last = width % 64 == 0 ? ~UInt64(0) : (1 << UInt64(width % 64)) - 1
        for i in words.indices {
            result.words[i] = ~words[i] & (i % wordsPerRow == wordsPerRow - 1 ? last : ~0)
        }
        return result
    }

    /// The pixels of the mask with an edge neighbour outside it; the picture's border alone makes no boundary.
    package var boundary: Mask { subtracting(eroded(by: 1)) }

    /// A line of `thickness` pixels along the border, half of it inside the mask and half outside (the odd pixel inside).
    package func outline(thickness: Int) -> Mask {
        dilated(by: max(0, thickness) / 2).subtracting(eroded(by: (max(0, thickness) + 1) / 2))
    }

    /// Each pixel together with `reach` pixels to its left and right.
    private func spread(by reach: Int) -> Mask {
        guard reach > 0 else { return self }
        var result = Mask(width: width, height: height)
        forEachSpan { y, range in
            result.insert(max(0, range.lowerBound - reach)..<min(width, range.upperBound + reach), row: y)
        }
        return result
    }

    /// Adds each row y of `other` to row y + shift.
    private mutating func formUnionOfRows(_ other: Mask, shiftedBy shift: Int) {
        for y in max(0, -shift)..<max(max(0, -shift), min(height, height - shift)) {
            for word in 0..<wordsPerRow {
                words[(y + shift) * wordsPerRow + word] |= other.words[y * wordsPerRow + word]
            }
        }
    }
}
