"""Losses of the feature extractor and the click segmenter.

Sums with weights take the place of selections: a selection makes the host wait for the device, which then waits for the host.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from .data import PICTURES
from .randomness import Draw


def candidate_loss(
    draw: Draw, features: Tensor, prototypes: Tensor, target: Tensor, table: Tensor, scale: float, smoothing: float, cells: int = 256
) -> Tensor:
    """Classification of cells where a set of classes is right: minus the log of the set's total probability.

    features [B,D,h,w] of unit length; prototypes [C,D] of any length, since ones held to unit length stayed collapsed for most of an
    hour; target [B,h,w] indices of sets, -1 unknown; table [S,C]. Of each picture so many `cells` are drawn, such that a class with few
    cells is not drowned (inverse square root of its count). Label smoothing applies to sets of a single class.
    """
    features, target = features.flatten(2), target.flatten(1)
    known = (target >= 0).any(1)
    chosen = draw.choice(balance(target, len(table)), cells)
    drawn = features.gather(2, chosen[:, None].expand(-1, features.shape[1], -1)).transpose(1, 2).flatten(0, 1)
    log_p = F.log_softmax(scale * drawn @ prototypes.T, 1)
    candidates = table[target.gather(1, chosen).flatten().clamp_min(0)]
    loss = -torch.logsumexp(log_p + torch.log(candidates.clamp_min(1e-12)), 1)
    single = (candidates.sum(1) == 1).to(loss.dtype) * smoothing
    loss = (1 - single) * loss - single * log_p.mean(1)
    return weighted_mean(loss.view(-1, cells).mean(1), known)


def weighted_mean(values: Tensor, weights: Tensor) -> Tensor:
    """The mean of values with weights of the same shape; 0 where all weights are."""
    weights = weights.to(values.dtype)
    return (values * weights).sum() / weights.sum().clamp_min(1)


def balance(target: Tensor, sets: int) -> Tensor:
    """How often each cell [B,n] should be drawn: one over the root of its set's count in the picture, never where it is unknown."""
    counts = torch.zeros(len(target), sets + 1, device=target.device)
    counts.scatter_add_(1, target + 1, torch.ones_like(target, dtype=counts.dtype))
    return counts.gather(1, target + 1).clamp_min(1).rsqrt() * (target >= 0)


def whole_picture_loss(features: Tensor, prototypes: Tensor, whole: Tensor, table: Tensor, scale: float, share: float = 0.15) -> Tensor:
    """Several-instance learning: the cells that look most like the picture's category must agree with it.

    whole [B] indices of sets, -1 unknown. Minus the log of the category's mean probability over its best `share` of the cells.
    """
    if len(whole) == 0:
        return features.sum() * 0
    cells = features.flatten(2).transpose(1, 2)
    p = F.softmax(scale * cells @ prototypes.T, 2)
    member = torch.einsum("bnc,bc->bn", p, table[whole.clamp_min(0)])
    best = member.topk(max(1, int(share * member.shape[1])), 1).values.mean(1)
    return weighted_mean(-torch.log(best.clamp_min(1e-6)), whole >= 0)


def surface_contrast(
    draw: Draw, features: Tensor, surface: Tensor, category: Tensor, runs: int, samples: int = 64, sigma: float = 0.06, temperature=0.1
) -> Tensor:
    """Dense InfoNCE between cells that see the same point of a surface in different pictures of a run.

    features [B,D,h,w]; surface [B,h,w,3], NaN where unknown; the first pictures are `runs` runs of PICTURES. An anchor's positives are
    weighted by a Gaussian of surface distance; negatives are the other cells of its shape, and cells of shapes of other categories.
    """
    count = PICTURES * runs
    if runs == 0:
        return features.sum() * 0
    flat = features[:count].flatten(2).transpose(1, 2)
    points = surface[:count].flatten(1, 2)
    known = ~torch.isnan(points[:, :, 0])
    chosen = draw.choice(known.float() + 1e-9, samples)
    usable = known.gather(1, chosen).reshape(runs, -1)
    z = flat.gather(1, chosen[:, :, None].expand(-1, -1, flat.shape[2])).reshape(runs, PICTURES * samples, -1)
    p = torch.nan_to_num(points.gather(1, chosen[:, :, None].expand(-1, -1, 3))).reshape(runs, PICTURES * samples, 3)
    picture = torch.arange(PICTURES, device=features.device).repeat_interleave(samples)
    pair = (picture[:, None] != picture[None]) & usable[:, :, None] & usable[:, None, :]
    closeness = torch.exp(-torch.cdist(p, p).square() / (2 * sigma * sigma)) * pair
    logits = (z @ z.transpose(1, 2) / temperature).masked_fill(~pair, -1e4)
    others = z @ z.roll(1, 0).transpose(1, 2) / temperature
    run_category = category[:count:PICTURES]
    apart = (run_category != run_category.roll(1, 0))[:, None, None] & usable.roll(1, 0)[:, None, :]
    others = others.masked_fill(~apart, -1e4)
    log_p = logits - torch.logsumexp(torch.cat([logits, others], 2), 2, keepdim=True)
    weights = closeness / closeness.sum(2, keepdim=True).clamp_min(1e-6)
    return weighted_mean(-(weights * log_p).sum(2), closeness.amax(2) > 0.3)


def objectness_loss(logits: Tensor, inside: Tensor) -> Tensor:
    """Binary cross-entropy of object against background where it is known; logits and inside [B,h,w]."""
    loss = F.binary_cross_entropy_with_logits(logits, inside.clamp_min(0).float(), reduction="none")
    return weighted_mean(loss, inside >= 0)


def mask_loss(masks: Tensor, targets: Tensor, valid: Tensor, weight: Tensor) -> Tensor:
    """Binary cross-entropy plus Dice, per mask: masks and targets [P,3,h,w], valid [P,1,h,w] cells that count, weight [P,3]."""
    valid = valid.float()
    cells = valid.sum((2, 3)).clamp_min(1)
    entropy = (F.binary_cross_entropy_with_logits(masks, targets, reduction="none") * valid).sum((2, 3)) / cells
    p, t = torch.sigmoid(masks) * valid, targets * valid
    dice = 1 - (2 * (p * t).sum((2, 3)) + 1) / (p.sum((2, 3)) + t.sum((2, 3)) + 1)
    return ((2 * entropy + dice) * weight).sum() / weight.sum().clamp_min(1)


def anchor_loss(masks: Tensor, earlier: Tensor, weight: Tensor) -> Tensor:
    """How far masks are from those of an earlier network: the divergence of each cell's probability, 0 where they agree.

    Both [P,3,h,w] logits; weight [P,3]. Cells whose truth is unknown count too.
    """
    p = torch.sigmoid(earlier)
    entropy = F.binary_cross_entropy_with_logits(earlier, p, reduction="none")
    divergence = (F.binary_cross_entropy_with_logits(masks, p, reduction="none") - entropy).mean((2, 3))
    return (divergence * weight).sum() / weight.sum().clamp_min(1)


def intersection_over_union(masks: Tensor, targets: Tensor, valid: Tensor) -> Tensor:
    """IoU [P,3] of thresholded logits with targets over the valid cells."""
    inside, truth = (masks > 0) & valid, (targets > 0.5) & valid
    return (inside & truth).sum((2, 3)) / (inside | truth).sum((2, 3)).clamp_min(1)


def score_loss(scores: Tensor, iou: Tensor, weight: Tensor) -> Tensor:
    """Squared error of predicted IoU; all [P,3]."""
    return ((scores - iou).square() * weight).sum() / weight.sum().clamp_min(1)


def nesting_loss(masks: Tensor) -> Tensor:
    """How far finer masks stick out of coarser ones; masks [P,3,h,w]. Needs no labels."""
    p = torch.sigmoid(masks)
    return F.relu(p[:, :-1] - p[:, 1:]).mean()
