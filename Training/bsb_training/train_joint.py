"""Trains the joint head on cells that `encode.py` kept; resumable, and the same for the same seed and cells.

    python -m bsb_training.train_joint --config configs/joint.toml --cells WORK/cells --manifest WORK/renders/manifest.json \\
        --photos WORK/photos/photos/manifest.json --output WORK/joint

Losses: the same point of a surface in two pictures (InfoNCE against other points and other shapes); parts by name, shared over all
categories, and parts of the labelled categories (prototypes); the makers' regions as unnamed sets; labels of real photos; and the
relations of the plain join between cells of different real photos, so that the world is not forgotten.
"""

import argparse
import json
import os
import time
import tomllib
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .encode import unit
from .joint import JointConfig, JointHead, joined
from .vocabulary import BACKGROUND, IGNORE, OBJECT, THING

# Parts of the labelled categories that go by another name elsewhere.
SAME_NAMES = {"finger1": "finger", "finger2": "finger", "finger3": "finger", "finger4": "finger", "support": "seat", "backsupport": "back", "earhorn": "ear"}


class Cells:
    """All files of a folder; `rescan` opens those that have appeared since."""

    def __init__(self, folder: Path):
        self.folder, self.known, self.parts = folder, set(), []
        self.rescan()

    def rescan(self):
        for path in sorted(self.folder.glob("part-*.npz")):
            if path.name not in self.known and "partial" not in path.name:
                self.known.add(path.name)
                self.parts.append(dict(np.load(path)))
        if self.parts:
            self.arrays = {n: [p[n] for p in self.parts] for n in self.parts[0]}
            self.shape = np.concatenate(self.arrays["shape"])
            self.style = np.concatenate(self.arrays["style"])
            self.picture = np.concatenate(self.arrays["picture"])
            self.starts = np.cumsum([0] + [len(p["shape"]) for p in self.parts])
            # The pictures of each run of the same shape.
            order = np.arange(len(self.shape))
            key = np.concatenate([i * 1_000_000 + p["picture"] // 4 for i, p in enumerate(self.parts)])
            cuts = np.flatnonzero(np.diff(key)) + 1
            self.runs = [r for r in np.split(order, cuts) if len(r) > 1]

    def take(self, indices: np.ndarray, rng: np.random.Generator, count: int) -> dict[str, Tensor]:
        """Random cells of pictures: arrays [n,count,...]."""
        where = np.searchsorted(self.starts, indices, side="right") - 1
        found: dict[str, list] = {}
        for part, index in zip(where, indices - self.starts[where]):
            source = self.parts[part]
            chosen = rng.choice(source["label"].shape[1], count, replace=False)
            for name in ("cells", "label", "region", "surface"):
                found.setdefault(name, []).append(source[name][index][chosen])
        return {n: torch.from_numpy(np.stack(v)) for n, v in found.items()} | {"shape": torch.from_numpy(self.shape[indices])}


class Names:
    """Which name each class of the renders has, over all categories."""

    def __init__(self, classes: list[dict]):
        names = [SAME_NAMES.get(c["part"], c["part"]) for c in classes]
        self.all = sorted(set(names))
        # Labels beyond the classes (unlabelled, unknown, background) have none.
        self.of_class = torch.full((256,), -1)
        self.of_class[: len(names)] = torch.tensor([self.all.index(n) for n in names])
        # Classes of the labelled categories, where a part means more than its name says.
        self.own = torch.full((256,), -1)
        own = [i for i, c in enumerate(classes) if c["category"] != THING]
        self.own[torch.tensor(own)] = torch.arange(len(own))
        self.own_count = len(own)


class Trained(nn.Module):
    """The head, and the prototypes that only training uses."""

    def __init__(self, config: JointConfig, names: Names, sets: int):
        super().__init__()
        self.head = JointHead(config)
        self.names = nn.Parameter(torch.randn(len(names.all), config.dimension) / config.dimension**0.5)
        self.own = nn.Parameter(torch.randn(names.own_count, config.dimension) / config.dimension**0.5)
        self.sets = nn.Parameter(torch.randn(sets, config.dimension) / config.dimension**0.5)


def by_prototype(z: Tensor, labels: Tensor, prototypes: Tensor, temperature: float) -> Tensor:
    """Cross entropy over prototypes of the cells [n,D] that have a label."""
    known = labels >= 0
    if not known.any():
        return z.sum() * 0
    logits = z[known] @ F.normalize(prototypes, dim=1).T / temperature
    return F.cross_entropy(logits, labels[known], label_smoothing=0.05)


def same_point(z: Tensor, surface: Tensor, shape: Tensor, pairs: int, temperature: float, near: float = 0.04, far: float = 0.2) -> Tensor:
    """InfoNCE: of pictures 2 i and 2 i + 1, which show the same shape, cells of the same surface point; z [n,K,D], surface [n,K,3].

    Others are cells of the pair farther than `far`, and a share of the cells of other shapes.
    """
    first, second = z[0::2], z[1::2]
    distance = torch.cdist(torch.nan_to_num(surface[0::2].float(), nan=9.0), torch.nan_to_num(surface[1::2].float(), nan=-9.0))
    least, match = distance.min(2)
    losses = []
    bank = z[:, :: max(1, z.shape[1] // 24)]
    for i in range(len(first)):
        anchors = torch.nonzero(least[i] < near).flatten()[:pairs]
        if len(anchors) < 2:
            continue
        a = first[i, anchors]
        positive = (a * second[i, match[i, anchors]]).sum(1, keepdim=True)
        own = (a @ second[i].T).masked_fill(distance[i, anchors] < far, -9)
        others = bank[shape != shape[2 * i]].flatten(0, 1)
        losses.append(F.cross_entropy(torch.cat([positive, own, a @ others.T], 1) / temperature, torch.zeros(len(a), dtype=torch.long)))
    return torch.stack(losses).mean() if losses else z.sum() * 0


def same_set(z: Tensor, region: Tensor, temperature: float) -> Tensor:
    """Unnamed sets: a cell of one picture of a pair with those of its region in the other, against the other regions of the shape."""
    logits = z[0::2] @ z[1::2].transpose(1, 2) / temperature
    a, b = region[0::2], region[1::2]
    known = (b != BACKGROUND)[:, None].expand_as(logits)
    equal = (a[:, :, None] == b[:, None]) & known
    usable = (a != BACKGROUND) & equal.any(2) & (known & ~equal).any(2)
    if not usable.any():
        return z.sum() * 0
    logits = logits.masked_fill(~known, -1e4)
    every, right = logits.logsumexp(2), logits.masked_fill(~equal, -1e4).logsumexp(2)
    return (every - right)[usable].mean()


def same_label(z: Tensor, label: Tensor, picture: Tensor, temperature: float) -> Tensor:
    """Cells [n,D] of real photos with those of the same label in other photos, against the other labels of any photo."""
    elsewhere = picture[:, None] != picture[None]
    equal = (label[:, None] == label[None]) & elsewhere
    usable = (label < IGNORE) & equal.any(1)
    if not usable.any():
        return z.sum() * 0
    known = ((label < IGNORE) | (label == BACKGROUND))[None] & elsewhere
    logits = (z @ z.T / temperature)[usable].masked_fill(~known[usable], -1e4)
    return (logits.logsumexp(1) - logits.masked_fill(~equal[usable], -1e4).logsumexp(1)).mean()


def relations(z: Tensor, teacher: Tensor, picture: Tensor, temperature: float) -> Tensor:
    """How far the head's similarities between cells of different pictures are from the teacher's: Kullback-Leibler over each cell's others."""
    own = picture[:, None] == picture[None]
    wanted = F.log_softmax((teacher @ teacher.T / temperature).masked_fill(own, -1e4), 1)
    found = F.log_softmax((z @ z.T / temperature).masked_fill(own, -1e4), 1)
    return (wanted.exp() * (wanted - found)).masked_fill(own, 0).sum(1).mean()


def losses_of(model: Trained, renders: Cells, photos: Cells, names: Names, settings: dict, rng: np.random.Generator) -> dict[str, Tensor]:
    """All losses of a step."""
    runs = [renders.runs[i] for i in rng.choice(len(renders.runs), settings["shapes"], replace=False)]
    pictures = np.concatenate([rng.choice(run, 2, replace=False) for run in runs])
    r = renders.take(pictures, rng, settings["cells"])
    z = model.head(r["cells"].float())
    label = r["label"].long()
    flat = z.flatten(0, 1)
    t = settings["temperature"]
    result = {
        "point": same_point(z, r["surface"], r["shape"], settings["pairs"], t),
        "names": by_prototype(flat, names.of_class[label].flatten(), model.names, t),
        "own": by_prototype(flat, names.own[label].flatten(), model.own, t),
        "regions": same_set(z, r["region"], t),
    }
    chosen = rng.choice(len(photos.shape), settings["photos"], replace=False)
    p = photos.take(chosen, rng, settings["photo_cells"])
    cells = p["cells"].float().flatten(0, 1)
    picture = torch.arange(settings["photos"]).repeat_interleave(settings["photo_cells"])
    y = model.head(cells)
    result["relations"] = relations(y, joined(cells, model.head.config.weights), picture, settings["relation_temperature"])
    # Photos whose parts are known are few: they have a draw of their own.
    q = photos.take(rng.choice(photos.labelled, settings["labelled_photos"], replace=False), rng, settings["photo_cells"])
    picture = torch.arange(settings["labelled_photos"]).repeat_interleave(settings["photo_cells"])
    w = model.head(q["cells"].float().flatten(0, 1))
    result["labels"] = same_label(w, q["label"].long().flatten(), picture, t)
    # The renders' background is not the object, and neither are the photos'.
    teacher = joined(r["cells"].float()[:, :8].flatten(0, 1), model.head.config.weights)
    result["render_relations"] = relations(z[:, :8].flatten(0, 1), teacher, torch.arange(len(z)).repeat_interleave(8), settings["relation_temperature"])
    return result


def rate(step: int, settings: dict) -> float:
    """The learning rate of a step: a short rise, level, then down to nothing."""
    rise = min(1.0, (step + 1) / 100)
    fall = min(1.0, (settings["steps"] - step) / (settings["steps"] * 0.4))
    return settings["rate"] * rise * fall


def save(path: Path, state: dict):
    temporary = path.with_suffix(".partial")
    torch.save(state, temporary)
    os.replace(temporary, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--cells", type=Path, required=True)
    parser.add_argument("--manifest", type=Path, required=True, help="of the renders")
    parser.add_argument("--photos", type=Path, required=True, help="manifest.json of the photos")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    config = tomllib.loads(arguments.config.read_text())
    settings, weights = config["train"], config["losses"]
    torch.set_num_threads(settings["threads"])
    torch.manual_seed(settings["seed"])
    renders, photos = Cells(arguments.cells / "renders"), Cells(arguments.cells / "photos")
    document = json.loads(arguments.photos.read_text())
    with_parts = {i for i, p in enumerate(document["pictures"]) if p["parts"]}
    photos.labelled = np.flatnonzero([p in with_parts for p in photos.picture])
    names = Names(json.loads(arguments.manifest.read_text())["classes"])
    model = Trained(JointConfig(**{k: tuple(v) if isinstance(v, list) else v for k, v in config["model"].items()}), names, len(document["sets"]))
    rng = np.random.default_rng([settings["seed"], 0])
    sample = [photos.take(rng.choice(len(photos.shape), 400, replace=False), rng, 32), renders.take(rng.choice(len(renders.shape), 400, replace=False), rng, 32)]
    kept = model.head.start(torch.cat([s["cells"].float().flatten(0, 1) for s in sample]))
    optimiser = torch.optim.AdamW(model.parameters(), lr=settings["rate"], weight_decay=settings["weight_decay"])
    arguments.output.mkdir(parents=True, exist_ok=True)
    checkpoint, step, seconds = arguments.output / "checkpoint.pt", 0, 0.0
    average = {k: v.clone() for k, v in model.state_dict().items()}
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False)
        model.load_state_dict(state["model"]), optimiser.load_state_dict(state["optimiser"])
        step, seconds, average = state["step"], state["seconds"], state["average"]
    print(f"{len(renders.shape)} renders, {len(photos.shape)} photos, {len(photos.labelled)} with parts, {kept:.3f} kept, from step {step}", flush=True)
    start, means = time.time(), {}

    def state() -> dict:
        return {
            "model": model.state_dict(), "optimiser": optimiser.state_dict(), "average": average, "step": step, "config": config,
            "seconds": seconds + time.time() - start, "renders": len(renders.shape), "head": asdict(model.head.config),
        }

    while step < settings["steps"]:
        if step % 200 == 0:
            renders.rescan()
        for group in optimiser.param_groups:
            group["lr"] = rate(step, settings)
        losses = losses_of(model, renders, photos, names, settings, np.random.default_rng([settings["seed"], 1, step]))
        total = sum(weights[name] * loss for name, loss in losses.items())
        optimiser.zero_grad()
        total.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimiser.step()
        with torch.no_grad():
            momentum = min(0.998, (step + 1) / (step + 10))
            for name, value in model.state_dict().items():
                average[name].lerp_(value, 1 - momentum)
        for name, loss in losses.items():
            means[name] = 0.98 * means.get(name, loss.item()) + 0.02 * loss.item()
        step += 1
        if step % settings.get("report_every", 100) == 0:
            print(f"{step} {seconds + time.time() - start:.0f} s " + " ".join(f"{n} {v:.3f}" for n, v in means.items()), flush=True)
        if step % settings["save_every"] == 0 or step == settings["steps"]:
            save(checkpoint, state())
            save(arguments.output / f"head-{step}.pt", {"head": {k[5:]: v for k, v in average.items() if k.startswith("head.")}, "config": asdict(model.head.config), "step": step})


if __name__ == "__main__":
    main()
