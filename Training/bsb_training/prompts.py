"""Training prompts: clicks, several clicks, boxes, and corrections of an earlier answer, with the three masks that they ask for."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .data import Batch
from .model import STRIDE
from .vocabulary import BACKGROUND, IGNORE

POINTS = 3


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


def make_prompts(rng: np.random.Generator, batch: Batch, per_picture: int) -> PromptBatch | None:
    """Random prompts on the objects of a batch."""
    label, instance = batch.label.numpy().astype(np.int32), batch.instance.numpy().astype(np.int32)
    has_parts, has_mask = batch.has_parts.numpy(), batch.has_mask.numpy()
    prompts = []
    for picture in range(len(label)):
        if has_mask[picture]:
            for _ in range(per_picture):
                prompt = make_prompt(rng, label[picture], instance[picture], bool(has_parts[picture]))
                if prompt is not None:
                    prompts.append((picture, *prompt))
    if not prompts:
        return None
    picture, points, labels, box, targets, weight, valid = (np.stack(column) for column in zip(*prompts))
    targets = torch.from_numpy(targets.astype(np.float32))
    return PromptBatch(
        picture=torch.from_numpy(picture),
        points=torch.from_numpy(points.astype(np.float32)),
        labels=torch.from_numpy(labels.astype(np.float32)),
        box=torch.from_numpy(box.astype(np.float32)),
        previous=torch.zeros_like(targets[:, :1]),
        targets=targets,
        weight=torch.from_numpy(weight.astype(np.float32)),
        valid=torch.from_numpy(valid[:, None]),
    )


def make_prompt(rng: np.random.Generator, label: np.ndarray, instance: np.ndarray, parts: bool) -> tuple | None:
    """Points, labels, box, three targets, their weights and the valid cells for one picture."""
    inside = (label != BACKGROUND) & (label != IGNORE)
    if inside.sum() < 6:
        return None
    click = pick_click(rng, inside, instance, parts)
    if click is None:
        return None
    targets, weight = levels(label, instance, inside, click, parts)
    points = np.zeros((POINTS, 2))
    labels = np.full(POINTS, -1.0)
    box = np.zeros(4)
    points[0], labels[0] = pixel(rng, click), 1
    style = rng.random()
    if style < 0.12:
        second = pick_click(rng, inside, instance, parts)
        if second is not None:
            more, more_weight = levels(label, instance, inside, second, parts)
            targets, weight = targets | more, np.minimum(weight, more_weight)
            points[1], labels[1] = pixel(rng, second), 1
    elif style < 0.24:
        level = 0 if weight[0] > 0 and rng.random() < 0.7 else 2
        box = box_around(rng, targets[level])
        targets = np.repeat(targets[level : level + 1], 3, 0)
        weight = np.ones(3)
        if style < 0.18:
            labels[0] = -1
    elif style < 0.34 and weight[0] > 0:
        add_background_click(rng, targets[0], inside, points, labels)
    return points, labels, box, targets, weight, label != IGNORE


def pick_click(rng: np.random.Generator, inside: np.ndarray, instance: np.ndarray, parts: bool) -> tuple[int, int] | None:
    """A random cell (row, column): of a random part, or of the object where there are no parts."""
    if parts:
        ids, counts = np.unique(instance[inside], return_counts=True)
        ids = ids[(counts >= 3) & (ids < 251)]
        if len(ids) == 0:
            return None
        region = inside & (instance == rng.choice(ids)) if rng.random() < 0.6 else inside & np.isin(instance, ids)
    else:
        region = inside
    cells = np.flatnonzero(region)
    return divmod(int(rng.choice(cells)), region.shape[1])


def levels(label: np.ndarray, instance: np.ndarray, inside: np.ndarray, click: tuple[int, int], parts: bool) -> tuple:
    """The clicked part, a larger part, the object [3,h,w], and how much each counts.

    The larger part is everything of the same label where that is clearly more than the clicked instance, and else the part with
    its neighbours, which counts less since it is a convention.
    """
    if not parts or instance[click] >= 251:
        return np.stack([inside] * 3), np.array([0.0, 0.0, 1.0])
    part = inside & (instance == instance[click])
    same = inside & (label == label[click]) & (instance < 251)
    weight = np.array([1.0, 0.6, 1.0])
    if same.sum() < 1.25 * part.sum():
        touching = np.unique(instance[grow(part) & inside & ~part])
        same = part | (inside & np.isin(instance, touching[touching < 251]))
        weight[1] = 0.25
    return np.stack([part, same, inside]), weight


def grow(mask: np.ndarray) -> np.ndarray:
    """The mask and its four-neighbours."""
    grown = mask.copy()
    grown[1:] |= mask[:-1]
    grown[:-1] |= mask[1:]
    grown[:, 1:] |= mask[:, :-1]
    grown[:, :-1] |= mask[:, 1:]
    return grown


def pixel(rng: np.random.Generator, cell: tuple[int, int]) -> np.ndarray:
    """A point of a cell (row, column), in pixels, near the middle, where the label was read."""
    return (np.array([cell[1], cell[0]]) + rng.uniform(0.2, 0.8, 2)) * STRIDE


def box_around(rng: np.random.Generator, mask: np.ndarray) -> np.ndarray:
    """The bounding box in pixels, each side moved by up to a tenth of the size."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    x0, x1, y0, y1 = columns[0], columns[-1] + 1, rows[0], rows[-1] + 1
    dx, dy = 0.1 * (x1 - x0), 0.1 * (y1 - y0)
    shift = rng.uniform(-1, 1, 4)
    box = np.array([x0 + dx * shift[0], y0 + dy * shift[1], x1 + dx * shift[2], y1 + dy * shift[3]])
    return np.maximum(box, 0.01) * STRIDE


def add_background_click(rng: np.random.Generator, part: np.ndarray, inside: np.ndarray, points: np.ndarray, labels: np.ndarray):
    """A second, negative click: on the rest of the object if there is any, else beside it."""
    region = inside & ~part
    if not region.any():
        region = ~inside
    if region.any():
        cell = divmod(int(rng.choice(np.flatnonzero(region))), part.shape[1])
        points[1], labels[1] = pixel(rng, cell), 0


def corrected(rng: np.random.Generator, prompts: PromptBatch, masks: Tensor) -> PromptBatch:
    """The next round: a click where one level's answer is wrong, and that answer as the earlier mask.

    The chosen level counts fully from then on, the others little.
    """
    count = len(prompts.points)
    weight = prompts.weight.numpy()
    level = np.array([rng.choice(3, p=(w + 1e-9) / (w + 1e-9).sum()) for w in weight * np.array([1.5, 0.5, 1.0])])
    rows = torch.arange(count)
    chosen = torch.from_numpy(level)
    previous = masks.detach()[rows, chosen]
    truth = prompts.targets[rows, chosen] > 0.5
    wrong = (((previous > 0) != truth) & prompts.valid[:, 0]).numpy()
    points, labels = prompts.points.clone(), prompts.labels.clone()
    for index in range(count):
        cells = np.flatnonzero(wrong[index])
        free = np.flatnonzero(labels[index].numpy() < 0)
        if len(cells) and len(free):
            cell = divmod(int(rng.choice(cells)), wrong.shape[2])
            points[index, free[0]] = torch.from_numpy(pixel(rng, cell).astype(np.float32))
            labels[index, free[0]] = float(truth[index][cell])
    new_weight = prompts.weight * 0.3
    new_weight[rows, chosen] = prompts.weight[rows, chosen]
    return PromptBatch(
        prompts.picture, points, labels, prompts.box, previous[:, None].clamp(-12, 12), prompts.targets, new_weight, prompts.valid
    )
