import BSBBasics
import BSBImages
import BSBInference
import Foundation

/// What makes of a click, the features of the picture and the segmenter's masks a better mask of the whole object.
///
/// The embedded segmenter was trained on few kinds of objects; the features that come with it have seen the world. A small network,
/// trained by this project, says from both what is to be added to the segmenter's logits in each of the features' cells; where that is
/// nothing the mask stays as it is, with all its detail.
package struct ObjectHead: Sendable {
    /// Which model this is.
    package let identity: ModelIdentity
    /// The hashes of the feature extractor and of the segmenter that it was trained with.
    private let partners: [String]
    private let session: Deferred<InferenceSession>

    private static let file = "object-head.onnx"
    /// Times the segmenter's probability less a half are the logits that the network adds to, as in its training.
    private static let trust: Float = 8

    /// The head of a set of models; nil where the set has none.
    ///
    /// Throws `Failure(.missingModel)` if the manifest lists it and it is not there; one that is not the file that its manifest lists is refused
    /// when it is first needed.
    package init?(models: EmbeddedModels, runtime: InferenceRuntime) throws {
        guard models.lists(Self.file) else { return nil }
        let entry = try models.entry(Self.file)
        identity = ModelIdentity(name: "\(models.name) object head", hash: entry.sha256.lowercased())
        partners = [try models.entry("features.onnx").sha256.lowercased(), try EmbeddedSegmenter.identity(in: models).hash]
        // One thread is enough for it, and with more its last bits depend on how many.
        session = Deferred {
            let data = try models.data(Self.file)
            return try InferenceSession(model: data, name: Self.file, runtime: runtime, options: InferenceOptions(threads: 1))
        }
    }

    /// Whether it was trained with these two models; with others it says nothing of worth.
    package func belongs(to extractor: ModelIdentity, _ segmenter: ModelIdentity) -> Bool {
        partners == [extractor.hash, segmenter.hash]
    }

    /// Whether it knows what to say to a prompt: to one click on what is wanted.
    package func takes(_ prompt: Prompt) -> Bool {
        prompt.points.count == 1 && prompt.points[0].isForeground && prompt.box == nil && prompt.previous == nil
    }

    /// The logits of the object, on the grid of the segmenter's own coarsest ones and in their place.
    ///
    /// - Parameters:
    ///   - click: in the plane of the picture, as the features and the segmenter's answer.
    ///   - features: of the picture, or of the cut that the segmenter looked at.
    ///   - answer: the segmenter's answer to the click.
    /// - Throws: `Failure` if the head cannot be run.
    /// - Complexity: about 70,000 multiplications a cell.
    package func object(at click: SIMD2<Float>, features: FeatureGrid, answer: MaskPrediction) throws -> LogitMap {
        let (columns, rows) = (features.columns, features.rows)
        let toPicture = features.map.inverse
        let corner = answer.window?.corner ?? .zero
        var masks: [Float] = []
        masks.reserveCapacity(answer.logits.count * rows * columns)
        for map in answer.logits {
            for row in 0..<rows {
                for column in 0..<columns { masks.append(map.value(at: toPicture([Float(column) + 0.5, Float(row) + 0.5]) - corner)) }
            }
        }
        let cell = features.map(click)
        let inputs = [
            "features": features.planes,
            "masks": Tensor(masks, shape: [1, answer.logits.count, rows, columns]),
            "click": Tensor([cell.x, cell.y], shape: [1, 2]),
        ]
        let session = try session.value()
        guard let values = try session.run(inputs, outputs: ["added"])["added"]?.floats, values.count == rows * columns else {
            throw session.mismatch("its output 'added' is not \(rows) x \(columns) numbers")
        }
        let added = LogitMap(width: columns, height: rows, values: values, map: features.moved(by: -corner).map)
        let own = answer.logits[answer.logits.count - 1]
        var object = own
        let fromGrid = object.map.inverse
        for index in object.values.indices {
            let point = fromGrid([Float(index % object.width) + 0.5, Float(index / object.width) + 0.5])
            object.values[index] = Self.trust * (1 / (1 + exp(-object.values[index])) - 0.5) + added.value(at: point)
        }
        // What is clicked is of the object: a mask without it is another thing's.
        return object.value(at: click - corner) > 0 ? object : own
    }
}
