"""The features of a pair that has seen the world: the embedded features and a pretrained trunk, joined by a light head.

The head maps each cell by itself, a linear map plus what a small perceptron adds, so that it can be trained on samples of cells. It
starts as the plain join: the leading principal components of all pieces at fixed weights, which keep the join's cosines.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .encode import PIECES, unit
from .lite import TAPS, LiteTrunk


@dataclass(frozen=True)
class JointConfig:
    """Sizes of the head, and what the plain join is."""

    dimension: int = 128
    hidden: int = 256
    weights: tuple[float, ...] = (0.5, 0.3, 0.3, 1.0, 1.0, 0.5)  # of the pieces' squared lengths in the plain join


def joined(cells: Tensor, weights: tuple[float, ...]) -> Tensor:
    """The plain join [...,C] of unit pieces [...,C], of unit length."""
    scale = torch.cat([torch.full((n,), w**0.5) for n, w in zip(PIECES, weights)])
    return unit(cells * scale, -1)


class JointHead(nn.Module):
    """Unit pieces [...,C] to features [...,D] of unit length."""

    def __init__(self, config: JointConfig):
        super().__init__()
        self.config = config
        total = sum(PIECES)
        self.linear = nn.Linear(total, config.dimension, bias=False)
        self.first = nn.Linear(total, config.hidden)
        self.last = nn.Linear(config.hidden, config.dimension)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    @torch.no_grad()
    def start(self, cells: Tensor) -> float:
        """Begins as the plain join, with the principal components of cells [n,C]; returns the share of the squared length that is kept."""
        scale = torch.cat([torch.full((n,), w**0.5) for n, w in zip(PIECES, self.config.weights)])
        values, vectors = torch.linalg.eigh((cells * scale).T.double() @ (cells * scale).double())
        kept = vectors.flip(1)[:, : self.config.dimension]
        self.linear.weight.copy_(kept.T.float() * scale)
        # Inputs of the perceptron at about unit variance.
        self.first.weight.mul_(4.0)
        return float(values.flip(0)[: self.config.dimension].sum() / values.sum())

    def forward(self, cells: Tensor) -> Tensor:
        return unit(self.linear(cells) + self.last(F.relu(self.first(cells))), -1)


class JointNetwork(nn.Module):
    """Image [N,3,H,W], sides multiples of 32, and its embedded features [N,64,H/8,W/8] at half the size, to features [N,D,H/8,W/8].

    Linear maps are done in each piece's own grid, before it is spread to the finest: that is the same and costs less.
    """

    def __init__(self, trunk: LiteTrunk, head: JointHead):
        super().__init__()
        self.trunk = trunk
        both = torch.cat([head.linear.weight, head.first.weight])
        self.maps = nn.ModuleList()
        for index, weight in enumerate(both.split(PIECES, 1)):
            layer = nn.Conv2d(weight.shape[1], len(both), 1, bias=index == 0)
            layer.weight.data.copy_(weight[:, :, None, None])
            if index == 0:
                layer.bias.data.copy_(torch.cat([torch.zeros(head.config.dimension), head.first.bias]))
            self.maps.append(layer)
        self.last = nn.Conv2d(head.config.hidden, head.config.dimension, 1)
        self.last.weight.data.copy_(head.last.weight[:, :, None, None])
        self.last.bias.data.copy_(head.last.bias)
        self.dimension = head.config.dimension
        finest = min(stride for _, stride in TAPS.values())
        self.factors = [stride // finest for _, stride in TAPS.values()]

    def forward(self, image: Tensor, embedded: Tensor) -> Tensor:
        pieces = [embedded] + [unit(x) for x in self.trunk(image)]
        x = self.maps[0](pieces[0])
        for layer, piece, factor in zip(self.maps[1:], pieces[1:], self.factors):
            y = layer(piece)
            x = x + (F.interpolate(y, scale_factor=factor, mode="bilinear", align_corners=False) if factor > 1 else y)
        return unit(x[:, : self.dimension] + self.last(F.relu(x[:, self.dimension :])))
