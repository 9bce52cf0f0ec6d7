import BSBBackbones
import BSBCorrespondence
import BSBInference

/// The image models that a job works with.
package struct ModelPair: Sendable {
    /// Turns pictures into features.
    package var extractor: any FeatureExtractor
    /// Turns clicks into masks.
    package var segmenter: any PromptSegmenter
    /// Makes the mask of a clicked object of what both say, where there is such a head for the two.
    package var objectHead: ObjectHead?
    /// How their evidence becomes probabilities, where that is known.
    package var calibrations: CalibrationTable

    /// A feature extractor and a segmenter.
    package init(
        extractor: any FeatureExtractor, segmenter: any PromptSegmenter, objectHead: ObjectHead? = nil,
        calibrations: CalibrationTable = CalibrationTable()
    ) {
        self.extractor = extractor
        self.segmenter = segmenter
        self.objectHead = objectHead
        self.calibrations = calibrations
    }

    /// The models of a set, each run on one thread, since views run side by side.
    ///
    /// Throws `Failure(.missingModel)` if one of them is not there.
    package init(_ models: EmbeddedModels, runtime: InferenceRuntime) throws {
        let options = BackboneOptions(threads: 1)
        self.init(
            extractor: try EmbeddedFeatureExtractor(models: models, runtime: runtime, options: options),
            segmenter: try EmbeddedSegmenter(models: models, runtime: runtime, options: options),
            objectHead: try ObjectHead(models: models, runtime: runtime), calibrations: try CalibrationTable(of: models))
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
