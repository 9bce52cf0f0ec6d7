"""The object head: what is to be added to the segmenter's mask of the clicked object, by the features and by what the segmenter says.

The segmenter has seen few kinds of objects; the features have seen the world. Where the head looks: how like each cell is to what is around
the click, to each of the segmenter's three masks, to what is outside of them and to everything; the masks themselves; how far the click and
the photo's border are; and the features, brought down to a few numbers. Where it adds nothing the mask stays as it is, with all its detail.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .encode import unit

LEVELS = 3  # masks of the segmenter
MEANS = LEVELS + 3  # vectors that cells are compared with
TRUST = 8.0  # times the segmenter's probability less a half are the logits that the head adds to
REACH = 0.8  # cells: the deviation of the bell that the click's feature is taken with


class ObjectHead(nn.Module):
    """Features [1,D,h,w], the segmenter's logits at the middles of the same cells [1,3,h,w] and the click in cells [1,2] to what is added [1,1,h,w]."""

    def __init__(self, dimension: int = 160, brought_to: int = 16, hidden: int = 48):
        super().__init__()
        known = MEANS + LEVELS + 3
        self.features = nn.Conv2d(dimension, brought_to, 1)
        self.first = nn.Conv2d(known + brought_to, hidden, 3, padding=1)
        self.scene = nn.Linear(MEANS * brought_to, hidden)  # what kind of picture it is decides what the rest is worth
        self.second = nn.Conv2d(hidden, hidden, 3, padding=2, dilation=2)
        self.third = nn.Conv2d(hidden, hidden, 3, padding=4, dilation=4)
        self.last = nn.Conv2d(hidden, 1, 1)
        # It begins by adding nothing.
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def known(self, features: Tensor, logits: Tensor, click: Tensor) -> tuple[Tensor, Tensor]:
        """What is known of each cell beside its features [1,12,h,w], and the means that cells are compared with [1,6,D]."""
        masks = torch.sigmoid(logits)
        rows = torch.ones_like(masks[:, :1]).cumsum(2) - 0.5
        columns = torch.ones_like(masks[:, :1]).cumsum(3) - 0.5
        width, height = columns.amax((2, 3), keepdim=True) + 0.5, rows.amax((2, 3), keepdim=True) + 0.5
        extent = torch.maximum(width, height)
        squared = (columns - click[:, 0].view(-1, 1, 1, 1)).square() + (rows - click[:, 1].view(-1, 1, 1, 1)).square()
        everything = torch.ones_like(squared)
        weights = torch.cat([torch.exp(squared / (-2 * REACH * REACH)), masks, 1 - masks[:, -1:], everything], 1)
        means = unit(torch.einsum("bmhw,bdhw->bmd", weights, features) / weights.sum((2, 3)).clamp(min=1e-6)[:, :, None], 2)
        likeness = torch.einsum("bmd,bdhw->bmhw", means, features)
        border = torch.minimum(torch.minimum(columns, width - columns), torch.minimum(rows, height - rows))
        size = masks[:, -1:].mean((2, 3), keepdim=True).sqrt() * everything
        return torch.cat([likeness, masks - 0.5, squared.sqrt() / extent, size, border / extent], 1), means

    def forward(self, features: Tensor, logits: Tensor, click: Tensor) -> Tensor:
        features = unit(features)
        known, means = self.known(features, logits, click)
        scene = self.scene(self.features(3 * means.transpose(1, 2)[..., None]).flatten(1))
        x = torch.relu(self.first(torch.cat([2 * known, self.features(3 * features)], 1)) + scene[..., None, None])
        x = x + torch.relu(self.second(x))
        return self.last(x + torch.relu(self.third(x)))


def combined(own: Tensor, added: Tensor) -> Tensor:
    """The logits of the object: of the segmenter's coarsest ones, and what the head adds on the same grid."""
    return TRUST * (torch.sigmoid(own) - 0.5) + added


def at_cells(logits: Tensor, cells: int) -> Tensor:
    """The segmenter's logits [3,n,n] at the middles of the features' cells."""
    return F.interpolate(logits[None], size=(cells, cells), mode="bilinear", align_corners=False)[0]


def sampled(values: torch.Tensor, scale: float, shape: tuple[int, int]) -> torch.Tensor:
    """Values [h,w] on another grid, whose steps are `scale` of their own, between middles of cells and clamped at the border, as the product does."""
    rows, columns = ((np.arange(n) + 0.5) * scale for n in shape)
    height, width = values.shape
    grid = np.stack(np.meshgrid(columns * 2 / width - 1, rows * 2 / height - 1), -1)
    grid = torch.from_numpy(grid).float()[None]
    return F.grid_sample(values[None, None], grid, mode="bilinear", padding_mode="border", align_corners=False)[0, 0]


def loss(logits: Tensor, inside: Tensor) -> Tensor:
    """Cross-entropy and 1 - IoU of a mask [1,1,h,w], where `inside` (shares of the cells) is not negative."""
    known = (inside >= 0).float()
    truth = inside.clamp(min=0)
    entropy = (F.binary_cross_entropy_with_logits(logits, truth, reduction="none") * known).sum() / known.sum().clamp(min=1)
    p, t = torch.sigmoid(logits) * known, truth * known
    both = (p * t).sum()
    return entropy + 1 - (both + 1) / (p.sum() + t.sum() - both + 1)
