import Backbones
import Inference

/// The two image models that a job works with.
public struct ModelPair: Sendable {
    /// Turns pictures into features.
    public var extractor: any FeatureExtractor
    /// Turns clicks into masks.
    public var segmenter: any PromptSegmenter

    /// A feature extractor and a segmenter.
    public init(extractor: any FeatureExtractor, segmenter: any PromptSegmenter) {
        self.extractor = extractor
        self.segmenter = segmenter
    }

    /// The pair of small models that comes with this package, each run on one thread, since views run side by side.
    ///
    /// - Throws: `Failure` if the inference runtime or a model file is missing or damaged.
    public static func embedded() throws -> ModelPair {
        try ModelChoice().load()
    }

    static func embeddedExtractor(_ runtime: InferenceRuntime) throws -> any FeatureExtractor {
        try EmbeddedFeatureExtractor(models: EmbeddedModels(), runtime: runtime, options: BackboneOptions(threads: 1))
    }

    static func embeddedSegmenter(_ runtime: InferenceRuntime) throws -> any PromptSegmenter {
        try EmbeddedSegmenter(models: EmbeddedModels(), runtime: runtime, options: BackboneOptions(threads: 1))
    }
}
