"""Makes small graphs in the layouts of published segmenters that `transformers` does not define, with known arithmetic. Needs torch, onnx.

Embeddings are means over 16 x 16 pixels of the 1024-pixel frame. A mask is a disc around the first click; SAM's also gets a quarter for
each point of label -1, which stands for "no box", and the earlier answer.
"""

import pathlib

import onnx
import torch
from torch import nn
from torch.nn import functional

HERE = pathlib.Path(__file__).parent / "published"


class Interleaved(nn.Module):
    """MobileSAM's encoder: height x width x 3 in 0 to 255."""

    def forward(self, input_image):
        planes = input_image.permute(2, 0, 1)[None]
        padded = functional.pad(planes, (0, 1024 - planes.shape[3], 0, 1024 - planes.shape[2]))
        return functional.avg_pool2d(padded, 16)


class Planes(nn.Module):
    def forward(self, batched_images):
        return functional.avg_pool2d(batched_images, 16)


def discs(points, radii):
    """Discs around points [P, 2] on the 256 x 256 grid: [P, M, 256, 256]."""
    x = (torch.arange(256).float() + 0.5)[None, None, None, :]
    y = (torch.arange(256).float() + 0.5)[None, None, :, None]
    distance = ((x - points[:, 0, None, None, None]) ** 2 + (y - points[:, 1, None, None, None]) ** 2).sqrt()
    return torch.tensor(radii)[None, :, None, None] - distance


class SamOriginal(nn.Module):
    def forward(self, image_embeddings, point_coords, point_labels, mask_input, has_mask_input, orig_im_size):
        masks = discs((point_coords[:, 0] + 0.5) / 4, (60.0, 10.0, 20.0, 40.0))
        masks = masks + 0.25 * (point_labels == -1).float().sum() + has_mask_input * mask_input + 0 * image_embeddings.mean()
        return masks + 0 * orig_im_size.sum(), torch.tensor([[0.1, 0.9, 0.8, 0.7]]) + 0 * masks[:, :, 0, 0], masks


class Efficient(nn.Module):
    def __init__(self, radii):
        super().__init__()
        self.radii = radii

    def forward(self, image_embeddings, batched_point_coords, batched_point_labels, orig_im_size):
        masks = discs(batched_point_coords[0, :, 0] + 0.125, self.radii)[None] + 0 * image_embeddings.mean()
        scores = torch.tensor([[[0.9, 0.8, 0.7][: len(self.radii)]]]) + 0 * masks[:, :, :, 0, 0]
        return masks + 0 * batched_point_labels.sum() + 0 * orig_im_size.sum().float(), scores


def save(module, name, inputs, outputs, axes):
    HERE.mkdir(exist_ok=True)
    torch.onnx.export(module, tuple(inputs.values()), HERE / name, input_names=list(inputs), output_names=outputs, dynamic_axes=axes,
                      opset_version=17, dynamo=False)
    graph = onnx.load(HERE / name)
    for node in graph.graph.node:
        node.ClearField("doc_string")
        node.ClearField("name")
    onnx.save(graph, HERE / name)


embedding = {"image_embeddings": torch.zeros(1, 3, 64, 64)}
save(Interleaved(), "mobilesam-encoder.onnx", {"input_image": torch.zeros(700, 1024, 3)}, ["image_embeddings"],
     {"input_image": {0: "height", 1: "width"}})
save(SamOriginal(), "mobilesam-decoder.onnx",
     embedding | {"point_coords": torch.zeros(1, 2, 2), "point_labels": torch.zeros(1, 2), "mask_input": torch.zeros(1, 1, 256, 256),
                  "has_mask_input": torch.zeros(1), "orig_im_size": torch.zeros(2)},
     ["masks", "iou_predictions", "low_res_masks"], {"point_coords": {1: "points"}, "point_labels": {1: "points"}})
save(Planes(), "efficientsam-encoder.onnx", {"batched_images": torch.zeros(1, 3, 1024, 1024)}, ["image_embeddings"],
     {"batched_images": {0: "images", 2: "height", 3: "width"}})
clicks = {"batched_point_coords": torch.zeros(1, 2, 3, 2), "batched_point_labels": torch.zeros(1, 2, 3),
          "orig_im_size": torch.zeros(2, dtype=torch.int64)}
axes = {"batched_point_coords": {1: "prompts", 2: "points"}, "batched_point_labels": {1: "prompts", 2: "points"},
        "output_masks": {1: "prompts"}, "iou_predictions": {1: "prompts"}}
save(Efficient((40.0, 10.0, 20.0)), "efficientsam-decoder.onnx", embedding | clicks, ["output_masks", "iou_predictions"], axes)
save(Efficient((40.0,)), "single-mask-decoder.onnx", embedding | clicks, ["output_masks", "iou_predictions"], axes)
# EfficientSAM's own export leaves only the number of points open.
one = {name: value[:, :1] if name.startswith("batched") else value for name, value in clicks.items()}
save(Efficient((40.0, 10.0, 20.0)), "efficientsam-one-decoder.onnx", embedding | one, ["output_masks", "iou_predictions"],
     {"batched_point_coords": {2: "points"}, "batched_point_labels": {2: "points"}})
