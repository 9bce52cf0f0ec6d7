"""Writes a tiny made-up data set in the renders' layout, to test the training without the renderer.

    python -m bsb_training.synthetic DIR [--runs 8]
"""

import argparse
import json
from pathlib import Path

import numpy as np

SIDE = 160
CLASSES = [("Cup", "body"), ("Cup", "handle"), ("Table", "support"), ("Table", "leg")]


def picture(rng: np.random.Generator, shape: int) -> tuple[np.ndarray, ...]:
    """A rectangle (first part) with one or two smaller ones (second part) on a plain or noisy ground; the third shape is without names."""
    y, x = (np.mgrid[0:SIDE, 0:SIDE] + 0.5) / SIDE * 2 - 1
    x, y = x + rng.uniform(-0.2, 0.2), y + rng.uniform(-0.2, 0.2)
    body = (abs(x) < 0.4) & (abs(y) < 0.4)
    second = [(abs(x - 0.55) < 0.15) & (abs(y) < 0.2)]
    if shape % 4 == 1:
        second = [(abs(x - s) < 0.08) & (abs(y - 0.55) < 0.15) for s in (-0.3, 0.3)]
    first = 2 * (shape % 2)
    label = np.full((SIDE, SIDE), 255, np.uint8)
    instance = np.full((SIDE, SIDE), 255, np.uint8)
    label[body], instance[body] = first, 0
    for index, part in enumerate(second):
        label[part], instance[part] = first + 1, index + 1
    rgb = rng.integers(0, 255, 3) + rng.normal(0, 20, (SIDE, SIDE, 3))
    for value in range(4):
        rgb[label == value] = rng.integers(0, 255, 3)
    region = np.full((SIDE, SIDE), 255, np.uint8)
    surface = np.stack([x, y, np.zeros_like(x)], -1)
    surface[label == 255] = np.nan
    if shape == 2:
        region[label != 255] = label[label != 255]
        label[label != 255] = 254
    return rgb.clip(0, 255).astype(np.uint8), label, instance, region, surface[::2, ::2].astype(np.float16)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--runs", type=int, default=8)
    arguments = parser.parse_args()
    rng = np.random.default_rng(0)
    folder = arguments.output / "shard-0000"
    folder.mkdir(parents=True, exist_ok=True)
    shapes = np.repeat(rng.integers(0, 4, arguments.runs), 4)
    pictures = [picture(rng, shape) for shape in shapes]
    for name, arrays in zip(("rgb", "label", "instance", "region", "surface"), zip(*pictures)):
        np.save(folder / f"{name}.npy", np.stack(arrays))
    np.save(folder / "shape.npy", shapes.astype(np.int32))
    np.save(folder / "style.npy", np.tile(np.array([0, 1, 2, 2], np.uint8), arguments.runs))
    manifest = {
        "classes": [{"category": c, "part": p} for c, p in CLASSES],
        "shapes": [
            {"name": "a", "category": "Cup", "labelled": True},
            {"name": "b", "category": "Table", "labelled": True},
            {"name": "c", "category": "Mug", "labelled": False},
            {"name": "d", "category": "Table", "labelled": True},
        ],
    }
    (arguments.output / "manifest.json").write_text(json.dumps(manifest))
    (arguments.output / "READY").touch()


if __name__ == "__main__":
    main()
