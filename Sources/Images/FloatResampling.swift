extension Image {
    /// The picture scaled to the given size without rounding, in 0 to 255: height x width x 3.
    ///
    /// The arithmetic is that of tensor libraries, in 32-bit floats: across, then down. With `antialiased` the triangle widens with
    /// reduction as in ``resized(width:height:filter:)``; without, only the two pixels around a sample on each axis count.
    ///
    /// Complexity: O(width x height x support) for the larger of the two sizes on each axis.
    package func resampledBilinear(width newWidth: Int, height newHeight: Int, antialiased: Bool) -> FloatImage {
        precondition(newWidth > 0 && newHeight > 0, "a picture has at least one pixel")
        let across = AxisWeights(from: width, to: newWidth, antialiased: antialiased)
        let down = AxisWeights(from: height, to: newHeight, antialiased: antialiased)
        let rows = pixels.withUnsafeBufferPointer { source in
            [Float](unsafeUninitializedCapacity: newWidth * height * 3) { target, initialized in
                for y in 0..<height {
                    for x in 0..<newWidth {
                        var sum = SIMD3<Float>.zero
                        for i in 0..<across.counts[x] {
                            let p = 3 * (y * width + across.starts[x] + i)
                            let pixel = SIMD3(Float(source[p]), Float(source[p + 1]), Float(source[p + 2]))
                            sum += pixel * across.weights[x * across.stride + i]
                        }
                        for channel in 0..<3 { target[3 * (y * newWidth + x) + channel] = sum[channel] }
                    }
                }
                initialized = newWidth * height * 3
            }
        }
        let length = 3 * newWidth
        let values = rows.withUnsafeBufferPointer { source in
            [Float](unsafeUninitializedCapacity: length * newHeight) { target, initialized in
                target.initialize(repeating: 0)
                for y in 0..<newHeight {
                    for i in 0..<down.counts[y] {
                        let weight = down.weights[y * down.stride + i]
                        let row = (down.starts[y] + i) * length
                        for x in 0..<length { target[y * length + x] += weight * source[row + x] }
                    }
                }
                initialized = length * newHeight
            }
        }
        return FloatImage(width: newWidth, height: newHeight, channels: 3, values: values)
    }
}

/// Which pixels of one axis count for each sample, and how much.
private struct AxisWeights {
    var starts: [Int] = []
    var counts: [Int] = []
    /// `stride` weights for each sample.
    var weights: [Float]
    let stride: Int

    init(from: Int, to: Int, antialiased: Bool) {
        let scale = Float(from) / Float(to)
        let support = antialiased ? max(scale, 1) : 1
        stride = Int(support.rounded(.up)) * 2 + 1
        weights = [Float](repeating: 0, count: to * stride)
        for target in 0..<to {
            let center = scale * (Float(target) + 0.5)
            let start = max(0, Int(center - support + 0.5))
            let count = min(from, Int(center + support + 0.5)) - start
            let raw = (0..<count).map { max(0, 1 - abs((Float($0 + start) - center + 0.5) / support)) }
            let sum = raw.reduce(0, +)
            for (i, weight) in raw.enumerated() { weights[target * stride + i] = sum == 0 ? weight : weight / sum }
            starts.append(start)
            counts.append(count)
        }
    }
}
