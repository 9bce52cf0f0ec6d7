import BSBBasics
import BSBImages
import BSBInference
import Foundation

/// How much a backbone does at once; results do not depend on it.
package struct BackboneOptions: Sendable, Hashable {
    /// The number of threads, at least 1; nil is one for each core.
    package var threads: Int?
    /// The largest number of prompts that are answered together; more than a few fall out of the processor's cache.
    package var promptBatch: Int

    /// Options with the given number of threads and prompts at a time.
    package init(threads: Int? = nil, promptBatch: Int = 4) {
        self.threads = threads
        self.promptBatch = promptBatch
    }

    var parallelism: Parallelism { Parallelism(threads: threads) }
    var inference: InferenceOptions { InferenceOptions(threads: parallelism.threads) }
}

/// A feature extractor from an ONNX graph of a known layout, such as a published DINOv2.
package struct ONNXFeatureExtractor: FeatureExtractor {
    /// Which model this is.
    package let identity: ModelIdentity
    /// The length of a feature vector.
    package var dimension: Int { encoder.dimension }
    private let encoder: GridEncoder
    /// What photos are compared by; none is by the features.
    private var pieces: [FeaturePiece] = []
    /// Whether features are interpolated over the model's frame first.
    private var isInterpolatedOverFrame = false

    /// The same model, whose features are interpolated over the model's frame first.
    package var interpolatingAsPublished: any FeatureExtractor {
        var hasher = ContentHasher()
        hasher.add("model", identity.hash)
        hasher.add("interpolation", "frame")
        let identity = ModelIdentity(name: identity.name, hash: hasher.finalize().hex)
        var result = ONNXFeatureExtractor(identity: identity, encoder: encoder, pieces: pieces)
        result.isInterpolatedOverFrame = true
        return result
    }

    /// The same model, which sees pictures `factor` times as large, to whole patches.
    ///
    /// Throws `Failure(.badInput)` if the graph takes one size only.
    package func scaled(by factor: Float) throws -> any FeatureExtractor {
        let encoder = try encoder.scaled(by: factor)
        var result = ONNXFeatureExtractor(
            identity: identity.seen(at: encoder.layout.preparation.side), encoder: encoder, pieces: pieces)
        result.isInterpolatedOverFrame = isInterpolatedOverFrame
        return result
    }

    /// Loads the graph of a file, whose hash names the model; the graph must be whole, without weights in other files.
    ///
    /// Throws `Failure(.missingModel)` if it is not there, `.badInput` if it is not a graph of that layout.
    package init(
        path: String, layout: EncoderLayout, runtime: InferenceRuntime, options: BackboneOptions = BackboneOptions()
    ) throws {
        let session = try InferenceSession(path: path, runtime: runtime, options: options.inference)
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        let hash = try ContentHash(ofFile: path, operation: "reading the model")
        self.init(
            identity: ModelIdentity(name: name, hash: hash.hex),
            encoder: try GridEncoder(session: session, layout: layout, parallelism: options.parallelism))
    }

    /// Loads a published graph, whose names and shapes tell its layout.
    ///
    /// - Parameters:
    ///   - path: the graph's file.
    ///   - side: the longest side of pictures in pixels; nil is what the graph insists on, or 224.
    ///   - patch: the side of a patch in pixels, for results in tokens; nil is what their number says where the graph fixes it, or 14.
    ///   - identity: the model, as results will name it.
    ///   - runtime: what runs it.
    ///   - options: how it is run.
    /// - Throws: `Failure(.missingModel)` if the file is not there, `.badInput` if it is no graph of a known layout.
    package init(
        path: String, side: Int?, patch: Int? = nil, identity: ModelIdentity, runtime: InferenceRuntime,
        options: BackboneOptions = BackboneOptions()
    ) throws {
        let session = try InferenceSession(path: path, runtime: runtime, options: options.inference)
        let layout = try EncoderLayout(of: session, side: side, patch: patch)
        self.init(
            identity: identity.seen(at: layout.preparation.side),
            encoder: try GridEncoder(
                session: session, layout: layout, parallelism: Parallelism(threads: 1), gate: RunGate(isOpen: false)))
    }

    init(identity: ModelIdentity, encoder: GridEncoder, pieces: [FeaturePiece] = []) {
        self.identity = identity
        self.encoder = encoder
        self.pieces = pieces
    }

    /// The join of the graph's pieces, if it has any; the features otherwise.
    package func comparisonFeatures(of image: Image) throws -> FeatureGrid {
        guard !pieces.isEmpty else { return try features(of: image) }
        return PieceJoin.grid(of: try encoder.grids(of: image, outputs: pieces.map(\.output)), weights: pieces.map(\.weight))
    }

    /// The features of a picture of any size.
    package func features(of image: Image) throws -> FeatureGrid {
        try features(of: [image])[0]
    }

    /// The features of each picture, in order, several at a time.
    package func features(of images: [Image]) throws -> [FeatureGrid] {
        let grids = try encoder.grids(of: images, cropped: true)
        guard isInterpolatedOverFrame else { return grids }
        let preparation = encoder.layout.preparation
        return zip(images, grids).map { image, grid in
            let size = preparation.resizedSize(width: image.width, height: image.height)
            // Cells a pixel of the frame, from which the number of cells is exact again.
            let density = grid.map.scaleX * Float(image.width) / Float(size.width)
            let stride = Float(preparation.side) / (Float(preparation.side) * density).rounded()
            return grid.interpolatedOverFrame(stride: stride, width: size.width, height: size.height)
        }
    }
}
