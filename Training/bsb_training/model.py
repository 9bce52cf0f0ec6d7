"""The networks: one convolutional trunk, a feature head, and a click segmenter.

The trunk is a small U-shaped residual network of plain 3 x 3 convolutions, because those are what CPUs run best. Both exported
graphs contain it: `FeatureNetwork` is trunk + feature head, `SegmenterEncoder` is trunk + embedding head, and `SegmenterDecoder`
answers prompts from the embedding alone.
"""

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import lite

STRIDE = 4
LEVELS = 3


@dataclass(frozen=True)
class ModelConfig:
    """Sizes of the networks."""

    widths: tuple[int, ...] = (24, 40, 88, 176, 256)
    blocks: tuple[int, ...] = (1, 2, 3, 2)
    pyramid: int = 64
    feature_dimension: int = 64
    embedding_dimension: int = 48
    embedding_blocks: int = 0
    similarity_heads: int = 4
    decoder_width: int = 40
    decoder_depth: int = 4
    world_scale: float = 0.0  # how much larger than the trunk's the pretrained trunk sees the picture; 0: there is none

    def to_dict(self) -> dict:
        return asdict(self)


def convolution(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    """Convolution, batch normalisation (folded at export), rectifier."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions around an identity; the last normalisation starts at zero so that the block starts as the identity."""

    def __init__(self, width: int):
        super().__init__()
        self.first = convolution(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))
        nn.init.zeros_(self.second[1].weight)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.second(self.first(x)))


class Trunk(nn.Module):
    """Image [N,3,H,W] to a map [N,pyramid,H/4,W/4]; strides 2, 4, 8, 16, 32 down, then up again by nearest neighbour and sums."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.frozen = False
        widths, pyramid = config.widths, config.pyramid
        self.stem = convolution(3, widths[0], stride=2)
        self.stages = nn.ModuleList()
        for level in range(1, 5):
            blocks = [ResidualBlock(widths[level]) for _ in range(config.blocks[level - 1])]
            self.stages.append(nn.Sequential(convolution(widths[level - 1], widths[level], stride=2), *blocks))
        self.context = nn.Sequential(nn.Linear(widths[4], widths[4]), nn.ReLU(), nn.Linear(widths[4], widths[4]))
        top_down = (pyramid, pyramid + pyramid // 2, 2 * pyramid, 2 * pyramid)
        self.laterals = nn.ModuleList(nn.Conv2d(widths[i + 1], top_down[i], 1) for i in range(4))
        self.reductions = nn.ModuleList(nn.Conv2d(top_down[i + 1], top_down[i], 1) for i in range(3))
        self.smoothing = nn.ModuleList(convolution(top_down[i], top_down[i]) for i in range(3))

    def freeze_stages(self):
        """From now on stem and stages keep their weights and statistics."""
        self.frozen = True
        self.stem.requires_grad_(False)
        self.stages.requires_grad_(False)

    def train(self, mode: bool = True) -> "Trunk":
        super().train(mode)
        if self.frozen:
            self.stem.eval()
            self.stages.eval()
        return self

    def encode(self, image: Tensor) -> list[Tensor]:
        """The maps of strides 4, 8, 16 and 32."""
        x = self.stem(image)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps

    def decode(self, maps: list[Tensor], more: list[Tensor] | None = None) -> Tensor:
        """One map of stride 4 from those of all strides, and from `more` that is said of the three finest."""
        x = maps[3] + self.context(maps[3].mean((2, 3)))[:, :, None, None]
        x = F.relu(self.laterals[3](x))
        for level in (2, 1, 0):
            coarse = self.reductions[level](x)
            fine = self.laterals[level](maps[level])
            if more:
                fine = fine + F.interpolate(more[level], size=fine.shape[2:], mode="bilinear", align_corners=False)
            coarse = F.interpolate(coarse, size=fine.shape[2:], mode="nearest")
            x = self.smoothing[level](F.relu(fine + coarse))
        return x

    def forward(self, image: Tensor) -> Tensor:
        return self.decode(self.encode(image))


class World(nn.Module):
    """What a frozen trunk that has seen the world says of a picture, at the trunk's levels of strides 4, 8 and 16.

    Each map is one level finer than its stride, which the larger picture makes up for. It begins as nothing, so that a trained
    segmenter can be given one.
    """

    TAPS = ((4,), (7, 10), (14, 15))

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.scale = config.world_scale
        self.trunk = lite.LiteTrunk().eval().requires_grad_(False)
        widths = (config.pyramid, config.pyramid + config.pyramid // 2, 2 * config.pyramid)
        self.joints = nn.ModuleList(
            nn.Conv2d(sum(lite.TAPS[tap][0] for tap in taps), width, 1) for taps, width in zip(self.TAPS, widths)
        )
        for joint in self.joints:
            nn.init.zeros_(joint.weight)
            nn.init.zeros_(joint.bias)

    def train(self, mode: bool = True) -> "World":
        """The frozen trunk keeps its statistics."""
        super().train(mode)
        self.trunk.eval()
        return self

    @torch.no_grad()
    def see(self, image: Tensor) -> list[Tensor]:
        """The frozen trunk's maps for each level, each cell of each of mean square 1."""
        large = F.interpolate(image, scale_factor=self.scale, mode="bilinear", align_corners=False)
        maps = dict(zip(lite.TAPS, self.trunk(large)))
        maps = {tap: x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-6) for tap, x in maps.items()}
        return [torch.cat([maps[tap] for tap in taps], 1) for taps in self.TAPS]

    def forward(self, seen: list[Tensor]) -> list[Tensor]:
        """What the levels gain from what is `see`n."""
        return [joint(x) for joint, x in zip(self.joints, seen)]


class Standardisation(nn.Module):
    """Gives each channel mean 0 and deviation 1 over the cells of objects.

    Without it the features share one large common direction, no prototype attracts them, and training stays collapsed. The
    statistics leave the background out, which would otherwise outweigh the objects.
    """

    def __init__(self, channels: int, momentum: float = 0.05):
        super().__init__()
        self.momentum = momentum
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))

    def forward(self, x: Tensor, counts: Tensor | None = None) -> Tensor:
        mean, variance = self.mean, self.variance
        if counts is not None:
            weights = counts[:, None].to(x.dtype)
            total = weights.sum()
            cell_mean = (x * weights).sum((0, 2, 3)) / total.clamp_min(1)
            deviations = (x - cell_mean[:, None, None]).square() * weights
            # Without a single cell the running statistics serve.
            mean = torch.where(total > 0, cell_mean, mean)
            variance = torch.where(total > 0, deviations.sum((0, 2, 3)) / total.clamp_min(1), variance)
            with torch.no_grad():
                self.mean.lerp_(mean, self.momentum)
                self.variance.lerp_(variance, self.momentum)
        return (x - mean[:, None, None]) * torch.rsqrt(variance + 1e-4)[:, None, None]


class FeatureHead(nn.Module):
    """Trunk map to features [N,D,H/4,W/4] of unit length; `counts` [N,H/4,W/4] marks the cells that make statistics in training."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.mix = convolution(config.pyramid, config.pyramid)
        self.project = nn.Conv2d(config.pyramid, config.feature_dimension, 1)
        self.standardise = Standardisation(config.feature_dimension)

    def forward(self, x: Tensor, counts: Tensor | None = None) -> Tensor:
        features = self.standardise(self.project(self.mix(x)).float(), counts)
        return features * torch.rsqrt(features.square().sum(1, keepdim=True) + 1e-6)


class EmbeddingHead(nn.Module):
    """Trunk map to the segmenter's embedding [N,C,H/4,W/4]."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.mix = convolution(config.pyramid, config.pyramid)
        self.refine = nn.Sequential(*(ResidualBlock(config.pyramid) for _ in range(config.embedding_blocks)))
        self.project = nn.Conv2d(config.pyramid, config.embedding_dimension, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.project(self.refine(self.mix(x)))


class SegmenterDecoder(nn.Module):
    """Answers prompts from an embedding.

    embedding [B,C,h,w] with B = 1 or P, or any with `picture` [P], which says whose embedding each prompt is about; points [P,K,2] x, y in pixels; labels [P,K]: 1 foreground, 0 background, -1 padding;
    box [P,4] x0, y0, x1, y1 or zeros; previous [P,1,h,w] logits or zeros. Gives masks [P,3,h,w] (logits, fine to coarse) and
    scores [P,3] (predicted IoU).
    """

    PROMPT_MAPS = 9

    def __init__(self, config: ModelConfig):
        super().__init__()
        width, heads = config.decoder_width, config.similarity_heads
        self.heads = heads
        self.keys = nn.Conv2d(config.embedding_dimension, config.embedding_dimension, 1)
        self.from_embedding = nn.Conv2d(config.embedding_dimension, width, 3, 1, 1)
        self.from_prompt = nn.Conv2d(self.PROMPT_MAPS + 2 * heads, width, 3, 1, 1)
        self.down = nn.Sequential(nn.Conv2d(width, 2 * width, 3, 2, 1), nn.ReLU())
        self.down_again = nn.Sequential(nn.Conv2d(2 * width, 2 * width, 3, 2, 1), nn.ReLU())
        self.deep = nn.ModuleList(nn.Conv2d(2 * width, 2 * width, 3, 1, 1) for _ in range(config.decoder_depth))
        for layer in self.deep:  # each starts as the identity, so that a trained decoder can be deepened
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        self.middle = nn.Conv2d(2 * width, 2 * width, 3, 1, 1)
        self.up = nn.Conv2d(2 * width, width, 1)
        self.fine = nn.Conv2d(width, width, 3, 1, 1)
        self.masks = nn.Conv2d(width, LEVELS, 1)
        self.score = nn.Sequential(nn.Linear(4 * width + LEVELS, 2 * width), nn.ReLU(), nn.Linear(2 * width, LEVELS))

    def prompt_maps(self, keys: Tensor, points: Tensor, labels: Tensor, box: Tensor, previous: Tensor) -> Tensor:
        """What the prompt says about each cell: distances to clicks, likeness to the clicked cells, box, earlier mask."""
        height, width = previous.shape[2], previous.shape[3]
        # A padding point in front keeps the maxima below defined when there is no point at all.
        points = torch.cat([torch.zeros_like(box[:, None, :2]), points], 1)
        labels = torch.cat([torch.zeros_like(box[:, None, 0]) - 1, labels], 1)
        xs = torch.arange(width, device=previous.device, dtype=previous.dtype) + 0.5
        ys = torch.arange(height, device=previous.device, dtype=previous.dtype) + 0.5
        x = points[:, :, 0:1] / STRIDE
        y = points[:, :, 1:2] / STRIDE
        dx, dy = (xs - x).square(), (ys - y).square()
        inside_x = torch.minimum(torch.maximum(x, xs[:1]), xs[-1:])
        inside_y = torch.minimum(torch.maximum(y, ys[:1]), ys[-1:])
        hat_x = F.relu(1 - (xs - inside_x).abs())
        hat_y = F.relu(1 - (ys - inside_y).abs())
        weights = hat_y[:, :, :, None] * hat_x[:, :, None, :]
        likeness = self.likeness(keys, weights)
        maps = []
        for kind in (1.0, 0.0):
            chosen = (labels == kind).to(previous.dtype)[:, :, None]
            for spread in (1.0, 4.0, 12.0):
                across = torch.exp(dx * (-0.5 / spread**2)) * chosen
                down = torch.exp(dy * (-0.5 / spread**2))
                maps.append((down[:, :, :, None] * across[:, :, None, :]).amax(1, keepdim=True))
            chosen = chosen[:, :, :, None, None]
            maps.append((likeness * chosen + (chosen - 1)).amax(1))
        maps.append(self.box_map(box / STRIDE, xs, ys))
        maps.append(torch.tanh(previous / 4))
        maps.append((previous.abs().amax((2, 3), keepdim=True) > 0).to(previous.dtype) + torch.zeros_like(previous))
        return torch.cat(maps, 1)

    def unit_keys(self, embedding: Tensor) -> Tensor:
        """What cells are compared by: [B,heads,C/heads,h*w], of unit length."""
        keys = self.keys(embedding).reshape(embedding.shape[0], self.heads, -1, embedding.shape[2] * embedding.shape[3])
        return keys * torch.rsqrt(keys.square().sum(2, keepdim=True) + 1e-6)

    def likeness(self, keys: Tensor, weights: Tensor) -> Tensor:
        """Cosine of each cell's keys to those at each point, by head: [P,K,heads,h,w] from bilinear weights [P,K,h,w]."""
        height, width = weights.shape[2], weights.shape[3]
        flat = weights.reshape(weights.shape[0], weights.shape[1], height * width)
        sampled = torch.matmul(flat[:, None], keys.transpose(2, 3))
        return torch.matmul(sampled, keys).transpose(1, 2).reshape(flat.shape[0], -1, self.heads, height, width)

    @staticmethod
    def box_map(box: Tensor, xs: Tensor, ys: Tensor) -> Tensor:
        """1 inside the box, -1 outside, 0 everywhere without a box."""
        given = (box.abs().amax(1) > 0).to(box.dtype)[:, None, None]
        across = ((xs >= box[:, 0:1]) & (xs <= box[:, 2:3])).to(box.dtype)
        down = ((ys >= box[:, 1:2]) & (ys <= box[:, 3:4])).to(box.dtype)
        return ((2 * down[:, :, None] * across[:, None, :] - 1) * given)[:, None]

    def forward(
        self, embedding: Tensor, points: Tensor, labels: Tensor, box: Tensor, previous: Tensor, picture: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        keys, image = self.unit_keys(embedding), self.from_embedding(embedding)
        if picture is not None:
            keys, image = keys.index_select(0, picture), image.index_select(0, picture)
        full = F.relu(image + self.from_prompt(self.prompt_maps(keys, points, labels, box, previous)))
        half = self.down(full)
        deep = self.down_again(half)
        for layer in self.deep:
            deep = F.relu(deep + layer(deep))
        half = half + F.interpolate(deep, size=half.shape[2:], mode="nearest")
        half = F.relu(half + self.middle(half))
        upward = F.interpolate(self.up(half), size=full.shape[2:], mode="bilinear", align_corners=False)
        full = F.relu(full + upward)
        full = F.relu(full + self.fine(full))
        masks = self.masks(full)
        return masks, self.predicted_iou(masks, half, deep)

    def predicted_iou(self, masks: Tensor, half: Tensor, deep: Tensor) -> Tensor:
        """Scores from what the network saw and how decided its masks are."""
        confidence = torch.tanh(masks.abs() / 4).mean((2, 3))
        seen = torch.cat([half.mean((2, 3)), deep.amax((2, 3)), confidence], 1)
        return torch.sigmoid(self.score(seen))


class Pair(nn.Module):
    """Everything that is trained together: trunk, heads, decoder, and the classifiers that only training uses."""

    def __init__(self, config: ModelConfig, classes: int, sets: int):
        super().__init__()
        self.config = config
        self.trunk = Trunk(config)
        self.feature_head = FeatureHead(config)
        self.embedding_head = EmbeddingHead(config)
        self.world = World(config) if config.world_scale > 0 else None
        self.decoder = SegmenterDecoder(config)
        self.prototypes = nn.Parameter(torch.randn(classes, config.feature_dimension) / config.feature_dimension**0.5)
        self.category = nn.Linear(config.widths[4], sets)
        self.objectness = nn.Conv2d(config.pyramid, 1, 1)
        self.keeps_statistics = False

    def keep_statistics(self):
        """From now on all batch normalisations use the statistics that they have, in training too."""
        self.keeps_statistics = True
        self.train(self.training)

    def train(self, mode: bool = True) -> "Pair":
        super().train(mode)
        if self.keeps_statistics:
            for module in self.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()
        return self


class FeatureNetwork(nn.Module):
    """The first exported graph: image to features."""

    def __init__(self, pair: Pair):
        super().__init__()
        self.trunk, self.head = pair.trunk, pair.feature_head

    def forward(self, image: Tensor) -> Tensor:
        return self.head(self.trunk(image))


class SegmenterEncoder(nn.Module):
    """The second exported graph: image to embedding."""

    def __init__(self, pair: Pair):
        super().__init__()
        self.trunk, self.world, self.head = pair.trunk, pair.world, pair.embedding_head

    def forward(self, image: Tensor) -> Tensor:
        more = self.world(self.world.see(image)) if self.world else None
        return self.head(self.trunk.decode(self.trunk.encode(image), more))
