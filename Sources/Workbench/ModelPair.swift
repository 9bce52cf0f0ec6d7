import BSBBackbones
import BSBCorrespondence
import BSBInference

/// The two image models that a job works with.
package struct ModelPair: Sendable {
    /// Turns pictures into features.
    package var extractor: any FeatureExtractor
    /// Turns clicks into masks.
    package var segmenter: any PromptSegmenter
    /// How their evidence becomes probabilities, where that is known.
    package var calibrations: CalibrationTable

    /// A feature extractor and a segmenter.
    package init(extractor: any FeatureExtractor, segmenter: any PromptSegmenter, calibrations: CalibrationTable = CalibrationTable()) {
        self.extractor = extractor
        self.segmenter = segmenter
        self.calibrations = calibrations
    }

    /// The pair of small models that comes with this package, each run on one thread, since views run side by side.
    ///
    /// - Throws: `Failure` if the inference runtime or a model file is missing or damaged.
    package static func embedded() throws -> ModelPair {
        try ModelChoice().load()
    }

    static func embeddedExtractor(_ runtime: InferenceRuntime) throws -> any FeatureExtractor {
        try EmbeddedFeatureExtractor(models: EmbeddedModels(), runtime: runtime, options: BackboneOptions(threads: 1))
    }

    static func embeddedSegmenter(_ runtime: InferenceRuntime) throws -> any PromptSegmenter {
        try EmbeddedSegmenter(models: EmbeddedModels(), runtime: runtime, options: BackboneOptions(threads: 1))
    }
}
