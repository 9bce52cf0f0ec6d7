import BSBImages
import BSBInference

/// What a published encoder takes: the frame as planes, or the resized picture as it is.
struct PictureInput: Sendable {
    /// The form of the numbers.
    private enum Form: Sendable {
        /// 1 x 3 x side x side, prepared.
        case planes
        /// height x width x 3 in 0 to 255, prepared by the graph itself.
        case interleaved
        /// As `interleaved`, in bytes.
        case bytes
    }

    let name: String
    let preparation: ImagePreparation
    private let form: Form
    /// Height and width of the interleaved picture where the graph fixes them.
    private let isPadded: Bool

    /// The side of SAM's frame, where a graph leaves it open.
    private static let usualSide = 1024

    /// Throws `Failure(.badInput)` if the encoder takes no picture in a known form.
    init(of encoder: InferenceSession, layout: SegmenterLayout) throws {
        let input = encoder.inputs[0]
        name = input.name
        switch (input.shape.count, input.elementType) {
        case (4, .float32) where (input.shape[1] ?? 3) == 3: form = .planes
        case (3, .float32) where (input.shape[2] ?? 3) == 3: form = .interleaved
        case (3, .uint8) where (input.shape[2] ?? 3) == 3: form = .bytes
        default: throw encoder.unknown("a segmenter's encoder takes a picture as 1 x 3 x height x width or height x width x 3")
        }
        let axes = input.shape.count == 4 ? input.shape[2...] : input.shape[..<2]
        let fixed = axes.compactMap { $0 }
        guard Set(fixed).count <= 1, fixed.isEmpty || fixed.count == 2 else {
            throw encoder.mismatch("its input '\(name)' takes pictures of one oblong size only")
        }
        isPadded = !fixed.isEmpty
        try encoder.checkPicture(side: fixed.first ?? Self.usualSide)
        preparation = layout.preparation(side: fixed.first ?? Self.usualSide)
    }

    /// What the encoder is given for a picture.
    func tensor(_ image: Image) -> Tensor {
        let side = preparation.side
        guard case .planes = form else { return interleaved(image) }
        let frame = [Float](unsafeUninitializedCapacity: 3 * side * side) { frame, initialized in
            preparation.fill(frame, with: image)
            initialized = 3 * side * side
        }
        return Tensor(frame, shape: [1, 3, side, side])
    }

    private func interleaved(_ image: Image) -> Tensor {
        let size = preparation.resizedSize(width: image.width, height: image.height)
        var resized = image.resized(width: size.width, height: size.height)
        if isPadded {
            // The graph subtracts the mean, so that padding with the mean colour is 0, as near as bytes allow.
            let fill = (0..<3).map { UInt8((preparation.mean[$0] * 255).rounded()) }
            var frame = Image(width: preparation.side, height: preparation.side, fill: Color(fill[0], fill[1], fill[2]))
            for y in 0..<resized.height { for x in 0..<resized.width { frame[x, y] = resized[x, y] } }
            resized = frame
        }
        let shape = [resized.height, resized.width, 3]
        if case .bytes = form { return Tensor(.uint8(resized.pixels), shape: shape) }
        return Tensor(resized.pixels.map(Float.init), shape: shape)
    }
}
