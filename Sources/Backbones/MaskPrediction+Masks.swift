import Images

extension LogitMap {
    /// The bilinear mean of the logits around a point of the picture's plane, clamped at the border.
    public func value(at point: SIMD2<Float>) -> Float {
        let p = map(point)
        let (x, y) = (Self.sample(p.x, width), Self.sample(p.y, height))
        let upper = values[y.first * width + x.first] * (1 - x.weight) + values[y.first * width + x.second] * x.weight
        let lower = values[y.second * width + x.first] * (1 - x.weight) + values[y.second * width + x.second] * x.weight
        return upper * (1 - y.weight) + lower * y.weight
    }

    /// The two cells around a coordinate of the logits' plane, and the weight of the second.
    private static func sample(_ coordinate: Float, _ count: Int) -> (first: Int, second: Int, weight: Float) {
        // In this order of operands a coordinate that is not a number counts as 0.
        let position = min(max(0, coordinate - 0.5), Float(count - 1))
        let first = Int(position)
        return (first, min(first + 1, count - 1), position - Float(first))
    }
}

extension MaskPrediction {
    /// The mask of a level at the picture's full resolution: the pixels at whose centre the interpolated logits are above 0.
    ///
    /// `clicked`, a point of the picture's plane, puts its pixel into the mask whatever its logit, as the published code does with the
    /// click. A prediction of fewer masks gives its coarsest.
    ///
    /// Complexity: that of `Mask.init(width:height:thresholding:columns:rows:scale:offset:above:)`.
    public func mask(_ level: MaskLevel, including clicked: SIMD2<Float>? = nil) -> Mask {
        mask(at: min(level.index, logits.count - 1), including: clicked)
    }

    /// The mask of the given index among the prediction's masks, which must exist; see ``mask(_:including:)``.
    public func mask(at index: Int, including clicked: SIMD2<Float>? = nil) -> Mask {
        let map = logits[index]
        var mask = Mask(
            width: imageWidth, height: imageHeight, thresholding: map.values, columns: map.width, rows: map.height,
            scale: [map.map.scaleX, map.map.scaleY], offset: [map.map.offsetX, map.map.offsetY])
        if let clicked, clicked.x >= 0, clicked.y >= 0, clicked.x < Float(imageWidth), clicked.y < Float(imageHeight) {
            mask[Int(clicked.x), Int(clicked.y)] = true
        }
        return mask
    }
}
