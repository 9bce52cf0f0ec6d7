import Backbones
import Foundation
import Images

/// A segmenter that remembers its answers about one picture, so that methods which ask the same share them.
///
/// An answer is the same whether it is remembered or not.
final class RememberingSegmenter: PromptSegmenter, @unchecked Sendable {
    private let base: any PromptSegmenter
    private let lock = NSLock()
    private var answers: [Prompt: MaskPrediction] = [:]

    /// A memory for one picture; answers about others would be mixed up.
    init(_ base: any PromptSegmenter) {
        self.base = base
    }

    var identity: ModelIdentity { base.identity }

    func embed(_ image: Image) throws -> ImageEmbedding { try base.embed(image) }

    func masks(for prompts: [Prompt], in embedding: ImageEmbedding) throws -> [MaskPrediction] {
        let known = lock.withLock { answers }
        var seen = Set<Prompt>()
        let new = prompts.filter { known[$0] == nil && seen.insert($0).inserted }
        let fresh = Dictionary(uniqueKeysWithValues: zip(new, try base.masks(for: new, in: embedding)))
        lock.withLock { answers.merge(fresh) { old, _ in old } }
        return prompts.map { known[$0] ?? fresh[$0]! }
    }
}
