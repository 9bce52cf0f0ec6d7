import Images
import Inference

/// The feature extractor that comes with the package.
///
/// A small convolutional network, trained by this project: the longest side is seen at the size that `models.json` names, with a vector of unit
/// length for every 4 x 4 pixels of that.
public struct EmbeddedFeatureExtractor: FeatureExtractor {
    /// Which model this is.
    public var identity: ModelIdentity { extractor.identity }
    /// The length of a feature vector.
    public var dimension: Int { extractor.dimension }
    private let extractor: ONNXFeatureExtractor

    /// Loads the extractor.
    ///
    /// Throws `Failure(.missingModel)` if the model is not there or is not the file that its manifest lists.
    public init(models: EmbeddedModels, runtime: InferenceRuntime, options: BackboneOptions = BackboneOptions()) throws {
        let (data, entry) = try models.load("features.onnx")
        let session = try InferenceSession(model: data, name: "features.onnx", runtime: runtime, options: options.inference)
        let encoder = try GridEncoder(
            session: session, layout: entry.encoderLayout(output: "features"), parallelism: options.parallelism)
        extractor = ONNXFeatureExtractor(
            identity: ModelIdentity(name: "\(models.name) features", hash: entry.sha256.lowercased()), encoder: encoder)
    }

    /// The features of a picture of any size.
    public func features(of image: Image) throws -> FeatureGrid {
        try extractor.features(of: image)
    }

    /// The features of each picture, in order, several at a time.
    public func features(of images: [Image]) throws -> [FeatureGrid] {
        try extractor.features(of: images)
    }
}
