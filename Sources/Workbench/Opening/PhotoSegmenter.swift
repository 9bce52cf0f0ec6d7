import BSBBackbones
import BSBImages

/// A segmenter that remembers what it said about one photo, so that clicks and methods which ask the same share it.
///
/// An answer is the same whether it is remembered or not. Embeddings that it is asked about are the photo's.
struct PhotoSegmenter: PromptSegmenter {
    let base: any PromptSegmenter
    /// SHA-256 of the photo.
    let photo: String
    let memory: BoundedMemory

    var identity: ModelIdentity { base.identity }
    var takesEarlierAnswers: Bool { base.takesEarlierAnswers }

    func embed(_ image: Image) throws -> ImageEmbedding { try base.embed(image) }

    func embed(_ images: [Image]) throws -> [ImageEmbedding] { try base.embed(images) }

    func masks(for prompts: [Prompt], in embedding: ImageEmbedding) throws -> [MaskPrediction] {
        let names = prompts.map { name($0, embedding.window) }
        var known: [Prompt: MaskPrediction] = [:]
        var new: [Prompt] = []
        var seen = Set<Prompt>()
        for (prompt, name) in zip(prompts, names) where seen.insert(prompt).inserted {
            if let answer: MaskPrediction = name.flatMap({ memory.known($0) }) { known[prompt] = answer } else { new.append(prompt) }
        }
        if !new.isEmpty {
            for (prompt, answer) in zip(new, try base.masks(for: new, in: embedding)) {
                known[prompt] = answer
                if let name = name(prompt, embedding.window) {
                    memory.keep(answer, as: name, bytes: 4 * answer.logits.reduce(0) { $0 + $1.values.count })
                }
            }
        }
        return prompts.map { known[$0]! }
    }

    /// What an answer is remembered by; nil for a prompt with an earlier answer, which nobody else will ask.
    private func name(_ prompt: Prompt, _ window: PictureWindow?) -> String? {
        guard prompt.previous == nil else { return nil }
        let points = prompt.points.map { "\($0.position.x),\($0.position.y)\($0.isForeground ? "+" : "-")" }
        let box = prompt.box.map { "\($0.low.x),\($0.low.y),\($0.high.x),\($0.high.y)" } ?? ""
        let cut = window.map { "\($0.area.x),\($0.area.y),\($0.area.width),\($0.area.height)" } ?? ""
        return "masks \(photo) \(base.identity.hash) \(cut) \(points.joined(separator: " ")) \(box)"
    }
}
