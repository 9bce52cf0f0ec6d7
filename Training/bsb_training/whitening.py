"""Fits the last, linear step of the feature head in closed form: within-class whitening, as in linear discriminant analysis.

Directions in which cells of one part differ among themselves, between grey renders and photo-like ones too, are shrunk; so cosine similarity counts
what tells parts apart.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .data import Augmentation, Batches, PhotoSet, RenderSet, build_vocabulary
from .model import Pair

SHRINKAGE = 0.5  # of the mean variance, added to all directions
BATCHES, RUNS, CELLS = 40, 16, 4000


def fit_whitening(pair: Pair, renders: Path, photos: Path | None, side: int, seed: int = 0):
    """Sets `pair.feature_head.whitening` from the labelled cells of training renders, framed on the object, at `side` pixels."""
    render_set = RenderSet(renders)
    vocabulary = build_vocabulary(render_set, PhotoSet(photos) if photos else None)
    batches = Batches(render_set, None, vocabulary, Augmentation(focus=1.0, focus_zoom=(0.75, 1.0)))
    identity = torch.eye(pair.config.feature_dimension)
    pair.feature_head.whitening.copy_(identity[:, :, None, None])
    cells, classes = [], []
    for index in range(BATCHES):
        rng = np.random.default_rng([seed, index])
        batch = batches.make_renders(rng, side, RUNS)
        head = pair.feature_head
        features = head.standardise(head.project(head.mix(pair.trunk(batch.image))))
        known = torch.nonzero(((batch.target >= 0) & (batch.target < batches.labelled_classes)).flatten())[:, 0].numpy()
        chosen = torch.from_numpy(rng.permutation(known)[:CELLS])
        cells.append(features.permute(0, 2, 3, 1).flatten(0, 2)[chosen])
        classes.append(batch.target.flatten()[chosen])
    matrix = inverse_root(within_class_scatter(torch.cat(cells), torch.cat(classes)), SHRINKAGE)
    pair.feature_head.whitening.copy_(matrix[:, :, None, None])


def within_class_scatter(cells: Tensor, classes: Tensor) -> Tensor:
    """The covariance [D,D] of cells [N,D] around the means of their classes [N]; a class weighs with the root of its count."""
    counts = torch.bincount(classes)
    means = torch.zeros(len(counts), cells.shape[1]).index_add_(0, classes, cells) / counts.clamp_min(1)[:, None]
    difference = cells - means[classes]
    weight = counts[classes].float().rsqrt()
    return (difference * (weight / weight.sum())[:, None]).T @ difference


def inverse_root(scatter: Tensor, shrinkage: float) -> Tensor:
    """(S + shrinkage x mean variance x identity) to the power -1/2."""
    size = len(scatter)
    values, vectors = torch.linalg.eigh(scatter + shrinkage * scatter.trace() / size * torch.eye(size))
    return vectors @ torch.diag(values.rsqrt()) @ vectors.T
