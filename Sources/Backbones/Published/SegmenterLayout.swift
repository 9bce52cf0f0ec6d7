import BSBInference

/// How the two graphs of a published segmenter are laid out; the names of what they take and give tell it.
package enum SegmenterLayout: String, Sendable, Hashable, Codable, CaseIterable {
    /// SAM and SlimSAM as exported from Hugging Face's transformers.
    case sam
    /// SAM as exported by its own repository, and MobileSAM.
    case samOriginal = "sam-original"
    /// SAM 2 and 2.1 as exported from transformers.
    case sam2
    /// SAM 2 and 2.1 as exported from their own code.
    case sam2Original = "sam2-original"
    /// EfficientSAM.
    case efficientSAM = "efficient-sam"

    /// The layout of two loaded graphs.
    ///
    /// Throws `Failure(.badInput)` listing names if they are none of the known ones.
    init(encoder: InferenceSession, decoder: InferenceSession) throws {
        let inputs = Set(decoder.inputs.map(\.name))
        guard let layout = Self.allCases.first(where: { $0.required.isSubset(of: inputs) }) else {
            throw decoder.unknown("a segmenter's decoder takes an embedding and points as SAM's kin do")
        }
        self = layout
        let given = Set(encoder.outputs.map(\.name))
        guard encoder.inputs.count == 1, encoder.outputs.count >= embeddings.count else {
            throw encoder.unknown("the encoder of this decoder takes one picture and gives \(Self.list(embeddings))")
        }
        guard embeddings.count == 1 || given.isSuperset(of: embeddings) else {
            throw encoder.unknown("the encoder of this decoder gives \(Self.list(embeddings))")
        }
        let outputs = Set(decoder.outputs.map(\.name))
        for name in [masks, scores] where !outputs.contains(name) {
            throw decoder.unknown("a decoder of this layout gives '\(name)'")
        }
    }

    private static func list(_ names: [String]) -> String { names.map { "'\($0)'" }.joined(separator: ", ") }

    private var required: Set<String> {
        switch self {
        case .sam: ["image_embeddings", "image_positional_embeddings", "input_points", "input_labels"]
        case .samOriginal: ["image_embeddings", "point_coords", "point_labels", "mask_input", "has_mask_input"]
        case .sam2: ["image_embeddings.0", "image_embeddings.1", "image_embeddings.2", "input_points", "input_labels"]
        case .sam2Original: ["image_embed", "high_res_feats_0", "high_res_feats_1", "point_coords", "point_labels"]
        case .efficientSAM: ["image_embeddings", "batched_point_coords", "batched_point_labels"]
        }
    }

    /// What the encoder gives and the decoder takes of a picture, the embedding proper first.
    var embeddings: [String] {
        switch self {
        case .sam: ["image_embeddings", "image_positional_embeddings"]
        case .samOriginal, .efficientSAM: ["image_embeddings"]
        case .sam2: ["image_embeddings.2", "image_embeddings.0", "image_embeddings.1"]
        case .sam2Original: ["image_embed", "high_res_feats_0", "high_res_feats_1"]
        }
    }

    /// The output that holds the masks' logits.
    var masks: String {
        switch self {
        case .sam, .sam2: "pred_masks"
        case .samOriginal: "low_res_masks"
        case .sam2Original: "masks"
        case .efficientSAM: "output_masks"
        }
    }

    /// The output that holds the model's own estimates of IoU.
    var scores: String {
        switch self {
        case .sam, .sam2: "iou_scores"
        case .samOriginal, .sam2Original, .efficientSAM: "iou_predictions"
        }
    }

    /// How pictures become the model's frame.
    ///
    /// SAM pads after normalising; SAM 2 and EfficientSAM stretch pictures. EfficientSAM's graph normalises by itself.
    func preparation(side: Int) -> ImagePreparation {
        var preparation = ImagePreparation(side: side)
        switch self {
        case .sam, .samOriginal: break
        case .sam2, .sam2Original: (preparation.fit, preparation.resampling) = (.stretched, .smooth)
        case .efficientSAM:
            (preparation.fit, preparation.resampling) = (.stretched, .plain)
            (preparation.mean, preparation.deviation) = (.zero, .one)
        }
        return preparation
    }

    /// Whether several prompts may share a run.
    ///
    /// A decoder with a separate input for boxes is asked one by one, since what it makes of none beside several prompts is not settled.
    func takesSeveralPrompts(_ decoder: InferenceSession) -> Bool {
        switch self {
        case .sam, .efficientSAM:
            // EfficientSAM's own export fixes the axis of prompts at 1.
            decoder.inputs.allSatisfy { $0.shape.count < 3 || embeddings.contains($0.name) || $0.shape[1] == nil }
        case .samOriginal:
            // SAM's own export answers one prompt a run; ours leaves the number open.
            decoder.inputs.allSatisfy { $0.shape.isEmpty || $0.name == embeddings[0] || $0.shape[0] == nil }
        case .sam2: !decoder.inputs.contains { $0.name == "input_boxes" }
        case .sam2Original: false
        }
    }
}
