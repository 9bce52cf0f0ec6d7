import BSBBasics
import BSBImages
import BSBInference

/// A published click segmenter of two graphs, SAM or one of its kin.
///
/// Every prompt gets the three masks of SAM's multimask output, at the decoder's resolution; ``MaskPrediction/mask(_:including:)`` takes
/// them to the picture's as the model's own code does.
package struct PublishedSegmenter: PromptSegmenter {
    /// Which model this is; its hash covers encoder and decoder.
    package let identity: ModelIdentity
    /// How the graphs are laid out.
    package let layout: SegmenterLayout
    /// Whether prompts may hold an earlier answer.
    package var takesEarlierAnswers: Bool { prompts.takesMask }
    private let encoder: InferenceSession
    private let picture: PictureInput
    private let prompts: PromptDecoder
    private let gate = RunGate(isOpen: false)
    private let parallelism: Parallelism
    private let batch: Int

    /// Loads the two graphs.
    ///
    /// Throws `Failure(.missingModel)` if a file is not there, `.badInput` if they are not the two graphs of a known layout.
    package init(
        encoder encoderPath: String, decoder decoderPath: String, identity: ModelIdentity, runtime: InferenceRuntime,
        options: BackboneOptions = BackboneOptions()
    ) throws {
        encoder = try InferenceSession(path: encoderPath, runtime: runtime, options: options.inference)
        // Prompts are answered side by side, each on one thread.
        let decoder = try InferenceSession(path: decoderPath, runtime: runtime, options: InferenceOptions(threads: 1))
        layout = try SegmenterLayout(encoder: encoder, decoder: decoder)
        picture = try PictureInput(of: encoder, layout: layout)
        prompts = PromptDecoder(decoder, layout: layout, preparation: picture.preparation)
        parallelism = options.parallelism
        batch = layout.takesSeveralPrompts(decoder) ? max(1, options.promptBatch) : 1
        self.identity = identity
        try checkDeclared()
    }

    /// The embedding of a picture of any size.
    package func embed(_ image: Image) throws -> ImageEmbedding {
        let input = picture.tensor(image)
        let outputs = layout.embeddings.count == 1 ? [try embeddingName()] : layout.embeddings
        let results = try gate.pass { try encoder.run([picture.name: input], outputs: outputs) }
        let grids = try outputs.map { name in
            let tensor = results[name]!
            let columns = Float(tensor.shape.last ?? 1)
            let map = picture.preparation.map(width: image.width, height: image.height, stride: Float(picture.preparation.side) / columns)
            guard let grid = FeatureGrid(planes: tensor, map: map) else {
                throw encoder.mismatch("its output '\(name)' is not one float32 grid")
            }
            return grid
        }
        for (name, grid) in zip(outputs, grids) {
            guard grid.values.allSatisfy(\.isFinite) else { throw encoder.noNumbers(name) }
        }
        try checkFit(grids.map { [1, $0.dimension, $0.rows, $0.columns] })
        return ImageEmbedding(imageWidth: image.width, imageHeight: image.height, features: grids[0], extras: Array(grids.dropFirst()))
    }

    /// Throws `Failure(.badInput)` with both names where what the encoder says it gives is not what the decoder takes.
    private func checkDeclared() throws {
        let outputs = layout.embeddings.count == 1 ? [try embeddingName()] : layout.embeddings
        try checkFit(outputs.map { name in encoder.outputs.first { $0.name == name }?.shape ?? [] })
    }

    private func checkFit(_ given: [[Int?]]) throws {
        for (name, shape) in zip(layout.embeddings, given) where !prompts.takes(shape, as: name) {
            let text = shape.map { $0.map(String.init) ?? "any" }.joined(separator: " x ")
            throw encoder.mismatch("it gives an embedding of \(text), which the decoder '\(prompts.name)' does not take as its '\(name)'")
        }
    }

    /// The encoder's one output that can be an embedding, whatever it is called.
    private func embeddingName() throws -> String {
        if encoder.outputs.contains(where: { $0.name == layout.embeddings[0] }) { return layout.embeddings[0] }
        guard let output = encoder.outputs.first(where: { $0.shape.count == 4 }) else {
            throw encoder.unknown("an encoder gives the embedding as one grid of planes")
        }
        return output.name
    }

    /// The masks for each prompt, in order.
    ///
    /// Prompts that are alike in the number of clicks, box and earlier answer share runs, so that none is padded.
    /// Throws `Failure(.usage)` if a prompt holds what the model does not take or a coordinate is not a number, `.internal` if the
    /// embedding is of another model.
    package func masks(for prompts: [Prompt], in embedding: ImageEmbedding) throws -> [MaskPrediction] {
        if let window = embedding.window {
            return try masks(for: prompts, in: embedding, of: window) { try masks(for: $0, in: $1) }
        }
        for prompt in prompts { try prompt.check() }
        guard !prompts.isEmpty else { return [] }
        let planes = try self.prompts.planes(of: embedding)
        let kinds = Dictionary(grouping: prompts.indices) { index in
            [prompts[index].points.count, prompts[index].box == nil ? 0 : 1, prompts[index].previous == nil ? 0 : 1]
        }
        let chunks = kinds.values.sorted { $0[0] < $1[0] }.flatMap { indices in
            stride(from: 0, to: indices.count, by: batch).map { Array(indices[$0..<min($0 + batch, indices.count)]) }
        }
        let answers = try parallelism.map(chunks.count) { chunk in
            try self.prompts.answers(to: chunks[chunk].map { prompts[$0] }, planes, embedding)
        }
        var results = [MaskPrediction?](repeating: nil, count: prompts.count)
        for (chunk, answer) in zip(chunks, answers) { for (index, prediction) in zip(chunk, answer) { results[index] = prediction } }
        return results.map { $0! }
    }
}
