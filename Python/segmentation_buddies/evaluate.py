"""Measuring answers against what is known: shares of surface, intervals, and the program's own evaluations."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from . import program as programs
from .errors import ended
from .mesh import Mesh
from .pipe import Array


class Interval(NamedTuple):
    """A mean, and the bounds between which 95 of 100 resamplings have it."""

    mean: float
    low: float
    high: float


def face_areas(mesh: Mesh) -> Array:
    """(#F,) float64: the area of each face of the file or arrays, in its units."""
    geometry = mesh.geometry()
    a, b, c = (geometry.vertices[geometry.triangles[:, corner]].astype(np.float64) for corner in range(3))
    areas: Array = np.bincount(geometry.triangle_faces, np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2, mesh.face_count)
    return areas


def iou(part: npt.ArrayLike, truth: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> float:
    """Intersection over union of two sets of faces, vertices or pixels, given as booleans, weighed by areas where these are given.

    1 where both are empty. Raises `ValueError` for arrays of different shapes.
    """
    a, b = np.asarray(part, np.bool_), np.asarray(truth, np.bool_)
    weight = np.ones(a.shape) if weights is None else np.asarray(weights, np.float64)
    if not a.shape == b.shape == weight.shape:
        raise ValueError(f"the part has the shape {a.shape}, the truth {b.shape}, the weights {weight.shape}")
    union = float(weight[a | b].sum())
    return float(weight[a & b].sum()) / union if union > 0 else 1.0


def interval(values: npt.ArrayLike, groups: Sequence[Hashable] | None = None, *, resamples: int = 2000, seed: int = 0) -> Interval:
    """The mean of values, with the interval that drawing whole groups anew gives: clicks in one photo are not independent.

    Without groups each value is one. Raises `ValueError` for no values, or another number of groups.
    """
    numbers = np.asarray(values, np.float64).ravel()
    names = list(range(len(numbers))) if groups is None else list(groups)
    if not len(numbers) or len(names) != len(numbers):
        raise ValueError(f"{len(numbers)} values and {len(names)} groups: there must be as many, and one at least")
    index = {name: number for number, name in enumerate(dict.fromkeys(names))}
    of = np.array([index[name] for name in names])
    sums, counts = np.bincount(of, numbers), np.bincount(of)
    drawn = np.random.default_rng(seed).integers(len(sums), size=(resamples, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(numbers.mean()), float(low), float(high))


def run(subcommand: str, *arguments: str | os.PathLike[str], program: str | os.PathLike[str] | None = None) -> dict[str, Any]:
    """What `bsb evaluate SUBCOMMAND ARGUMENTS --json` prints; docs/evaluation.md says what there is.

    Raises the `Failure` of its exit code, with its sentence.
    """
    command = [programs.find(program), "evaluate", subcommand, *(os.fspath(argument) for argument in arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=programs.environment())
    if done.returncode != 0:
        sentence = done.stderr.strip().rsplit("\n", 1)[-1].removeprefix("bsb: ")
        raise ended(done.returncode, sentence or f"running bsb evaluate {subcommand}: it ended with exit code {done.returncode}")
    document: dict[str, Any] = json.loads(done.stdout)
    return document
