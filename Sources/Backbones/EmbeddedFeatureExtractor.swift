import BSBBasics
import BSBImages
import BSBInference

/// The feature extractor that comes with the package.
///
/// A small convolutional network, trained by this project: the longest side is seen at the size that `models.json` names, with a vector of unit
/// length for every 4 x 4 pixels of that. The graph is made ready when the first picture comes.
package struct EmbeddedFeatureExtractor: FeatureExtractor {
    /// Which model this is.
    package let identity: ModelIdentity
    /// The length of a feature vector.
    package let dimension: Int
    private let layout: EncoderLayout
    private let extractor: Deferred<any FeatureExtractor>

    /// An extractor by the file that the manifest lists.
    ///
    /// Throws `Failure(.missingModel)` if the model is not there; one that is not the file that its manifest lists is refused when the first
    /// picture comes.
    package init(models: EmbeddedModels, runtime: InferenceRuntime, options: BackboneOptions = BackboneOptions()) throws {
        let entry = try models.entry("features.onnx")
        let identity = ModelIdentity(name: "\(models.name) features", hash: entry.sha256.lowercased())
        (self.identity, dimension, layout) = (identity, entry.dimension, entry.encoderLayout(output: "features"))
        extractor = Deferred {
            let data = try models.data("features.onnx")
            let encoder = try entry.encoder(data, name: "features.onnx", output: "features", runtime: runtime, options: options)
            return ONNXFeatureExtractor(identity: identity, encoder: encoder, pieces: entry.pieces ?? [])
        }
    }

    private init(identity: ModelIdentity, dimension: Int, layout: EncoderLayout, extractor: Deferred<any FeatureExtractor>) {
        (self.identity, self.dimension, self.layout, self.extractor) = (identity, dimension, layout, extractor)
    }

    /// The same model, which sees pictures `factor` times as large, to 32 pixels.
    ///
    /// Never throws: the graph takes any size.
    package func scaled(by factor: Float) throws -> any FeatureExtractor {
        let layout = layout.scaled(by: factor)
        return EmbeddedFeatureExtractor(
            identity: identity.seen(at: layout.preparation.side), dimension: dimension, layout: layout,
            extractor: Deferred { [extractor] in try extractor.value().scaled(by: factor) })
    }

    /// The features of a picture of any size.
    package func features(of image: Image) throws -> FeatureGrid {
        try extractor.value().features(of: image)
    }

    /// The pieces that the features are made of, joined without what training on renders made of them (``PieceJoin``).
    package func comparisonFeatures(of image: Image) throws -> FeatureGrid {
        try extractor.value().comparisonFeatures(of: image)
    }

    /// The features of each picture, in order, several at a time.
    package func features(of images: [Image]) throws -> [FeatureGrid] {
        try extractor.value().features(of: images)
    }
}
