import BSBBackbones
import BSBBasics
import BSBDistillation
import BSBLinearAlgebra
import BSBShapes
import Foundation

/// A trained decoder with everything needed to use it: what it sees of the vertices, how that is scaled, and where it all comes from.
package struct TrainedDecoder: Sendable {
    /// Where a decoder comes from, and what it was trained on.
    package struct Provenance: Sendable, Hashable, Codable {
        /// SHA-256 of the mesh's file.
        package var meshHash: String
        /// The 2D segmenter.
        package var segmenter: ModelIdentity
        /// How the mesh was scaled into the unit ball.
        package var normalisation: Normalisation.Method
        /// What the network learned from.
        package var signal: LearningSignal
        /// Views that were shown to the segmenter.
        package var views: Int
        /// Prompts in all.
        package var prompts: Int
        /// Prompts with several wanted clicks.
        package var severalWanted: Int
        /// Prompts with unwanted clicks.
        package var withUnwanted: Int
        /// SHA-256 over the answers that were learned.
        package var answersHash: String
        /// How the prompts were chosen.
        package var sampling: PromptSampling
        /// How the network was trained.
        package var training: DecoderTrainingOptions
        /// Steps taken.
        package var steps: Int
        /// The step whose network this is.
        package var bestStep: Int
        /// Its mean cross-entropy on held-out prompts.
        package var heldOutLoss: Float
        /// Its mean IoU with the answers to held-out prompts.
        package var heldOutIoU: Float

        /// Provenance of these facts.
        package init(
            meshHash: String, segmenter: ModelIdentity, normalisation: Normalisation.Method, signal: LearningSignal, views: Int,
            prompts: Int,
            severalWanted: Int, withUnwanted: Int, answersHash: String, sampling: PromptSampling, training: DecoderTrainingOptions,
            steps: Int, bestStep: Int,
            heldOutLoss: Float, heldOutIoU: Float
        ) {
            self.meshHash = meshHash
            self.segmenter = segmenter
            self.normalisation = normalisation
            self.signal = signal
            self.views = views
            self.prompts = prompts
            self.severalWanted = severalWanted
            self.withUnwanted = withUnwanted
            self.answersHash = answersHash
            self.sampling = sampling
            self.training = training
            self.steps = steps
            self.bestStep = bestStep
            self.heldOutLoss = heldOutLoss
            self.heldOutIoU = heldOutIoU
        }
    }

    /// The network.
    package var decoder: ClickDecoder
    /// How features and context are scaled for it.
    package var scaling: FeatureScaling
    /// The segmenter's features of the vertices.
    package var field: FeatureField
    /// #V x any: what else the network sees of each vertex, see ``VertexContext``; no columns in the published recipe.
    package var context: Matrix
    /// Where it comes from.
    package var provenance: Provenance

    /// A trained decoder of these parts.
    ///
    /// - Throws: `Failure` if their sizes do not fit together or a number is not finite.
    package init(
        decoder: ClickDecoder, scaling: FeatureScaling, field: FeatureField, context: Matrix? = nil, provenance: Provenance
    ) throws {
        let context = context ?? Matrix(rows: field.vertexCount, columns: 0)
        let length = decoder.shape.features
        guard field.dimension + context.columns == length, context.rows == field.vertexCount,
            scaling.mean.count == length, scaling.scale.count == length,
            [field.values.values, context.values, scaling.mean, scaling.scale].allSatisfy({ $0.allSatisfy(\.isFinite) })
        else { throw Failure(.badInput, "making a decoder", reason: "its features do not fit its network, or are not finite") }
        self.decoder = decoder
        self.scaling = scaling
        self.field = field
        self.context = context
        self.provenance = provenance
    }

    /// What the network sees of each vertex: #V x its features.
    var inputs: Matrix { scaling.applied(to: Matrix.joiningColumns(field.values, context)) }
}

extension TrainedDecoder {
    private static let version = "2"
    private static let format = "segmentation-buddies click decoder"

    /// The checkpoint's bytes in safetensors format, the same for the same content.
    ///
    /// Throws `Failure` if they cannot be made.
    package func encoded() throws -> Data {
        var file = Safetensors()
        file.add(decoder.parameters, names: decoder.shape.parameterNames.map { "decoder.\($0)" })
        file.tensors["features"] = .init(shape: [field.vertexCount, field.dimension], values: field.values.values)
        file.tensors["context"] = .init(shape: [context.rows, context.columns], values: context.values)
        file.tensors["features.observed"] = .init(shape: [field.vertexCount], values: field.observed.map { $0 ? 1 : 0 })
        file.tensors["scaling.mean"] = .init(shape: [scaling.mean.count], values: scaling.mean)
        file.tensors["scaling.scale"] = .init(shape: [scaling.scale.count], values: scaling.scale)
        file.metadata = ["format": Self.format, "version": Self.version]
        file.metadata["shape"] = try Self.text(decoder.shape)
        file.metadata["provenance"] = try Self.text(provenance)
        return try file.encoded()
    }

    /// Reads a checkpoint; it gives the same answers to the last bit.
    ///
    ///
    ///
    /// - Throws: `Failure` for bytes that are not a checkpoint of this version.
    package init(_ data: Data, path: String? = nil) throws {
        let file = try Safetensors(data, path: path)
        let fail = { (reason: String) in Failure(.badInput, "reading the decoder", path: path, reason: reason) }
        guard file.metadata["format"] == Self.format else { throw fail("it is not a click decoder") }
        guard file.metadata["version"] == Self.version else {
            throw Failure(
                .badInput, "reading the decoder", path: path,
                reason: "it is of version \(file.metadata["version"] ?? "none"), and this program reads version \(Self.version)",
                hint: "train it anew: bsb train")
        }
        guard let shape: ClickDecoder.Shape = Self.value(file.metadata["shape"]), shape.isSensible,
            let provenance: Provenance = Self.value(file.metadata["provenance"])
        else { throw fail("its description cannot be read") }
        guard
            let parameters = file.matrices(names: shape.parameterNames.map { "decoder.\($0)" }, sizes: shape.parameterSizes),
            let features = file.tensors["features"], features.shape.count == 2, features.shape[1] <= shape.features,
            let context = file.tensors["context"], context.shape == [features.shape[0], shape.features - features.shape[1]],
            let observed = file.tensors["features.observed"], observed.shape == [features.shape[0]],
            let mean = file.tensors["scaling.mean"], mean.shape == [shape.features],
            let scale = file.tensors["scaling.scale"], scale.shape == [shape.features]
        else { throw fail("a tensor is missing or of the wrong size") }
        let field = FeatureField(
            values: Matrix(rows: features.shape[0], columns: features.shape[1], values: features.values),
            observed: observed.values.map { $0 != 0 })
        try self.init(
            decoder: ClickDecoder(shape: shape, parameters: parameters), scaling: FeatureScaling(mean: mean.values, scale: scale.values),
            field: field, context: Matrix(rows: context.shape[0], columns: context.shape[1], values: context.values),
            provenance: provenance)
    }

    private static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            throw Failure(.internal, "writing the decoder", reason: "its description cannot be encoded")
        }
        return String(decoding: data, as: UTF8.self)
    }

    private static func value<T: Decodable>(_ text: String?) -> T? {
        text.flatMap { try? JSONDecoder().decode(T.self, from: Data($0.utf8)) }
    }
}
