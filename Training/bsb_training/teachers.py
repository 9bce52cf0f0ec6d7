"""Learning from foundation models: dense features of a DINOv2 graph, and masks of a SAM encoder and decoder.

The graphs are ONNX files in the layouts that the product loads (`pixel_values` to `last_hidden_state`; `pixel_values` to
`image_embeddings` and `image_positional_embeddings`, with `input_points` and `input_labels` to `iou_scores` and `pred_masks`).
"""

from pathlib import Path

import numpy as np
import onnxruntime
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .data import Batch
from .model import LEVELS, STRIDE
from .prompts import POINTS, PromptBatch


def open_graph(path: Path, inputs: set[str], outputs: set[str]) -> onnxruntime.InferenceSession:
    """A session, if the graph has the names that its kind of teacher has."""
    session = onnxruntime.InferenceSession(path, providers=onnxruntime.get_available_providers())
    names = {i.name for i in session.get_inputs()}, {o.name for o in session.get_outputs()}
    for wanted, found in zip((inputs, outputs), names):
        if not wanted <= found:
            raise ValueError(f"{path}: expected {sorted(wanted)}, found {sorted(found)}")
    return session


class FeatureTeacher(nn.Module):
    """A vision transformer whose patch tokens the features should predict, through a linear map that only training has."""

    def __init__(self, path: Path, side: int, patch: int, dimension: int):
        super().__init__()
        if side % patch:
            raise ValueError(f"the teacher's side {side} is no multiple of its patch {patch}")
        self.session = open_graph(path, {"pixel_values"}, {"last_hidden_state"})
        self.side, self.grid = side, side // patch
        # Exports seldom state the width of their output: ask.
        self.adapter = nn.Conv2d(dimension, self.tokens(torch.zeros(1, 3, side, side)).shape[1], 1)

    @torch.no_grad()
    def tokens(self, image: Tensor) -> Tensor:
        """Patch tokens [B,D,g,g] of normalised pictures [B,3,S,S]; class and register tokens stand first and are dropped."""
        picture = F.interpolate(image.cpu(), size=(self.side, self.side), mode="bilinear", antialias=True, align_corners=False)
        hidden = torch.from_numpy(self.session.run(["last_hidden_state"], {"pixel_values": picture.numpy()})[0])
        return hidden[:, -self.grid**2 :].transpose(1, 2).reshape(len(image), -1, self.grid, self.grid).to(image.device)

    def loss(self, image: Tensor, features: Tensor) -> Tensor:
        """One minus the cosine between predicted and true tokens; features [B,d,h,w]."""
        truth = self.tokens(image)
        predicted = self.adapter(F.adaptive_avg_pool2d(features, self.grid))
        return (1 - F.cosine_similarity(predicted, truth, dim=1)).mean()


class MaskTeacher:
    """A promptable segmenter that answers clicks on pictures that have no masks."""

    SIDE = 1024
    LOW = 256

    def __init__(self, encoder: Path, decoder: Path):
        embeddings = {"image_embeddings", "image_positional_embeddings"}
        self.encoder = open_graph(encoder, {"pixel_values"}, embeddings)
        self.decoder = open_graph(decoder, {"input_points", "input_labels"} | embeddings, {"iou_scores", "pred_masks"})

    def masks(self, image: Tensor, x: float, y: float) -> tuple[Tensor, np.ndarray]:
        """Logits [3,LOW,LOW] of a click in pixels on one normalised square picture [3,S,S], small masks first, and predicted IoU [3]."""
        scale = self.SIDE / image.shape[1]
        large = F.interpolate(image[None].cpu(), size=(self.SIDE, self.SIDE), mode="bilinear", align_corners=False)
        names = ["image_embeddings", "image_positional_embeddings"]
        embeddings = dict(zip(names, self.encoder.run(names, {"pixel_values": large.numpy()})))
        point = np.array([[[[x * scale, y * scale]]]], np.float32)
        prompt = {"input_points": point, "input_labels": np.ones((1, 1, 1), np.int64)}
        scores, masks = self.decoder.run(["iou_scores", "pred_masks"], embeddings | prompt)
        order = np.argsort((masks[0, 0] > 0).sum((1, 2)), kind="stable")
        return torch.from_numpy(masks[0, 0][order]), scores[0, 0][order]

    def prompts(self, rng: np.random.Generator, batch: Batch, count: int) -> PromptBatch | None:
        """A click on each of up to `count` pictures without masks, with the teacher's three answers as what it asks for."""
        bare = np.flatnonzero(~batch.has_mask.cpu().numpy())
        chosen = np.sort(rng.choice(bare, size=min(count, len(bare)), replace=False))
        if len(chosen) == 0:
            return None
        size = batch.image.shape[2]
        cells = size // STRIDE
        points = torch.zeros(len(chosen), POINTS, 2)
        labels = torch.full((len(chosen), POINTS), -1.0)
        targets = torch.zeros(len(chosen), LEVELS, cells, cells)
        weight = torch.zeros(len(chosen), LEVELS)
        for row, picture in enumerate(chosen):
            x, y = rng.uniform(0.15 * size, 0.85 * size, 2)
            logits, scores = self.masks(batch.image[picture], x, y)
            points[row, 0], labels[row, 0] = torch.tensor([x, y]), 1
            targets[row] = (F.interpolate(logits[None], size=(cells, cells), mode="area")[0] > 0).float()
            weight[row] = torch.from_numpy(np.clip(scores, 0, 1).astype(np.float32))
        prompts = PromptBatch(
            picture=torch.from_numpy(chosen), points=points, labels=labels, box=torch.zeros(len(chosen), 4),
            previous=torch.zeros_like(targets[:, :1]), targets=targets, weight=weight,
            valid=torch.ones(len(chosen), 1, cells, cells, dtype=torch.bool),
        )
        return PromptBatch(*(values.to(batch.image.device) for values in vars(prompts).values()))


def joined(first: PromptBatch, second: PromptBatch | None) -> PromptBatch:
    """All prompts of two batches."""
    if second is None:
        return first
    return PromptBatch(*(torch.cat([getattr(first, name), getattr(second, name)]) for name in PromptBatch.__dataclass_fields__))
