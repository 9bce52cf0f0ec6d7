import BSBImages

/// A cut of a picture that a segmenter looks at instead of the whole, as for an object that is small in its photo.
///
/// Prompts and masks stay in the plane of the whole picture: corners are whole pixels, so that the map between the two is exact.
package struct PictureWindow: Sendable, Hashable {
    /// The cut, inside the picture.
    package let area: PixelRectangle
    /// The width of the whole picture in pixels.
    package let pictureWidth: Int
    /// The height of the whole picture in pixels.
    package let pictureHeight: Int

    /// A cut of a picture of the given size.
    package init(_ area: PixelRectangle, ofWidth pictureWidth: Int, height pictureHeight: Int) {
        precondition(area.width > 0 && area.height > 0, "a cut is not empty")
        precondition(area.clipped(width: pictureWidth, height: pictureHeight) == area, "a cut is inside its picture")
        (self.area, self.pictureWidth, self.pictureHeight) = (area, pictureWidth, pictureHeight)
    }

    /// Objects are small that take less than this share of the picture's width.
    package static let smallShare: Float = 1 / 6
    /// How many times as large as a small object the cut around it is: as large as objects are in photos of them.
    package static let margin: Float = 2.5
    /// Cuts have at least this side: smaller ones show too few pixels to be worth a look.
    static let leastSide = 48

    /// The square cut around a small object, or nil where the object is not small, or the picture is.
    ///
    /// - Parameter object: the box around the object, with all that is clicked.
    package init?(around object: PixelRectangle, inWidth width: Int, height: Int) {
        let extent = max(object.width, object.height)
        guard Float(extent) < Self.smallShare * Float(max(width, height)) else { return nil }
        let side = max(Self.leastSide, Int((Float(extent) * Self.margin).rounded(.up)))
        guard side < min(width, height) else { return nil }
        func start(_ low: Int, _ length: Int, _ limit: Int) -> Int { min(max(0, low + length / 2 - side / 2), limit - side) }
        self.init(
            PixelRectangle(x: start(object.x, object.width, width), y: start(object.y, object.height, height), width: side, height: side),
            ofWidth: width, height: height)
    }

    /// The corner of the cut.
    var corner: SIMD2<Float> { [Float(area.x), Float(area.y)] }

    /// The mask of the whole picture that is the given one inside the cut, and nothing outside.
    func placed(_ mask: Mask) -> Mask {
        var whole = Mask(width: pictureWidth, height: pictureHeight)
        for y in 0..<area.height {
            for x in 0..<area.width where mask[x, y] { whole[area.x + x, area.y + y] = true }
        }
        return whole
    }
}

extension PromptSegmenter {
    /// The embedding of a cut of a picture, for prompts and masks of the whole.
    ///
    /// Throws `Failure` if the model cannot be run.
    public func embed(_ image: Image, in window: PictureWindow) throws -> ImageEmbedding {
        precondition(image.width == window.pictureWidth && image.height == window.pictureHeight, "a cut of this picture")
        var embedding = try embed(image.cropped(window.area)!)
        embedding.window = window
        return embedding
    }

    /// The answers to prompts about a whole picture from the embedding of a cut, by `answer`, which knows of the cut alone.
    func masks(
        for prompts: [Prompt], in embedding: ImageEmbedding, of window: PictureWindow,
        by answer: ([Prompt], ImageEmbedding) throws -> [MaskPrediction]
    ) throws -> [MaskPrediction] {
        var own = embedding
        own.window = nil
        return try answer(prompts.map { $0.moved(by: -window.corner) }, own).map {
            var prediction = $0
            prediction.window = window
            return prediction
        }
    }
}

extension Prompt {
    /// The prompt with clicks and box moved; an earlier answer stays, as it is about the same cut.
    func moved(by offset: SIMD2<Float>) -> Prompt {
        var prompt = self
        for index in prompt.points.indices { prompt.points[index].position += offset }
        prompt.box = box.map { Box(low: $0.low + offset, high: $0.high + offset) }
        return prompt
    }
}
