import BSBBasics
import BSBInference

/// Asks a published decoder: writes prompts as its inputs and reads its masks.
struct PromptDecoder: Sendable {
    private let session: InferenceSession
    private let layout: SegmenterLayout
    private let preparation: ImagePreparation
    private let inputs: Set<String>

    /// The side of the grid of logits: a cell for 4 pixels of the frame, 256 of the usual 1024.
    private var cells: Int { preparation.side / 4 }
    /// Logits of an earlier answer where the picture does not reach: surely outside.
    private static let outside: Float = -10

    init(_ session: InferenceSession, layout: SegmenterLayout, preparation: ImagePreparation) {
        self.session = session
        self.layout = layout
        self.preparation = preparation
        inputs = Set(session.inputs.map(\.name))
    }

    /// Whether an earlier answer can be given.
    var takesMask: Bool { inputs.contains("mask_input") }

    /// The name of the graph.
    var name: String { session.name }

    /// Whether arrays of a shape, as far as it is known, can be given as the input `name`.
    func takes(_ shape: [Int?], as name: String) -> Bool {
        guard let own = session.inputs.first(where: { $0.name == name })?.shape else { return false }
        return own.count == shape.count && zip(own, shape).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
    }

    /// The embedding as the decoder takes it, by names.
    ///
    /// Throws `Failure(.internal)` if it was made by another model.
    func planes(of embedding: ImageEmbedding) throws -> [String: Tensor] {
        let grids = [embedding.features] + embedding.extras
        let isOwn = zip(layout.embeddings, grids).allSatisfy { name, grid in
            takes([1, grid.dimension, grid.rows, grid.columns], as: name)
        }
        guard isOwn, grids.count == layout.embeddings.count else {
            throw Failure(.internal, EmbeddedSegmenter.operation, reason: "the embedding was not made by this segmenter")
        }
        return Dictionary(uniqueKeysWithValues: zip(layout.embeddings, grids.map(\.planes)))
    }

    /// The answers to prompts that are alike in the number of clicks, box and earlier answer.
    func answers(to prompts: [Prompt], _ planes: [String: Tensor], _ embedding: ImageEmbedding) throws -> [MaskPrediction] {
        let frame = preparation.map(width: embedding.imageWidth, height: embedding.imageHeight)
        var tensors = planes
        for (name, tensor) in try clicks(prompts, frame) { tensors[name] = tensor }
        if takesMask { for (name, tensor) in earlier(prompts, embedding) { tensors[name] = tensor } }
        if prompts[0].previous != nil, !takesMask {
            throw Failure(.usage, EmbeddedSegmenter.operation, path: session.name, reason: "this decoder takes no earlier answer")
        }
        if let size = session.inputs.first(where: { $0.name == "orig_im_size" }) {
            tensors[size.name] = Self.pair(cells, size.elementType)
        }
        let results = try session.run(tensors, outputs: [layout.masks, layout.scores])
        return try predictions(results, prompts.count, embedding)
    }

    /// Points and labels of the clicks, and of the corners of boxes where those are points.
    ///
    /// The graphs add half a pixel to go from a pixel's index to its centre, so clicks are given by index in the frame.
    private func clicks(_ prompts: [Prompt], _ frame: PlaneMap) throws -> [String: Tensor] {
        let hasBox = prompts[0].box != nil
        let boxIsSeparate = inputs.contains("input_boxes")
        if hasBox, layout == .sam || layout == .sam2, !boxIsSeparate {
            throw Failure(
                .usage, EmbeddedSegmenter.operation, path: session.name, reason: "this decoder takes no box",
                hint: "leave out the box, or use another export")
        }
        var (points, labels, boxes): ([Float], [Float], [Float]) = ([], [], [])
        var count = 0
        for prompt in prompts {
            var own: [(SIMD2<Float>, Float)] = prompt.points.map {
                (SIMD2(frame.scaleX, frame.scaleY) * ($0.position - 0.5), $0.isForeground ? 1 : 0)
            }
            if let box = prompt.box {
                let (a, b) = (frame(pointwiseMin(box.low, box.high)), frame(pointwiseMax(box.low, box.high)))
                if boxIsSeparate { boxes += [a.x, a.y, b.x, b.y] } else { own += [(a, 2), (b, 3)] }
            } else if layout == .samOriginal {
                // Its export leaves to the caller the padding point that stands for "no box".
                own.append(([0, 0], -1))
            }
            let unit = layout == .efficientSAM ? Float(cells) / Float(preparation.side) : 1
            points += own.flatMap { [$0.0.x * unit, $0.0.y * unit] }
            labels += own.map(\.1)
            count = own.count
        }
        return tensors(prompts.count, count, points, labels, boxes)
    }

    private func tensors(_ prompts: Int, _ count: Int, _ points: [Float], _ labels: [Float], _ boxes: [Float]) -> [String: Tensor] {
        switch layout {
        case .sam, .sam2:
            var result = [
                "input_points": Tensor(points, shape: [1, prompts, count, 2]),
                "input_labels": Tensor(.int64(labels.map { Int64($0) }), shape: [1, prompts, count]),
            ]
            if inputs.contains("input_boxes") { result["input_boxes"] = Tensor(boxes, shape: [1, boxes.count / 4, 4]) }
            return result
        case .samOriginal, .sam2Original:
            return [
                "point_coords": Tensor(points, shape: [prompts, count, 2]), "point_labels": Tensor(labels, shape: [prompts, count]),
            ]
        case .efficientSAM:
            return [
                "batched_point_coords": Tensor(points, shape: [1, prompts, count, 2]),
                "batched_point_labels": Tensor(labels, shape: [1, prompts, count]),
            ]
        }
    }

    private func earlier(_ prompts: [Prompt], _ embedding: ImageEmbedding) -> [String: Tensor] {
        let map = preparation.map(
            width: embedding.imageWidth, height: embedding.imageHeight, stride: Float(preparation.side) / Float(cells))
        let blank = [Float](repeating: 0, count: cells * cells)
        let logits = prompts.flatMap { prompt in
            prompt.previous?.resampled(
                cells: cells, map: map, width: embedding.imageWidth, height: embedding.imageHeight, outside: Self.outside) ?? blank
        }
        let given = prompts.map { $0.previous == nil ? Float(0) : 1 }
        var result = ["mask_input": Tensor(logits, shape: [prompts.count, 1, cells, cells])]
        if inputs.contains("has_mask_input") { result["has_mask_input"] = Tensor(given, shape: [prompts.count]) }
        return result
    }

    private static func pair(_ number: Int, _ type: Tensor.ElementType) -> Tensor {
        switch type {
        case .int64: Tensor(.int64([Int64(number), Int64(number)]), shape: [2])
        case .int32: Tensor(.int32([Int32(number), Int32(number)]), shape: [2])
        default: Tensor([Float(number), Float(number)], shape: [2])
        }
    }

    /// The three masks of each prompt.
    private func predictions(_ results: [String: Tensor], _ prompts: Int, _ embedding: ImageEmbedding) throws -> [MaskPrediction] {
        guard let masks = results[layout.masks], let scores = results[layout.scores], let logits = masks.floats,
            let estimates = scores.floats, masks.shape.count >= 3, prompts > 0, scores.count % prompts == 0, scores.count > 0
        else { throw session.mismatch("its masks and scores are not those of \(prompts) prompts") }
        guard logits.allSatisfy(\.isFinite), estimates.allSatisfy(\.isFinite) else { throw session.noNumbers(layout.masks) }
        let (height, width) = (masks.shape[masks.shape.count - 2], masks.shape[masks.shape.count - 1])
        let given = scores.count / prompts
        guard logits.count == prompts * given * height * width, height > 0, width > 0 else {
            throw session.mismatch("it gives \(masks.shape) logits, which is not \(given) masks for each of \(prompts) prompts")
        }
        guard given == 3 || given == 4 else {
            throw session.mismatch("it gives \(given) mask(s) for a prompt, where three are needed; export it with multimask output")
        }
        let size = preparation.resizedSize(width: embedding.imageWidth, height: embedding.imageHeight)
        let map = preparation.map(
            width: embedding.imageWidth, height: embedding.imageHeight, stride: Float(preparation.side) / Float(width))
        let enlargement =
            preparation.fit == .stretched
            ? nil : LogitMap.Enlargement(factor: preparation.side / width, width: size.width, height: size.height)
        return (0..<prompts).map { prompt in
            // Of four masks the first is the single answer to unambiguous prompts; the other three are the nested ones.
            let levels = (given - 3..<given).map { prompt * given + $0 }
            let maps = levels.map { level in
                LogitMap(
                    width: width, height: height, values: Array(logits[level * height * width..<(level + 1) * height * width]), map: map,
                    enlargement: enlargement)
            }
            return ordered(
                MaskPrediction(
                    imageWidth: embedding.imageWidth, imageHeight: embedding.imageHeight, logits: maps,
                    predictedIoU: levels.map { estimates[$0] }))
        }
    }

    /// SAM's masks come from fine to coarse; EfficientSAM sorts its own by score, so they are put in the order of their areas.
    private func ordered(_ prediction: MaskPrediction) -> MaskPrediction {
        guard layout == .efficientSAM else { return prediction }
        let areas = prediction.logits.map { $0.values.count { $0 > 0 } }
        let order = areas.indices.sorted { (areas[$0], $0) < (areas[$1], $1) }
        var result = prediction
        result.logits = order.map { prediction.logits[$0] }
        result.predictedIoU = order.map { prediction.predictedIoU[$0] }
        return result
    }
}
