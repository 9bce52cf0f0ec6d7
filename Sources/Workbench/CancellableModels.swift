import BSBBackbones
import BSBImages

/// A feature extractor that is not run for work that is no longer wanted.
struct CancellableExtractor: FeatureExtractor {
    let base: any FeatureExtractor
    let cancellation: Cancellation

    var identity: ModelIdentity { base.identity }
    var dimension: Int { base.dimension }
    var interpolatingAsPublished: any FeatureExtractor { with(base.interpolatingAsPublished) }

    func features(of image: Image) throws -> FeatureGrid {
        try cancellation.check()
        return try base.features(of: image)
    }

    func features(of images: [Image]) throws -> [FeatureGrid] {
        try cancellation.check()
        return try base.features(of: images)
    }

    func comparisonFeatures(of image: Image) throws -> FeatureGrid {
        try cancellation.check()
        return try base.comparisonFeatures(of: image)
    }

    func scaled(by factor: Float) throws -> any FeatureExtractor { with(try base.scaled(by: factor)) }

    private func with(_ other: any FeatureExtractor) -> CancellableExtractor {
        CancellableExtractor(base: other, cancellation: cancellation)
    }
}

/// A segmenter that is not run for work that is no longer wanted.
struct CancellableSegmenter: PromptSegmenter {
    let base: any PromptSegmenter
    let cancellation: Cancellation

    var identity: ModelIdentity { base.identity }
    var takesEarlierAnswers: Bool { base.takesEarlierAnswers }

    func embed(_ image: Image) throws -> ImageEmbedding {
        try cancellation.check()
        return try base.embed(image)
    }

    func embed(_ images: [Image]) throws -> [ImageEmbedding] {
        try cancellation.check()
        return try base.embed(images)
    }

    func masks(for prompts: [Prompt], in embedding: ImageEmbedding) throws -> [MaskPrediction] {
        try cancellation.check()
        return try base.masks(for: prompts, in: embedding)
    }
}
