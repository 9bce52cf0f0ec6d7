import BSBBasics
import BSBImages
import BSBInference
import Foundation

/// The click segmenter that comes with the package.
///
/// A small convolutional network, trained by this project: the longest side is seen at the size that `models.json` names, embedded once, and
/// every prompt is answered from the embedding with three nested masks of a quarter of that size. Each graph is made ready when it is first
/// needed: pictures that were embedded before need no encoder.
package struct EmbeddedSegmenter: PromptSegmenter {
    /// Which model this is; its hash covers encoder and decoder.
    package let identity: ModelIdentity
    private let dimension: Int
    private let encoder: Deferred<GridEncoder>
    private let decoder: Deferred<InferenceSession>
    private let encoding: PromptEncoding
    private let batch: Int
    private let parallelism: Parallelism

    /// A segmenter by the files that the manifest lists.
    ///
    /// Throws `Failure(.missingModel)` if a model is not there; one that is not the file that its manifest lists is refused when it is first
    /// needed.
    package init(models: EmbeddedModels, runtime: InferenceRuntime, options: BackboneOptions = BackboneOptions()) throws {
        let encoderEntry = try models.entry("segmenter-encoder.onnx")
        dimension = encoderEntry.dimension
        encoder = Deferred {
            let data = try models.data("segmenter-encoder.onnx")
            return try encoderEntry.encoder(
                data, name: "segmenter-encoder.onnx", output: "embedding", runtime: runtime, options: options)
        }
        decoder = Deferred {
            let data = try models.data("segmenter-decoder.onnx")
            return try InferenceSession(model: data, name: "segmenter-decoder.onnx", runtime: runtime, options: options.inference)
        }
        encoding = PromptEncoding(preparation: encoderEntry.preparation, cells: encoderEntry.inputSize / encoderEntry.stride)
        // Its maps are small, so that it can have many at once.
        batch = max(1, 4 * options.promptBatch)
        parallelism = options.parallelism
        identity = try Self.identity(in: models)
    }

    /// Which segmenter a set of models has.
    ///
    /// Throws `Failure(.missingModel)` if it has none.
    static func identity(in models: EmbeddedModels) throws -> ModelIdentity {
        var hasher = ContentHasher()
        hasher.add("encoder", try models.entry("segmenter-encoder.onnx").sha256.lowercased())
        hasher.add("decoder", try models.entry("segmenter-decoder.onnx").sha256.lowercased())
        return ModelIdentity(name: "\(models.name) segmenter", hash: hasher.finalize().hex)
    }

    /// The embedding of a picture of any size.
    package func embed(_ image: Image) throws -> ImageEmbedding {
        try embed([image])[0]
    }

    /// The embedding of each picture, in order, several at a time.
    package func embed(_ images: [Image]) throws -> [ImageEmbedding] {
        zip(images, try encoder.value().grids(of: images, cropped: false)).map {
            ImageEmbedding(imageWidth: $0.width, imageHeight: $0.height, features: $1)
        }
    }

    /// The masks for each prompt, in order, in batches.
    ///
    /// Throws `Failure(.usage)` if a coordinate is not a number, `.internal` if the embedding is of another model.
    package func masks(for prompts: [Prompt], in embedding: ImageEmbedding) throws -> [MaskPrediction] {
        if let window = embedding.window {
            return try masks(for: prompts, in: embedding, of: window) { try masks(for: $0, in: $1) }
        }
        guard !prompts.isEmpty else { return [] }
        let grid = embedding.features
        guard grid.columns == encoding.cells, grid.rows == encoding.cells, grid.dimension == dimension else {
            throw Failure(.internal, Self.operation, reason: "the embedding was not made by this segmenter")
        }
        let planes = grid.planes
        let decoder = try decoder.value()
        // As many to each batch, and an even number of batches, so that two threads have the same to do.
        let batches = prompts.count <= batch ? 1 : 2 * ((prompts.count + 2 * batch - 1) / (2 * batch))
        let chunks = try parallelism.map(batches) { index in
            let chunk = prompts[index * prompts.count / batches..<(index + 1) * prompts.count / batches]
            let frame = encoding.preparation.map(width: embedding.imageWidth, height: embedding.imageHeight)
            var inputs = try encoding.tensors(for: chunk, frame: frame, width: embedding.imageWidth, height: embedding.imageHeight)
            inputs["embedding"] = planes
            return try predictionsOf(try decoder.run(inputs, outputs: ["masks", "scores"]), chunk.count, embedding, decoder)
        }
        return Array(chunks.joined())
    }

    private func predictionsOf(
        _ results: [String: Tensor], _ count: Int, _ embedding: ImageEmbedding, _ decoder: InferenceSession
    ) throws -> [MaskPrediction] {
        let cells = encoding.cells
        guard let masks = results["masks"], let scores = results["scores"], let logits = masks.floats, let estimates = scores.floats,
            scores.shape.count == 2, scores.shape[0] == count, masks.shape == [count, scores.shape[1], cells, cells], scores.shape[1] > 0
        else { throw decoder.mismatch("its masks and scores are not those of \(count) prompts") }
        let levels = scores.shape[1]
        return (0..<count).map { prompt in
            var values: [Float] = []
            let maps = (0..<levels).map { level in
                let start = (prompt * levels + level) * cells * cells
                let own = logits[start..<start + cells * cells]
                // A part is inside its object: a coarser mask has whatever a finer one has.
                values = values.isEmpty ? Array(own) : zip(values, own).map { max($0, $1) }
                return LogitMap(width: cells, height: cells, values: values, map: embedding.features.map)
            }
            return MaskPrediction(
                imageWidth: embedding.imageWidth, imageHeight: embedding.imageHeight, logits: maps,
                predictedIoU: Array(estimates[prompt * levels..<(prompt + 1) * levels]))
        }
    }

    static let operation = "asking the segmenter"
}
