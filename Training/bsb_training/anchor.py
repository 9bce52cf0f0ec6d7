"""The segmenter that a training began from, whose masks it should keep where they are good."""

import copy

import torch
from torch import Tensor

from .model import Pair
from .prompts import PromptBatch


class Anchor:
    """A pair's way up, embedding and decoder as they are now, without what a pretrained trunk says."""

    def __init__(self, pair: Pair):
        parts = (copy.deepcopy(part).eval().requires_grad_(False) for part in (pair.trunk, pair.embedding_head, pair.decoder))
        self.trunk, self.head, self.decoder = parts

    @torch.no_grad()
    def embedding(self, image: Tensor, maps: list[Tensor] | None) -> Tensor:
        """The embedding of pictures, from the maps of the trunk's stages where these are as they were."""
        return self.head(self.trunk.decode(self.trunk.encode(image) if maps is None else maps))

    @torch.no_grad()
    def masks(self, prompts: PromptBatch, embedding: Tensor) -> Tensor:
        """The answers [P,3,h,w], logits."""
        return self.decoder(embedding, prompts.points, prompts.labels, prompts.box, prompts.previous, prompts.picture)[0]
