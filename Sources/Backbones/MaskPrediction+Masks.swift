import BSBImages

extension LogitMap {
    /// The bilinear mean of the logits around a point of the picture's plane, clamped at the border.
    package func value(at point: SIMD2<Float>) -> Float {
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

extension LogitMap {
    /// The logits over the finer grid that they are to be interpolated over first, for a picture of the given size.
    func enlarged(width pictureWidth: Int, height pictureHeight: Int) -> LogitMap {
        guard let enlargement else { return self }
        let (across, down) = (
            Self.samples(enlargement.width, factor: enlargement.factor, cells: width),
            Self.samples(enlargement.height, factor: enlargement.factor, cells: height)
        )
        let finer = [Float](unsafeUninitializedCapacity: enlargement.width * enlargement.height) { target, initialized in
            values.withUnsafeBufferPointer { values in
                for (y, row) in down.enumerated() {
                    let (upper, lower) = (row.first * width, row.second * width)
                    for (x, column) in across.enumerated() {
                        let top = values[upper + column.first] * (1 - column.weight) + values[upper + column.second] * column.weight
                        let bottom = values[lower + column.first] * (1 - column.weight) + values[lower + column.second] * column.weight
                        target[y * enlargement.width + x] = top * (1 - row.weight) + bottom * row.weight
                    }
                }
            }
            initialized = enlargement.width * enlargement.height
        }
        return LogitMap(
            width: enlargement.width, height: enlargement.height, values: finer,
            map: PlaneMap(
                scaleX: Float(enlargement.width) / Float(pictureWidth), scaleY: Float(enlargement.height) / Float(pictureHeight)))
    }

    private static func samples(_ count: Int, factor: Int, cells: Int) -> [(first: Int, second: Int, weight: Float)] {
        (0..<count).map { sample((Float($0) + 0.5) / Float(factor), cells) }
    }

    /// The logits on another grid of cells x cells over the picture; where the picture does not reach, they are `outside`.
    func resampled(cells: Int, map own: PlaneMap, width pictureWidth: Int, height pictureHeight: Int, outside: Float) -> [Float] {
        if width == cells, height == cells, map == own { return values }
        let toPicture = own.inverse
        return (0..<cells * cells).map { cell in
            let point = toPicture([Float(cell % cells) + 0.5, Float(cell / cells) + 0.5])
            guard point.x <= Float(pictureWidth), point.y <= Float(pictureHeight) else { return outside }
            return value(at: point)
        }
    }
}

extension MaskPrediction {
    /// The mask of a level at the picture's full resolution: the pixels at whose centre the interpolated logits are above 0.
    ///
    /// `clicked`, a point of the picture's plane, puts its pixel into the mask whatever its logit, as the published code does with the
    /// click. A prediction of fewer masks gives its coarsest.
    ///
    /// Complexity: that of `Mask.init(width:height:thresholding:columns:rows:scale:offset:above:)`.
    package func mask(_ level: MaskLevel, including clicked: SIMD2<Float>? = nil) -> Mask {
        mask(at: min(level.index, logits.count - 1), including: clicked)
    }

    /// The mask of the given index among the prediction's masks, which must exist; see ``mask(_:including:)``.
    package func mask(at index: Int, including clicked: SIMD2<Float>? = nil) -> Mask {
        guard let window else { return ownMask(at: index, including: clicked) }
        return window.placed(ownMask(at: index, including: clicked.map { $0 - window.corner }))
    }

    private func ownMask(at index: Int, including clicked: SIMD2<Float>?) -> Mask {
        let map = logits[index].enlarged(width: imageWidth, height: imageHeight)
        var mask = Mask(
            width: imageWidth, height: imageHeight, thresholding: map.values, columns: map.width, rows: map.height,
            scale: [map.map.scaleX, map.map.scaleY], offset: [map.map.offsetX, map.map.offsetY])
        if let clicked, clicked.x >= 0, clicked.y >= 0, clicked.x < Float(imageWidth), clicked.y < Float(imageHeight) {
            mask[Int(clicked.x), Int(clicked.y)] = true
        }
        return mask
    }
}
