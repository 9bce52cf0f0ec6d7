import BSBBasics
import BSBImages

/// A vision model that turns a picture into a grid of feature vectors.
package protocol FeatureExtractor: Sendable {
    /// Which model this is; part of every cache key and result.
    var identity: ModelIdentity { get }
    /// The length of a feature vector.
    var dimension: Int { get }
    /// The features of a picture of any size. Throws `Failure` if the model cannot be run.
    func features(of image: Image) throws -> FeatureGrid
    /// The features of each picture, in order; quicker than one by one. Throws `Failure` if the model cannot be run.
    func features(of images: [Image]) throws -> [FeatureGrid]
    /// What pictures of things are compared with each other by, where no mesh is in between: unit vectors, longer and slower to compare than the
    /// features. Throws `Failure` if the model cannot be run.
    func comparisonFeatures(of image: Image) throws -> FeatureGrid
    /// The same model, whose features are interpolated between cells as the published code does it: over the model's frame, and from
    /// its pixels over the picture. Itself where nothing is published about that.
    var interpolatingAsPublished: any FeatureExtractor { get }
    /// The same model, which sees pictures `factor` times as large, to whole patches. Throws `Failure(.badInput)` if it takes one size only.
    func scaled(by factor: Float) throws -> any FeatureExtractor
}

extension FeatureExtractor {
    /// The features of each picture, one after the other.
    package func features(of images: [Image]) throws -> [FeatureGrid] {
        try images.map { try features(of: $0) }
    }

    /// The features.
    package func comparisonFeatures(of image: Image) throws -> FeatureGrid {
        try features(of: image)
    }

    /// Itself.
    package var interpolatingAsPublished: any FeatureExtractor { self }

    /// Refuses: this model takes one size of pictures only.
    package func scaled(by factor: Float) throws -> any FeatureExtractor {
        throw Failure(
            .badInput, "looking at pictures in several sizes", reason: "the model '\(identity.name)' takes one size only",
            hint: "choose another preset")
    }
}

/// The name and content of a model.
public struct ModelIdentity: Hashable, Sendable, Codable {
    /// The name and version that people know it by.
    public var name: String
    /// SHA-256 of its files, in hexadecimal.
    public var hash: String

    /// A model called `name` with files of `hash`.
    package init(name: String, hash: String) {
        self.name = name
        self.hash = hash
    }
}
