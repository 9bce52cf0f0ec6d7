import Backbones
import Basics
import Distillation
import Foundation
import LinearAlgebra

extension TrainedDecoder {
    /// A decoder that the published code of iSeg or of the paper trained: `decoder_checkpoint.pth` with `pred_f.pth`.
    ///
    /// The checkpoint is a dictionary with `attention_state_dict` (`W_Q`, `W_Kp`, `W_Kn`, `W_Vp`, `W_Vn`) and `model_state_dict` (`mlp.0`,
    /// `mlp.2`, `mlp.3`, ...: Linear and LayerNorm in turn, every third number being a ReLU without parameters), with or without the
    /// `module.` that training on several GPUs puts in front. The features are one tensor, #V x length. The published mesh, segmenter and
    /// training are not recorded in these files, so the provenance only says what they are: counts that are not known are 0.
    ///
    /// - Parameters:
    ///   - checkpoint: the bytes of `decoder_checkpoint.pth`.
    ///   - features: the bytes of `pred_f.pth`.
    ///   - meshHash: SHA-256 of the mesh that they are said to belong to.
    ///   - paths: where the two were read, for failures.
    /// - Throws: `Failure` for files that are not these, with the names that are in them.
    public init(
        publishedCheckpoint checkpoint: Data, features: Data, meshHash: String, paths: (checkpoint: String?, features: String?) = (nil, nil)
    ) throws {
        let network = try PublishedNetwork(TorchFile(checkpoint, path: paths.checkpoint), path: paths.checkpoint)
        let decoder = try ClickDecoder(shape: network.shape, parameters: network.parameters)
        let file = try TorchFile(features, path: paths.features)
        guard case .tensor(let tensor) = file.root, tensor.shape.count == 2 else {
            throw Failure(
                .badInput, "reading the features", path: paths.features, reason: "it is not one tensor of vertices x numbers",
                hint: "the published code calls it pred_f.pth")
        }
        let values = try file.matrix(tensor, name: "features")
        guard values.columns == network.shape.features else {
            throw Failure(
                .badInput, "reading the features", path: paths.features,
                reason: "it has \(values.columns) numbers for a vertex, and the decoder takes \(network.shape.features)")
        }
        var hasher = ContentHasher()
        hasher.add("checkpoint", ContentHash(of: checkpoint).hex)
        hasher.add("features", ContentHash(of: features).hex)
        let hash = hasher.finalize().hex
        var training = DecoderTrainingOptions()
        training.architecture = .reference
        try self.init(
            decoder: decoder, scaling: FeatureScaling(identity: values.columns),
            field: FeatureField(values: values, observed: [Bool](repeating: true, count: values.rows)),
            provenance: Provenance(
                meshHash: meshHash, segmenter: ModelIdentity(name: "published decoder", hash: hash), normalisation: "vertexMean",
                signal: .published, views: 0, prompts: 0, severalWanted: network.learnedSeveralClicks ? 1 : 0,
                withUnwanted: network.learnedNegativeClicks ? 1 : 0, answersHash: "", sampling: .reference, training: training, steps: 0,
                bestStep: 0, heldOutLoss: 0, heldOutIoU: 0))
    }
}

/// The parameters of a published checkpoint in the order of ``ClickDecoder``.
private struct PublishedNetwork {
    let shape: ClickDecoder.Shape
    let parameters: [Matrix]
    private let file: TorchFile
    private let path: String?

    init(_ file: TorchFile, path: String?) throws {
        (self.file, self.path) = (file, path)
        guard let attention = file.root["attention_state_dict"], let network = file.root["model_state_dict"] else {
            throw Self.failure("it has no 'attention_state_dict' and 'model_state_dict'", file.root.names, path)
        }
        let maps = try ["W_Q", "W_Kp", "W_Kn", "W_Vp", "W_Vn"].flatMap { name in
            try ["weight", "bias"].map { try Self.matrix("\(name).\($0)", in: attention, file, path) }
        }
        var layers: [Matrix] = []
        var hidden: [Int] = []
        // Linear, ReLU, LayerNorm: numbers 0, 1, 2; then 3, 4, 5; the last Linear has no LayerNorm.
        while Self.find("mlp.\(3 * hidden.count + 2).weight", in: network) != nil {
            let place = 3 * hidden.count
            for name in ["\(place).weight", "\(place).bias", "\(place + 2).weight", "\(place + 2).bias"] {
                layers.append(try Self.matrix("mlp.\(name)", in: network, file, path))
            }
            hidden.append(layers[layers.count - 4].rows)
        }
        for name in ["weight", "bias"] { layers.append(try Self.matrix("mlp.\(3 * hidden.count).\(name)", in: network, file, path)) }
        shape = ClickDecoder.Shape(features: maps[0].columns, attention: maps[0].rows, hidden: hidden)
        parameters = maps + layers
        guard shape.isSensible, zip(shape.parameterSizes, parameters).allSatisfy({ ($0.rows, $0.columns) == ($1.rows, $1.columns) }) else {
            let sizes = parameters.map { "\($0.rows)x\($0.columns)" }
            throw Self.failure("its tensors do not fit together; their sizes are \(sizes.joined(separator: ", "))", network.names, path)
        }
    }

    /// Whether queries and keys were trained: with single clicks only they get no gradient and keep numbers of their initial range,
    /// ±1/√inputs.
    var learnedSeveralClicks: Bool { hasLeftInitialRange([0, 2]) }

    /// Whether the maps of unwanted clicks were trained.
    var learnedNegativeClicks: Bool { learnedSeveralClicks && hasLeftInitialRange([4, 8]) }

    private func hasLeftInitialRange(_ places: [Int]) -> Bool {
        let bound = 1.0001 / Float(shape.features).squareRoot()
        return places.contains { parameters[$0].values.contains { abs($0) > bound } }
    }

    private static func find(_ name: String, in dictionary: PickledValue) -> PickledValue? {
        dictionary[name] ?? dictionary["module.\(name)"]
    }

    private static func matrix(_ name: String, in dictionary: PickledValue, _ file: TorchFile, _ path: String?) throws -> Matrix {
        guard case .tensor(let tensor) = find(name, in: dictionary) else {
            throw failure("there is no tensor '\(name)'", dictionary.names, path)
        }
        return try file.matrix(tensor, name: name)
    }

    private static func failure(_ reason: String, _ names: [String], _ path: String?) -> Failure {
        let known = names.isEmpty ? "it has no names" : "it has \(names.prefix(120).joined(separator: ", "))"
        return Failure(.badInput, "reading the decoder", path: path, reason: "\(reason); \(known)")
    }
}
