"""Runs the frozen networks over pictures once, so that the joint head can be trained for many epochs without them.

    python -m bsb_training.encode --models ../Sources/Backbones/Models --renders WORK/renders --output WORK/cells/renders [--watch]
    python -m bsb_training.encode --models ../Sources/Backbones/Models --photos WORK/photos --output WORK/cells/photos

Of each picture a sample of cells is kept: half of them anywhere on the object, half with each part as likely as any other, and some of
the background. Each file `part-N.npz` has cells float16 [N,K,C], the pieces of the frozen features one after the other, each of unit
length; place uint16 [N,K]; label, region uint8 [N,K]; surface float16 [N,K,3]; shape int32 [N]; style uint8 [N]; picture int32 [N].
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from . import lite
from .colours import DEVIATION, MEAN
from .data import REAL
from .export import OPSET, session
from .vocabulary import BACKGROUND

SIDE = 320  # pixels of the frame
GRID = 40  # cells across it
PIECES = (64, *(channels for channels, _ in lite.TAPS.values()))  # lengths of the pieces: the embedded features, then the trunk's maps


def unit(x: Tensor, axis: int = 1) -> Tensor:
    return x * torch.rsqrt(x.square().sum(axis, keepdim=True) + 1e-6)


class FrozenNetworks:
    """The embedded features of a released pair and the pretrained trunk, both by ONNX Runtime, which is far faster at it than PyTorch."""

    def __init__(self, models: Path):
        self.features = session(models / "features.onnx", threads=1)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "trunk.onnx"
            names = [f"block{index}" for index in lite.TAPS]
            torch.onnx.export(
                lite.load(), torch.zeros(1, 3, SIDE, SIDE), path, input_names=["image"], output_names=names, opset_version=OPSET, dynamo=False
            )
            self.trunk = session(path, threads=1)

    def __call__(self, image: Tensor) -> list[Tensor]:
        """Of a normalised picture [1,3,320,320] the pieces [1,C,h,w], each of unit length in its own grid."""
        embedded = self.features.run(None, {"image": F.avg_pool2d(image, 2).numpy()})[0]
        maps = self.trunk.run(None, {"image": image.numpy()})
        return [torch.from_numpy(embedded)] + [unit(torch.from_numpy(x)) for x in maps]


def spread(pieces: list[Tensor]) -> Tensor:
    """All pieces in the finest grid, one after the other: [N,C,40,40]."""
    size = pieces[0].shape[2:]
    return torch.cat([pieces[0]] + [F.interpolate(x, size=size, mode="bilinear", align_corners=False) for x in pieces[1:]], 1)


def crop(label: np.ndarray, rng: np.random.Generator) -> tuple[int, int, int]:
    """A square around what is labelled, with a random margin: left, top, side. It may reach beyond the picture."""
    rows, columns = np.flatnonzero((label != BACKGROUND).any(1)), np.flatnonzero((label != BACKGROUND).any(0))
    if len(rows) == 0:
        return 0, 0, label.shape[0]
    width, height = columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0]
    side = int(np.ceil(max(width, height, 24) * rng.uniform(1.05, 1.45)))
    middle = (columns[0] + width / 2, rows[0] + height / 2)
    left, top = (int(round(m - side / 2 + rng.uniform(-0.05, 0.05) * side)) for m in middle)
    # Inside the picture where it fits.
    limit = label.shape[0] - side
    if limit >= 0:
        left, top = min(max(0, left), limit), min(max(0, top), limit)
    return left, top, side


def cut(values: np.ndarray, window: tuple[int, int, int], size: int, fill: int, smooth: bool) -> np.ndarray:
    """A window of a picture or a map at another size."""
    left, top, side = window
    how = Image.Resampling.BILINEAR if smooth else Image.Resampling.NEAREST
    picture = Image.fromarray(values)
    if left < 0 or top < 0 or left + side > values.shape[1] or top + side > values.shape[0]:
        canvas = Image.new(picture.mode, (side, side), tuple([fill] * 3) if values.ndim == 3 else fill)
        canvas.paste(picture, (-left, -top))
        return np.asarray(canvas.resize((size, size), how))
    return np.asarray(picture.resize((size, size), how, box=(left, top, left + side, top + side)))


def choose(label: np.ndarray, groups: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Indices of the cells that are kept, from labels [n] and the parts [n] that are to be equally likely; with repetitions where there are few."""
    inside = np.flatnonzero(label != BACKGROUND)
    outside = np.flatnonzero(label == BACKGROUND)
    if len(inside) == 0:
        return rng.choice(outside, count)
    behind = count // 6 if len(outside) else 0
    even = (count - behind) // 2
    kinds, inverse = np.unique(groups[inside], return_inverse=True)
    weights = 1 / np.bincount(inverse)[inverse] / len(kinds)
    parts = rng.choice(inside, even, p=weights / weights.sum())
    rest = rng.choice(inside, count - behind - even, replace=len(inside) < count)
    return np.concatenate([parts, rest, rng.choice(outside, behind)] if behind else [parts, rest])


def encode(networks: FrozenNetworks, data: dict, index: int, count: int, rng: np.random.Generator) -> dict | None:
    """The sample of one picture of a shard."""
    label = data["label"][index]
    if (label != BACKGROUND).sum() < 150 * (label.shape[0] / 256) ** 2:
        return None
    window = crop(label, rng)
    rgb = torch.from_numpy(cut(data["rgb"][index], window, SIDE, 116, True).copy()).permute(2, 0, 1)[None].float() / 255
    features = spread(networks((rgb - MEAN) / DEVIATION))[0].flatten(1).T.numpy()
    coarse = {name: cut(data[name][index], window, GRID, BACKGROUND, False).ravel() for name in ("label", "instance", "region") if name in data}
    region = coarse.get("region", np.full(GRID * GRID, BACKGROUND, np.uint8))
    # Parts with names, the makers' regions, or connected pieces: whatever is known.
    groups = coarse["label"].astype(int) * 65536 + region.astype(int) * 256 + (coarse["instance"] if "instance" in coarse else 0)
    if (coarse["label"] != BACKGROUND).sum() < 12:
        return None
    chosen = choose(coarse["label"], groups, count, rng)
    surface = np.full((GRID * GRID, 3), np.nan, np.float16)
    if "surface" in data:
        surface = sample_surface(data["surface"][index], window, label.shape[0])
    return {
        "cells": features[chosen].astype(np.float16), "place": chosen.astype(np.uint16), "label": coarse["label"][chosen],
        "region": region[chosen], "surface": surface[chosen], "shape": np.int32(data["shape"][index]), "style": np.uint8(data["style"][index]),
    }


def sample_surface(surface: np.ndarray, window: tuple[int, int, int], side: int) -> np.ndarray:
    """The surface point under the middle of each cell: [cells,3], not a number where there is none."""
    left, top, extent = window
    steps = (np.arange(GRID) + 0.5) * extent / GRID
    half = surface.shape[0] / side
    columns, rows = ((steps + left) * half - 0.5).round().astype(int), ((steps + top) * half - 0.5).round().astype(int)
    inside = ((rows >= 0) & (rows < surface.shape[0]))[:, None] & ((columns >= 0) & (columns < surface.shape[1]))[None]
    found = surface[rows.clip(0, surface.shape[0] - 1)[:, None], columns.clip(0, surface.shape[1] - 1)[None]].astype(np.float16)
    found[~inside] = np.nan
    return found.reshape(-1, 3)


def write(networks: FrozenNetworks, shard: Path, path: Path, count: int, seed: int, chosen: np.ndarray | None = None):
    """Encodes a shard; the file takes its name when it is complete."""
    names = [n for n in ("rgb", "label", "instance", "region", "surface", "shape", "style") if (shard / f"{n}.npy").exists()]
    data = {name: np.load(shard / f"{name}.npy", mmap_mode="r") for name in names}
    total = len(data["rgb"])
    data.setdefault("shape", np.full(total, -1, np.int32))
    data.setdefault("style", np.full(total, REAL, np.uint8))
    found, start = [], time.time()
    for index in range(total) if chosen is None else chosen:
        sample = encode(networks, data, int(index), count, np.random.default_rng([seed, int(index)]))
        if sample is not None:
            found.append(sample | {"picture": np.int32(index)})
    temporary = path.with_suffix(".partial.npz")
    np.savez(temporary, **{name: np.stack([s[name] for s in found]) for name in found[0]})
    temporary.rename(path)
    print(f"{shard.name}: {len(found)} of {total} pictures, {time.time() - start:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--renders", type=Path)
    parser.add_argument("--photos", type=Path, help="what bsb_training.photos wrote")
    parser.add_argument("--held", action="store_true", help="the photos that are held out, instead of the others")
    parser.add_argument("--cells", type=int, default=192, help="cells kept of each picture")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--watch", action="store_true", help="go on until all renders that the manifest announces are there")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    networks = FrozenNetworks(arguments.models)
    arguments.output.mkdir(parents=True, exist_ok=True)
    if arguments.photos:
        folder = arguments.photos / "photos"
        pictures = json.loads((folder / "manifest.json").read_text())["pictures"]
        chosen = np.array([i for i, p in enumerate(pictures) if p["held"] == arguments.held])
        write(networks, folder, arguments.output / "part-photos.npz", arguments.cells, arguments.seed, chosen)
        return
    manifest = json.loads((arguments.renders / "manifest.json").read_text())
    shards = -(-manifest["count"] // manifest["shardSize"])
    while True:
        for shard in sorted(arguments.renders.glob("shard-*")):
            path = arguments.output / f"part-{shard.name}.npz"
            if not path.exists():
                write(networks, shard, path, arguments.cells, arguments.seed * 1000 + int(shard.name[6:]))
        if not arguments.watch or len(list(arguments.output.glob("part-shard-????.npz"))) >= shards:
            return
        time.sleep(10)


if __name__ == "__main__":
    main()
