"""Makes the small ONNX graphs and the manifest that the tests of Backbones use. Needs torch and onnx.

They have the inputs and outputs of the embedded pair, and simple known arithmetic in place of trained weights:
features and embedding are means over 4 x 4 pixels; a mask is a disc around each foreground click, without the discs around
background clicks, plus 5 inside the box, plus the previous logits, plus the embedding's first number.
"""

import hashlib
import json
import pathlib

import onnx
import torch
from torch import nn
from torch.nn import functional

HERE = pathlib.Path(__file__).parent
RADII = (10.0, 20.0, 40.0)
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


class Means(nn.Module):
    def forward(self, image):
        return functional.avg_pool2d(image, 4)


class Tokens(nn.Module):
    """The layout of DINOv2: two tokens in front, then patches of 14 pixels, row-major."""

    def forward(self, pixel_values):
        patches = functional.avg_pool2d(pixel_values, 14).flatten(2).transpose(1, 2)
        return torch.cat([patches[:, :2] * 0 + 7, patches], 1)


class Discs(nn.Module):
    def forward(self, embedding, points, labels, box, previous):
        x = (torch.arange(64).float() + 0.5)[None, :] * 4
        y = (torch.arange(64).float() + 0.5)[:, None] * 4
        distance = ((x - points[:, :, :1, None]) ** 2 + (y - points[:, :, 1:, None]) ** 2).sqrt()
        label = labels[:, :, None, None]
        levels = []
        for radius in RADII:
            disc = functional.relu(radius - distance)
            levels.append((disc * (label == 1).float() - disc * (label == 0).float()).sum(1) - 1)
        masks = torch.stack(levels, 1)
        x0, y0, x1, y1 = (box[:, i, None, None] for i in range(4))
        inside = ((x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)).float()
        masks = masks + 5 * inside[:, None] + previous + embedding[:, :1]
        return masks, torch.sigmoid(masks.amax((2, 3)) / 10)


def save(module, name, inputs, outputs, axes):
    path = HERE / name
    torch.onnx.export(module, tuple(inputs.values()), path, input_names=list(inputs), output_names=outputs, dynamic_axes=axes,
                      opset_version=17, dynamo=False)
    graph = onnx.load(path)
    for node in graph.graph.node:
        node.ClearField("doc_string")
        node.ClearField("name")
    onnx.save(graph, path)
    return {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "stride": 4, "dimension": 3, "mean": MEAN, "std": STD}


image = {"image": torch.zeros(2, 3, 32, 48)}
open_axes = {0: "images", 2: "height", 3: "width"}
files = {
    "features.onnx": save(Means(), "features.onnx", image, ["features"], {"image": open_axes, "features": open_axes}) | {"inputSize": 224},
    "segmenter-encoder.onnx": save(Means(), "segmenter-encoder.onnx", {"image": torch.zeros(1, 3, 256, 256)}, ["embedding"], {})
    | {"inputSize": 256},
}
decoder = {
    "embedding": torch.zeros(1, 3, 64, 64), "points": torch.zeros(2, 3, 2), "labels": torch.zeros(2, 3), "box": torch.zeros(2, 4),
    "previous": torch.zeros(2, 1, 64, 64),
}
prompts = {name: {0: "prompts"} for name in ("points", "labels", "box", "previous", "masks", "scores")}
prompts["points"][1] = prompts["labels"][1] = "points"
files["segmenter-decoder.onnx"] = save(Discs(), "segmenter-decoder.onnx", decoder, ["masks", "scores"], prompts) | {"inputSize": 256}
save(Tokens(), "tokens.onnx", {"pixel_values": torch.zeros(2, 3, 56, 56)}, ["last_hidden_state"],
     {"pixel_values": open_axes, "last_hidden_state": {0: "images", 1: "tokens", 2: "width"}})
(HERE / "models.json").write_text(json.dumps({"name": "discs", "version": "1", "files": files}, indent=2) + "\n")
