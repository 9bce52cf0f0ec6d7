import BSBImages

/// How a picture becomes the input of a model: it is resized, its colours are normalised, and it is padded at the right and the bottom to
/// a square, the model's frame.
package struct ImagePreparation: Sendable, Hashable, Codable {
    /// What is beside and below the picture in the frame.
    package enum Padding: String, Sendable, Hashable, Codable {
        /// The mean colour, 0 after normalising.
        case mean
        /// Black before normalising.
        case black
    }

    /// How a picture is fitted into the frame.
    package enum Fit: String, Sendable, Hashable, Codable {
        /// The longest side fills the frame.
        case longestSide
        /// Both sides do, whatever becomes of the proportions.
        case stretched
    }

    /// How pixels are weighted on resizing.
    package enum Resampling: String, Sendable, Hashable, Codable {
        /// Antialiased bilinear, rounded to 8 bits on each axis, as Pillow does.
        case rounded
        /// Antialiased bilinear in floats.
        case smooth
        /// Bilinear between the nearest pixels, in floats.
        case plain
    }

    /// The side of the frame in pixels.
    package var side: Int
    /// The mean of red, green and blue, from 0 to 1.
    package var mean: SIMD3<Float>
    /// The standard deviation of red, green and blue, from 0 to 1.
    package var deviation: SIMD3<Float>
    /// What is beside and below the picture.
    package var padding: Padding
    /// How a picture is fitted into the frame.
    package var fit = Fit.longestSide
    /// How pixels are weighted on resizing.
    package var resampling = Resampling.rounded

    /// A preparation to a frame of side x side pixels, normalised by ImageNet's colours unless told otherwise.
    package init(
        side: Int, mean: SIMD3<Float> = Self.imageNetMean, deviation: SIMD3<Float> = Self.imageNetDeviation, padding: Padding = .mean
    ) {
        precondition(side > 0, "a frame has at least one pixel")
        self.side = side
        self.mean = mean
        self.deviation = deviation
        self.padding = padding
    }

    /// The mean colour of ImageNet, from 0 to 1.
    package static let imageNetMean: SIMD3<Float> = [0.485, 0.456, 0.406]
    /// The standard deviation of ImageNet's colours, from 0 to 1.
    package static let imageNetDeviation: SIMD3<Float> = [0.229, 0.224, 0.225]

    /// The size in the frame of a picture of the given size: the longest side fills the frame, the other is rounded, at least 1; or both do.
    func resizedSize(width: Int, height: Int) -> (width: Int, height: Int) {
        fit == .stretched ? (side, side) : fittedSize(width, height, longestSide: side)
    }

    /// From the plane of a picture of the given size to that of the frame, `1 / stride` of which is one unit.
    func map(width: Int, height: Int, stride: Float = 1) -> PlaneMap {
        let size = resizedSize(width: width, height: height)
        return PlaneMap(
            scaleX: Float(Double(size.width) / Double(width) / Double(stride)),
            scaleY: Float(Double(size.height) / Double(height) / Double(stride)))
    }

    /// Writes the frame of `image` as 3 x side x side numbers (channels first).
    func fill(_ frame: UnsafeMutableBufferPointer<Float>, with image: Image) {
        let size = resizedSize(width: image.width, height: image.height)
        switch resampling {
        case .rounded:
            let resized = image.resized(width: size.width, height: size.height)
            fill(frame, size) { channel in
                let colours = (0..<256).map { self.normalised(Float($0), channel) }
                return { colours[Int(resized.pixels[$0])] }
            }
        case .smooth, .plain:
            let resized = image.resampledBilinear(width: size.width, height: size.height, antialiased: resampling == .smooth)
            fill(frame, size) { channel in { self.normalised(resized.values[$0], channel) } }
        }
    }

    private func normalised(_ value: Float, _ channel: Int) -> Float { (value / 255 - mean[channel]) / deviation[channel] }

    /// - Parameter colour: for a channel, the normalised number at an index of the resized picture (height x width x 3).
    private func fill(
        _ frame: UnsafeMutableBufferPointer<Float>, _ size: (width: Int, height: Int), _ colour: (_ channel: Int) -> (Int) -> Float
    ) {
        for channel in 0..<3 {
            let plane = UnsafeMutableBufferPointer(rebasing: frame[channel * side * side..<(channel + 1) * side * side])
            plane.update(repeating: padding == .mean ? 0 : normalised(0, channel))
            let colour = colour(channel)
            for y in 0..<size.height {
                for x in 0..<size.width { plane[y * side + x] = colour(3 * (y * size.width + x) + channel) }
            }
        }
    }
}
