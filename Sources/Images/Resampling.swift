/// How a picture's pixels are weighted when it is scaled; the filters widen with reduction, so that nothing aliases.
package enum ResamplingFilter: Sendable, CaseIterable {
    /// The mean of the pixels covered.
    case box
    /// A triangle.
    case bilinear
    /// Keys's cubic with a = -1/2.
    case bicubic

    /// Half the width of the filter, in pixels of the smaller picture.
    var support: Double {
        switch self {
        case .box: 0.5
        case .bilinear: 1
        case .bicubic: 2
        }
    }

    func weight(_ offset: Double) -> Double {
        let x = abs(offset)
        return switch self {
        case .box: offset > -0.5 && offset <= 0.5 ? 1 : 0
        case .bilinear: max(0, 1 - x)
        case .bicubic: x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
        }
    }
}

extension Image {
    /// The picture scaled to the given size.
    ///
    /// The picture is resampled across, rounded to 8 bits, then down, in the fixed-point arithmetic of Pillow; the results equal those of
    /// Pillow 11 to the bit (Pillow 13 sometimes goes down first, which can differ in the last bit).
    ///
    /// Complexity: O(width x height x support) for the larger of the two sizes on each axis.
    package func resized(width newWidth: Int, height newHeight: Int, filter: ResamplingFilter = .bilinear) -> Image {
        precondition(newWidth > 0 && newHeight > 0, "a picture has at least one pixel")
        var result = self
        if newWidth != width {
            let kernel = ResamplingKernel(from: width, to: newWidth, filter: filter)
            result = Image(width: newWidth, height: height, pixels: resampleRows(result.pixels, width, newWidth, height, kernel))
        }
        if newHeight != height {
            let kernel = ResamplingKernel(from: height, to: newHeight, filter: filter)
            result = Image(width: newWidth, height: newHeight, pixels: resampleColumns(result.pixels, 3 * newWidth, newHeight, kernel))
        }
        return result
    }

    /// The picture scaled so that its longest side has `side` pixels and the other its share, rounded, at least 1.
    package func resized(longestSide side: Int, filter: ResamplingFilter = .bilinear) -> Image {
        let (newWidth, newHeight) = fittedSize(width, height, longestSide: side)
        return resized(width: newWidth, height: newHeight, filter: filter)
    }

    /// The picture scaled by taking for each pixel the one under its centre.
    package func resizedNearest(width newWidth: Int, height newHeight: Int) -> Image {
        precondition(newWidth > 0 && newHeight > 0, "a picture has at least one pixel")
        let columns = nearestIndices(from: width, to: newWidth)
        var result = Image(width: newWidth, height: newHeight)
        for (y, sourceRow) in nearestIndices(from: height, to: newHeight).enumerated() {
            for (x, column) in columns.enumerated() { result[x, y] = self[column, sourceRow] }
        }
        return result
    }
}

/// The size of a picture whose longest side is scaled to `side`.
package func fittedSize(_ width: Int, _ height: Int, longestSide side: Int) -> (width: Int, height: Int) {
    let scale = Double(side) / Double(max(width, height))
    return (max(1, Int(Double(width) * scale + 0.5)), max(1, Int(Double(height) * scale + 0.5)))
}

/// For each of `to` cells the one of `from` cells that lies under its centre.
func nearestIndices(from: Int, to: Int) -> [Int] {
    (0..<to).map { min(from - 1, (2 * $0 + 1) * from / (2 * to)) }
}

/// The weights of one axis in fixed point.
private struct ResamplingKernel {
    /// Bits after the point: 8 bits of value and 2 of headroom remain of 32.
    static let precision = 22
    /// For each target: the first source it depends on.
    var starts: [Int] = []
    /// For each target: how many sources it depends on.
    var counts: [Int] = []
    /// `stride` weights for each target.
    var weights: [Int32] = []
    let stride: Int

    init(from: Int, to: Int, filter: ResamplingFilter) {
        let scale = Double(from) / Double(to)
        let widening = max(scale, 1)
        let support = filter.support * widening
        stride = Int(support.rounded(.up)) * 2 + 1
        weights = [Int32](repeating: 0, count: to * stride)
        for target in 0..<to {
            let center = (Double(target) + 0.5) * scale
            let start = max(0, Int(center - support + 0.5))
            let count = min(from, Int(center + support + 0.5)) - start
            let raw = (0..<count).map { filter.weight((Double($0 + start) - center + 0.5) * (1 / widening)) }
            let sum = raw.reduce(0, +)
            for (i, weight) in raw.enumerated() {
                let fixed = (sum == 0 ? weight : weight / sum) * Double(1 << Self.precision)
                weights[target * stride + i] = Int32(fixed < 0 ? fixed - 0.5 : fixed + 0.5)
            }
            starts.append(start)
            counts.append(count)
        }
    }
}

@inline(__always)
private func clipped(_ sum: Int32) -> UInt8 {
    UInt8(clamping: sum >> Int32(ResamplingKernel.precision))
}

private let half = Int32(1) << Int32(ResamplingKernel.precision - 1)

/// Resamples each row of RGB pixels.
private func resampleRows(_ pixels: [UInt8], _ width: Int, _ newWidth: Int, _ height: Int, _ kernel: ResamplingKernel) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: newWidth * height * 3) { target, initialized in
        pixels.withUnsafeBufferPointer { source in
            kernel.weights.withUnsafeBufferPointer { weights in
                for y in 0..<height {
                    for x in 0..<newWidth {
                        var sum = SIMD4<Int32>(repeating: half)
                        var p = 3 * (y * width + kernel.starts[x])
                        let w = x * kernel.stride
                        for i in 0..<kernel.counts[x] {
                            let pixel = SIMD4(Int32(source[p]), Int32(source[p + 1]), Int32(source[p + 2]), 0)
                            sum &+= pixel &* weights[w + i]
                            p += 3
                        }
                        let t = 3 * (y * newWidth + x)
                        target[t] = clipped(sum.x)
                        target[t + 1] = clipped(sum.y)
                        target[t + 2] = clipped(sum.z)
                    }
                }
            }
        }
        initialized = newWidth * height * 3
    }
}

/// Resamples each column of an array of `rowLength` bytes a row.
private func resampleColumns(_ pixels: [UInt8], _ rowLength: Int, _ newHeight: Int, _ kernel: ResamplingKernel) -> [UInt8] {
    var sums = [Int32](repeating: 0, count: rowLength)
    return [UInt8](unsafeUninitializedCapacity: rowLength * newHeight) { target, initialized in
        pixels.withUnsafeBufferPointer { source in
            sums.withUnsafeMutableBufferPointer { sums in
                for y in 0..<newHeight {
                    sums.update(repeating: half)
                    for i in 0..<kernel.counts[y] {
                        let weight = kernel.weights[y * kernel.stride + i]
                        let row = (kernel.starts[y] + i) * rowLength
                        for x in 0..<rowLength { sums[x] &+= Int32(source[row + x]) &* weight }
                    }
                    for x in 0..<rowLength { target[y * rowLength + x] = clipped(sums[x]) }
                }
            }
        }
        initialized = rowLength * newHeight
    }
}
