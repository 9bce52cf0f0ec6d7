/// A picture of floats, as neural networks take it.
package struct FloatImage: Hashable, Sendable {
    /// Columns.
    package let width: Int
    /// Rows.
    package let height: Int
    /// Numbers for each pixel.
    package let channels: Int
    /// height x width x channels, row-major.
    package var values: [Float]

    /// A picture of the given values, height x width x channels.
    package init(width: Int, height: Int, channels: Int, values: [Float]) {
        precondition(values.count == width * height * channels, "values must be height x width x channels")
        self.width = width
        self.height = height
        self.channels = channels
        self.values = values
    }

    /// The picture with each channel as (value / 255 - mean) / deviation.
    package init(_ image: Image, mean: SIMD3<Float> = .zero, deviation: SIMD3<Float> = .one) {
        let tables = (0..<3).map { channel in
            (0..<256).map { (Float($0) / 255 - mean[channel]) / deviation[channel] }
        }
        let count = image.pixels.count
        let values = [Float](unsafeUninitializedCapacity: count) { target, initialized in
            image.pixels.withUnsafeBufferPointer { source in
                tables[0].withUnsafeBufferPointer { red in
                    tables[1].withUnsafeBufferPointer { green in
                        tables[2].withUnsafeBufferPointer { blue in
                            for i in stride(from: 0, to: count, by: 3) {
                                target[i] = red[Int(source[i])]
                                target[i + 1] = green[Int(source[i + 1])]
                                target[i + 2] = blue[Int(source[i + 2])]
                            }
                        }
                    }
                }
            }
            initialized = count
        }
        self.init(width: image.width, height: image.height, channels: 3, values: values)
    }

    /// The picture scaled so that its longest side is `side`, converted, and padded on the right and below to side x side with `padding`.
    ///
    /// The padding is in the units of the result: 0 pads with the mean colour.
    package static func letterboxed(
        _ image: Image, side: Int, mean: SIMD3<Float> = .zero, deviation: SIMD3<Float> = .one, padding: Float = 0,
        filter: ResamplingFilter = .bilinear
    ) -> FloatImage {
        FloatImage(image.resized(longestSide: side, filter: filter), mean: mean, deviation: deviation)
            .padded(width: side, height: side, value: padding)
    }

    /// The picture with columns on the right and rows below filled with `value`, up to the given size.
    package func padded(width newWidth: Int, height newHeight: Int, value: Float) -> FloatImage {
        precondition(newWidth >= width && newHeight >= height, "padding does not shrink")
        var result = [Float](repeating: value, count: newWidth * newHeight * channels)
        let length = width * channels
        for y in 0..<height {
            result.replaceSubrange(
                (y * newWidth * channels)..<(y * newWidth * channels + length), with: values[(y * length)..<((y + 1) * length)])
        }
        return FloatImage(width: newWidth, height: newHeight, channels: channels, values: result)
    }

    /// The values channel by channel: channels x height x width.
    package func planar() -> [Float] {
        let plane = width * height
        return [Float](unsafeUninitializedCapacity: values.count) { target, initialized in
            values.withUnsafeBufferPointer { source in
                for channel in 0..<channels {
                    for i in 0..<plane { target[channel * plane + i] = source[i * channels + channel] }
                }
            }
            initialized = values.count
        }
    }
}
