"""Exports one model and compares the graphs with the model they come from.

    python -m export_foundation dinov2 facebook/dinov2-with-registers-large --side 224 --output dinov2-large.onnx
    python -m export_foundation dinov2 dinov2_vitl14_reg4_pretrain.pth --side 224 --output dinov2-large.onnx
    python -m export_foundation sam facebook/sam-vit-huge --output sam-vit-huge
    python -m export_foundation sam2 facebook/sam2.1-hiera-tiny --output sam2.1-tiny

A model is a name on the hub, a folder of transformers, or, for DINOv2, a .pth of its own repository.
"""

import argparse
import pathlib

import numpy
import onnxruntime
import torch
from transformers import AutoModel, Sam2Model, SamModel

from . import checkpoints, exporting


def largest_difference(path, inputs, expected):
    """The largest difference of a graph's first outputs from what the model gives, as a share of the largest number."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    results = session.run(None, {name: value.numpy() for name, value in inputs.items()})
    return max(float(numpy.abs(a - b.numpy()).max() / numpy.abs(b.numpy()).max()) for a, b in zip(results, expected))


@torch.no_grad()
def export_features(arguments):
    source = arguments.model
    model = checkpoints.dinov2(source) if source.endswith(".pth") else AutoModel.from_pretrained(source)
    model = model.float().eval()
    frame = torch.randn(1, 3, arguments.side, arguments.side, generator=torch.Generator().manual_seed(1))
    expected = [model(frame).last_hidden_state]
    exporting.features(model, arguments.side, arguments.output)
    return {"graph": largest_difference(arguments.output, {"pixel_values": frame}, expected)}


@torch.no_grad()
def export_segmenter(arguments):
    kind, export = {"sam": (SamModel, exporting.sam), "sam2": (Sam2Model, exporting.sam2)}[arguments.family]
    model = kind.from_pretrained(arguments.model).float().eval()
    side = exporting.picture_side(model)
    frame = torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(1))
    embeddings = model.get_image_embeddings(frame)
    points, labels = torch.tensor([[[side / 3, side / 2]]]), torch.ones(1, 1)
    answer = model(image_embeddings=embeddings, input_points=points[None], input_labels=labels[None].long(), multimask_output=True)
    export(model, arguments.output)
    folder = pathlib.Path(arguments.output)
    mask = {"mask_input": torch.zeros(1, 1, side // 4, side // 4), "has_mask_input": torch.zeros(1)}
    expected = [answer.pred_masks[:, 0], answer.iou_scores[:, 0]]
    if arguments.family == "sam":
        # The padding point that stands for "no box" is the caller's to give.
        clicks = {"point_coords": torch.cat([points, torch.zeros(1, 1, 2)], 1), "point_labels": torch.cat([labels, -torch.ones(1, 1)], 1)}
        encoder = largest_difference(folder / "encoder.onnx", {"pixel_values": frame}, [embeddings])
        decoder = largest_difference(folder / "decoder.onnx", {"image_embeddings": embeddings} | clicks | mask, expected)
    else:
        levels = {"image_embed": embeddings[2], "high_res_feats_0": embeddings[0], "high_res_feats_1": embeddings[1]}
        clicks = {"point_coords": points, "point_labels": labels}
        encoder = largest_difference(folder / "encoder.onnx", {"image": frame}, embeddings)
        decoder = largest_difference(folder / "decoder.onnx", levels | clicks | mask, expected)
    return {"encoder": encoder, "decoder": decoder}


def main():
    parser = argparse.ArgumentParser(prog="export_foundation", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("family", choices=["dinov2", "sam", "sam2"])
    parser.add_argument("model")
    parser.add_argument("--side", type=int, default=224, help="longest side of pictures, for dinov2")
    parser.add_argument("--output", required=True, help="the graph, or for segmenters the folder of the two")
    arguments = parser.parse_args()
    differences = (export_features if arguments.family == "dinov2" else export_segmenter)(arguments)
    for name, difference in differences.items():
        print(f"{name}: largest difference {difference:.1e} of the largest number")
    if max(differences.values()) > 1e-3:
        raise SystemExit("the graphs do not give what the model gives; do not use them")


if __name__ == "__main__":
    main()
