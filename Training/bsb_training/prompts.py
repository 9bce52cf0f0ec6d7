"""Training prompts: clicks, several clicks, boxes, and corrections of an earlier answer, with the three masks that they ask for.

All prompts of a batch are made at once, on the device that trains.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from .data import Batch, first_and_end
from .model import STRIDE
from .randomness import Draw
from .vocabulary import BACKGROUND, IGNORE

POINTS = 3
LAST_INSTANCE = 250
SMALLEST = 3  # cells of a part that is clicked

# Shares of the kinds of prompts: the rest are single clicks.
TWO_CLICKS, BOX, BOX_ALONE, BACKGROUND_CLICK = 0.12, 0.12, 0.5, 0.1


@dataclass
class PromptBatch:
    """P prompts over pictures of a batch; the first five fields go to the decoder."""

    picture: Tensor  # [P] index into the batch
    points: Tensor  # [P,POINTS,2] x, y in pixels
    labels: Tensor  # [P,POINTS]
    box: Tensor  # [P,4]
    previous: Tensor  # [P,1,h,w]
    targets: Tensor  # [P,3,h,w]
    weight: Tensor  # [P,3] how much each level counts
    valid: Tensor  # [P,1,h,w] cells whose truth is known


class Scene:
    """What is known of the pictures that P prompts are about."""

    def __init__(self, label: Tensor, instance: Tensor, parts: Tensor):
        self.label, self.instance = label, instance
        self.inside = (label != BACKGROUND) & (label != IGNORE)
        named = self.inside & (instance <= LAST_INSTANCE) & parts[:, None, None]
        counts = torch.zeros(len(label), 256, device=label.device).scatter_add_(1, instance.flatten(1), named.flatten(1).float())
        self.size = counts.gather(1, instance.flatten(1)).view_as(instance)  # of the part that each cell belongs to
        self.clickable = torch.where(parts[:, None, None], named & (self.size >= SMALLEST), self.inside)
        self.parts = parts

    def click(self, draw: Draw) -> Tensor:
        """A random cell [P] (flat index): mostly of a random part, where there are parts, else of the object."""
        even = draw.uniform((len(self.label), 1, 1)) < 0.6
        weights = torch.where(even & self.parts[:, None, None], 1 / self.size.clamp_min(1), 1.0) * self.clickable
        return draw.choice(weights.flatten(1), 1)[:, 0]

    def levels(self, cell: Tensor) -> tuple[Tensor, Tensor]:
        """The clicked part, a larger part, the object [P,3,h,w], and how much each counts [P,3].

        The larger part is everything of the same label where that is clearly more than the clicked instance, and else the part with
        its neighbours, which counts less since it is a convention.
        """
        instance = self.instance.flatten(1).gather(1, cell[:, None])[:, :, None]
        label = self.label.flatten(1).gather(1, cell[:, None])[:, :, None]
        part = self.inside & (self.instance == instance)
        same = self.inside & (self.label == label) & (self.instance <= LAST_INSTANCE)
        alone = same.sum((1, 2)) < 1.25 * part.sum((1, 2))
        same = torch.where(alone[:, None, None], part | self.neighbours(part), same)
        weight = torch.stack([torch.ones_like(alone), torch.where(alone, 0.25, 0.6), torch.ones_like(alone)], 1).float()
        whole = ~self.parts | (instance[:, 0, 0] > LAST_INSTANCE)
        masks = torch.stack([part, same, self.inside], 1)
        masks = torch.where(whole[:, None, None, None], self.inside[:, None], masks)
        return masks, torch.where(whole[:, None], torch.tensor([0.0, 0.0, 1.0], device=weight.device), weight)

    def neighbours(self, part: Tensor) -> Tensor:
        """The parts that touch a part."""
        touching = grow(part) & self.inside & ~part
        present = torch.zeros(len(part), 256, device=part.device).scatter_add_(1, self.instance.flatten(1), touching.flatten(1).float())
        found = present.gather(1, self.instance.flatten(1)).view_as(self.instance) > 0
        return found & self.inside & (self.instance <= LAST_INSTANCE)


def grow(mask: Tensor) -> Tensor:
    """The mask [P,h,w] and its four-neighbours."""
    grown = mask.clone()
    grown[:, 1:] |= mask[:, :-1]
    grown[:, :-1] |= mask[:, 1:]
    grown[:, :, 1:] |= mask[:, :, :-1]
    grown[:, :, :-1] |= mask[:, :, 1:]
    return grown


def make_prompts(draw: Draw, batch: Batch, per_picture: int) -> PromptBatch:
    """Random prompts on the objects of a batch: `per_picture` times as many as there are pictures, on those that have a mask and enough
    to click on; without any such picture the prompts count for nothing.
    """
    everything = Scene(batch.label, batch.instance, batch.has_parts)
    usable = batch.has_mask & (everything.inside.sum((1, 2)) >= 2 * SMALLEST) & everything.clickable.flatten(1).any(1)
    count = per_picture * len(usable)
    picture = draw.choice(usable[None].float(), count)[0]
    scene = Scene(batch.label[picture], batch.instance[picture], batch.has_parts[picture])
    width = batch.label.shape[2]
    cell = scene.click(draw)
    targets, weight = scene.levels(cell)
    points = torch.zeros(count, POINTS, 2, device=draw.device)
    labels = torch.full((count, POINTS), -1.0, device=draw.device)
    box = torch.zeros(count, 4, device=draw.device)
    points[:, 0], labels[:, 0] = pixel(draw, cell, width), 1
    style = draw.uniform((count,))

    two = style < TWO_CLICKS
    other = scene.click(draw)
    more, more_weight = scene.levels(other)
    targets = torch.where(two[:, None, None, None], targets | more, targets)
    weight = torch.where(two[:, None], torch.minimum(weight, more_weight), weight)

    boxed = (style >= TWO_CLICKS) & (style < TWO_CLICKS + BOX)
    level = torch.where((weight[:, 0] > 0) & (draw.uniform((count,)) < 0.7), 0, 2)
    meant = targets[torch.arange(count, device=draw.device), level]
    box = torch.where(boxed[:, None], box_around(draw, meant), box)
    targets = torch.where(boxed[:, None, None, None], meant[:, None], targets)
    weight = torch.where(boxed[:, None], 1.0, weight)
    labels[:, 0] = torch.where(boxed & (draw.uniform((count,)) < BOX_ALONE), -1.0, labels[:, 0])

    rest = scene.inside & ~targets[:, 0]
    beside = torch.where(rest.flatten(1).any(1)[:, None, None], rest, ~scene.inside)
    negative = (style >= TWO_CLICKS + BOX) & (style < TWO_CLICKS + BOX + BACKGROUND_CLICK)
    negative &= (weight[:, 0] > 0) & beside.flatten(1).any(1)
    second = torch.where(negative, draw.choice(beside.flatten(1).float(), 1)[:, 0], other)
    points[:, 1] = torch.where((two | negative)[:, None], pixel(draw, second, width), 0.0)
    labels[:, 1] = torch.where(two, 1.0, torch.where(negative, 0.0, -1.0))

    targets = targets.float()
    weight = weight * usable[picture, None]
    return PromptBatch(
        picture=picture, points=points, labels=labels, box=box, previous=torch.zeros_like(targets[:, :1]), targets=targets,
        weight=weight, valid=(scene.label != IGNORE)[:, None],
    )


def pixel(draw: Draw, cell: Tensor, width: int) -> Tensor:
    """Points [P,2] of cells [P], in pixels, near the middle, where the label was read."""
    corner = torch.stack([cell % width, torch.div(cell, width, rounding_mode="floor")], 1)
    return (corner + draw.uniform((len(cell), 2), 0.2, 0.8)) * STRIDE


def box_around(draw: Draw, mask: Tensor) -> Tensor:
    """The bounding boxes [P,4] of masks [P,h,w] in pixels, each side moved by up to a tenth of the size."""
    (x0, x1), (y0, y1) = first_and_end(mask.any(1)), first_and_end(mask.any(2))
    sides = torch.stack([x0, y0, x1, y1], 1).float()
    extent = torch.stack([x1 - x0, y1 - y0] * 2, 1) * 0.1
    return (sides + extent * draw.uniform(tuple(sides.shape), -1, 1)).clamp_min(0.01) * STRIDE


def corrected(draw: Draw, prompts: PromptBatch, masks: Tensor) -> PromptBatch:
    """The next round: a click where one level's answer is wrong, and that answer as the earlier mask.

    The chosen level counts fully from then on, the others little.
    """
    rows = torch.arange(len(prompts.points), device=draw.device)
    level = draw.choice(prompts.weight * torch.tensor([1.5, 0.5, 1.0], device=draw.device) + 1e-9, 1)[:, 0]
    previous = masks.detach()[rows, level]
    truth = prompts.targets[rows, level] > 0.5
    wrong = ((previous > 0) != truth) & prompts.valid[:, 0]
    cell = draw.choice(wrong.flatten(1).float(), 1)[:, 0]
    free = prompts.labels < 0
    slot = free.to(torch.uint8).argmax(1)
    click = wrong.flatten(1).any(1) & free.any(1)
    points, labels = prompts.points.clone(), prompts.labels.clone()
    points[rows, slot] = torch.where(click[:, None], pixel(draw, cell, wrong.shape[2]), points[rows, slot])
    labels[rows, slot] = torch.where(click, truth.flatten(1).gather(1, cell[:, None])[:, 0].float(), labels[rows, slot])
    weight = prompts.weight * 0.3
    weight[rows, level] = prompts.weight[rows, level]
    return PromptBatch(
        prompts.picture, points, labels, prompts.box, previous[:, None].clamp(-12, 12), prompts.targets, weight, prompts.valid
    )
