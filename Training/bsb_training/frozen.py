"""Runs what a training leaves as it is, by ONNX Runtime, which is several times faster at it on a CPU than PyTorch."""

import tempfile
from pathlib import Path

import torch
from torch import Tensor, nn

from .export import OPSET, session
from .model import Pair


class Stages(nn.Module):
    """Image to the maps of the trunk's stages, and what the pretrained trunk sees where there is one."""

    def __init__(self, pair: Pair):
        super().__init__()
        self.trunk, self.world = pair.trunk, pair.world

    def forward(self, image: Tensor) -> list[Tensor]:
        return self.trunk.encode(image) + (self.world.see(image) if self.world else [])


class FrozenStages:
    """The stages of a pair as they are now."""

    def __init__(self, pair: Pair, threads: int):
        module = Stages(pair).eval()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "stages.onnx"
            example = torch.zeros(1, 3, 96, 96)
            self.levels = len(pair.trunk.stages)
            names = [f"map{index}" for index in range(self.levels + (len(pair.world.joints) if pair.world else 0))]
            axes = {name: {0: "images", 2: "height", 3: "width"} for name in ["image", *names]}
            torch.onnx.export(
                module, example, path, input_names=["image"], output_names=names, dynamic_axes=axes, opset_version=OPSET, dynamo=False
            )
            self.session = session(path, threads)
        pair.train()

    def __call__(self, image: Tensor) -> tuple[list[Tensor], list[Tensor] | None]:
        """The maps of the trunk's stages, and what the pretrained trunk sees."""
        maps = [torch.from_numpy(x).to(image.device) for x in self.session.run(None, {"image": image.contiguous().cpu().numpy()})]
        return maps[: self.levels], maps[self.levels :] or None
