"""Writes the graphs of a model of `transformers` or `diffusers`."""

import pathlib
import tempfile

import onnx
import torch
from onnx import compose, helper

from . import graphs


def exported(module, inputs, outputs, axes):
    """The graph of `module` for example `inputs` (a dict)."""
    module.eval()
    # A folder of its own: large graphs come with a file for each tensor.
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        path = pathlib.Path(folder) / "graph.onnx"
        torch.onnx.export(module, tuple(inputs.values()), str(path), input_names=list(inputs), output_names=outputs, dynamic_axes=axes,
                          opset_version=17, dynamo=False)
        return onnx.load(path)


def save(module, path, inputs, outputs, axes, weights_beside=False):
    """Exports `module` for example `inputs` (a dict)."""
    write(exported(module, inputs, outputs, axes), path, weights_beside)


def write(graph, path, weights_beside=False):
    """Writes a graph, with its weights in a file beside it if they are too many for one."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    shorten(graph.graph)
    beside = path.with_name(path.name + "_data")
    beside.unlink(missing_ok=True)
    # `ByteSize` fails on graphs of more than 2 GB.
    if weights_beside or sum(len(tensor.raw_data) for tensor in graph.graph.initializer) > 1_900_000_000:
        onnx.save(graph, path, save_as_external_data=True, location=beside.name)
    else:
        onnx.save(graph, path)


def shorten(graph):
    """Gives inner values short names; the exporter's own are longer than a small model's weights."""
    kept = {value.name for value in [*graph.input, *graph.output]} | {""}
    names = {}

    def short(name):
        return name if name in kept else names.setdefault(name, f"v{len(names)}")

    def visit(inner):
        for node in inner.node:
            node.ClearField("doc_string")
            node.ClearField("name")
            node.input[:] = [short(name) for name in node.input]
            node.output[:] = [short(name) for name in node.output]
            for attribute in node.attribute:
                if attribute.type == onnx.AttributeProto.GRAPH:
                    visit(attribute.g)
        for tensor in inner.initializer:
            tensor.name = short(tensor.name)
        for value in [*inner.input, *inner.output]:
            value.name = short(value.name)
        del inner.value_info[:]

    visit(graph)


def features(model, side, path):
    save(graphs.Features(model, side), path, {"pixel_values": torch.zeros(1, 3, side, side)}, ["last_hidden_state"], {})


def dift(latents, block, path):
    """One graph of the two halves of DIFT: the second runs once for each noise, and the results are averaged.

    One noise after the other, so that the attention of one is in memory and not that of all.
    """
    frame = torch.zeros(1, 3, latents.side, latents.side)
    with torch.no_grad():
        noisy = latents(frame)
        planes = block(noisy[0])
    whole = compose.add_prefix(exported(latents, {"frame": frame}, ["noisy"], {}), "latents/", inplace=True)
    body = compose.add_prefix(exported(block, {"sample": noisy[0]}, ["planes"], {}), "block/", inplace=True).graph
    # A graph inside another sees the weights of the outer one.
    whole.graph.initializer.extend(body.initializer)
    del body.initializer[:]
    whole.graph.node.insert(0, helper.make_node("Identity", ["pixel_values"], ["latents/frame"]))
    whole.graph.node.extend([
        helper.make_node("Scan", ["latents/noisy"], ["each"], body=body, num_scan_inputs=1),
        helper.make_node("ReduceMean", ["each"], ["features"], axes=[0], keepdims=1)])
    del whole.graph.input[:], whole.graph.output[:]
    whole.graph.input.append(helper.make_tensor_value_info("pixel_values", onnx.TensorProto.FLOAT, [1, *frame.shape[1:]]))
    whole.graph.output.append(helper.make_tensor_value_info("features", onnx.TensorProto.FLOAT, [1, *planes.shape]))
    write(whole, path)


def picture_side(model):
    size = model.config.prompt_encoder_config.image_size
    return size if isinstance(size, int) else size[0]


def sam_example(model, prompts, points):
    """Example inputs of decoders: the embedding and prompts."""
    side = picture_side(model)
    with torch.no_grad():
        embedding = model.get_image_embeddings(torch.zeros(1, 3, side, side))
    return embedding, torch.rand(prompts, points, 2) * side, torch.ones(prompts, points), torch.zeros(prompts, 1, side // 4, side // 4)


def sam(model, folder):
    """encoder.onnx and decoder.onnx in the layout of SAM's own export."""
    folder = pathlib.Path(folder)
    side = picture_side(model)
    save(graphs.SamEncoder(model), folder / "encoder.onnx", {"pixel_values": torch.zeros(1, 3, side, side)}, ["image_embeddings"], {})
    embedding, points, labels, mask = sam_example(model, 2, 3)
    open_axes = {0: "prompts"}
    save(graphs.SamDecoder(model), folder / "decoder.onnx",
         {"image_embeddings": embedding, "point_coords": points, "point_labels": labels, "mask_input": mask,
          "has_mask_input": torch.zeros(2)}, ["low_res_masks", "iou_predictions"],
         {"point_coords": {0: "prompts", 1: "points"}, "point_labels": {0: "prompts", 1: "points"}, "mask_input": open_axes,
          "has_mask_input": open_axes, "low_res_masks": open_axes, "iou_predictions": open_axes})


def sam_transformers(model, folder):
    """encoder.onnx and decoder.onnx in the layout of public exports from transformers."""
    folder = pathlib.Path(folder)
    side = picture_side(model)
    save(graphs.SamEncoderTransformers(model), folder / "encoder.onnx", {"pixel_values": torch.zeros(1, 3, side, side)},
         ["image_embeddings", "image_positional_embeddings"], {})
    embedding, points, labels, _ = sam_example(model, 2, 3)
    positions = model.get_image_wide_positional_embeddings().detach()
    axes = {1: "prompts", 2: "points"}
    save(graphs.SamDecoderTransformers(model), folder / "decoder.onnx",
         {"image_embeddings": embedding, "image_positional_embeddings": positions.reshape(1, *positions.shape[-3:]),
          "input_points": points[None], "input_labels": labels[None].long()}, ["iou_scores", "pred_masks"],
         {"input_points": axes, "input_labels": axes, "iou_scores": {1: "prompts"}, "pred_masks": {1: "prompts"}})


def sam2(model, folder):
    """encoder.onnx and decoder.onnx in the layout of exports from SAM 2's own code."""
    folder = pathlib.Path(folder)
    side = picture_side(model)
    save(graphs.Sam2Encoder(model), folder / "encoder.onnx", {"image": torch.zeros(1, 3, side, side)},
         ["high_res_feats_0", "high_res_feats_1", "image_embed"], {})
    levels, points, labels, mask = sam_example(model, 1, 3)
    save(graphs.Sam2Decoder(model), folder / "decoder.onnx",
         {"image_embed": levels[2], "high_res_feats_0": levels[0], "high_res_feats_1": levels[1], "point_coords": points,
          "point_labels": labels, "mask_input": mask, "has_mask_input": torch.zeros(1)}, ["masks", "iou_predictions"],
         {"point_coords": {1: "points"}, "point_labels": {1: "points"}})


def sam2_transformers(model, folder):
    """encoder.onnx and decoder.onnx in the layout of public exports from transformers."""
    folder = pathlib.Path(folder)
    side = picture_side(model)
    names = [f"image_embeddings.{i}" for i in range(3)]
    save(graphs.Sam2Encoder(model), folder / "encoder.onnx", {"pixel_values": torch.zeros(1, 3, side, side)}, names, {})
    levels, points, labels, _ = sam_example(model, 2, 3)
    axes = {1: "prompts", 2: "points"}
    save(graphs.Sam2DecoderTransformers(model), folder / "decoder.onnx",
         dict(zip(names, levels)) | {"input_points": points[None], "input_labels": labels[None].long()},
         ["iou_scores", "pred_masks", "object_score_logits"],
         {"input_points": axes, "input_labels": axes, "iou_scores": {1: "prompts"}, "pred_masks": {1: "prompts"},
          "object_score_logits": {1: "prompts"}})
