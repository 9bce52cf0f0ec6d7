"""Trains the pair.

    python -m torch.distributed.run --nproc-per-node 2 -m bsb_training.train --config configs/pair.toml --renders DIR --photos DIR --output DIR

Each process runs one thread and takes its share of every batch; gradients are averaged once a step. On a busy machine that is several
times faster than two threads in one process, which wait for each other at every layer. Without the launcher one process does it all.
Resumes from checkpoint.pt in the output folder when it exists. Batch n depends only on the seed, n, and the renders there are.
"""

import argparse
import copy
import json
import math
import os
import time
import tomllib
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path

import numpy as np
import torch
import torch.distributed as distributed
import torch.nn.functional as F
from torch import Tensor

from . import lite, losses
from .anchor import Anchor
from .data import Augmentation, Batch, Batches, PhotoSet, RenderSet, build_vocabulary
from .frozen import FrozenStages
from .graphs import load_graphs
from .model import ModelConfig, Pair
from .prompts import PromptBatch, corrected, make_prompts
from .randomness import Draw
from .teachers import FeatureTeacher, MaskTeacher, joined


@dataclass
class TrainConfig:
    """How to train; every field can be set in the configuration file."""

    seed: int = 1
    steps: int = 6000
    minutes: float = 1e9
    warmup: int = 200
    decay_start: float = 0.7
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    average: float = 0.998
    runs: int = 6
    photos: int = 8
    photo_kinds: dict[str, float] = field(default_factory=dict)  # how often a kind of photos is drawn, where not as usual
    prompts_per_picture: int = 2
    correction: float = 0.5
    segment_every: int = 1  # 0: never
    frozen_stages: bool = False  # whether the trunk's own stages stay as they are
    frozen_statistics: bool = False  # whether normalisations keep their statistics, so that it begins as just what it goes on from
    joints_rate: float = 1.0  # the learning rate of the joints with a pretrained trunk, as a share of the others'
    familiar_share: float | None = None  # of the renders, how many are of labelled categories; none: as many as were drawn
    familiar_photos: list[str] = field(default_factory=list)  # kinds of photos that count as familiar too
    regions: bool = True  # whether the makers' regions are parts of objects whose parts have no names
    anchor_weight: float = 0.0  # how much the masks of the beginning count as targets in familiar pictures
    base_size: int = 128
    grey_until: float = 0.0
    sizes: list[int] = field(default_factory=lambda: [112, 128, 160])
    final_sizes: list[int] = field(default_factory=lambda: [160, 192, 224])
    scale: float = 16.0
    smoothing: float = 0.05
    class_cells: int = 256  # cells of each picture that are classified in a step
    class_weight: float = 1.0
    contrast_weight: float = 0.3
    whole_weight: float = 0.3
    category_weight: float = 0.5
    object_weight: float = 0.3
    mask_weight: float = 1.0
    score_weight: float = 1.0
    nesting_weight: float = 0.5
    threads: int = 1
    bfloat16: bool = False
    device: str = "cpu"
    minimum_renders: int = 0  # wait for so many, when they are still being drawn
    # Foundation models to learn from (ONNX files); empty: none.
    feature_teacher: str = ""
    feature_teacher_side: int = 224
    feature_teacher_patch: int = 14
    feature_teacher_weight: float = 1.0
    mask_teacher_encoder: str = ""
    mask_teacher_decoder: str = ""
    mask_teacher_prompts: int = 4
    save_every_seconds: float = 120
    rescan_every_seconds: float = 60

    @property
    def learns_features(self) -> bool:
        """Whether a loss is on features, and not on masks alone."""
        return bool(self.class_weight or self.contrast_weight or self.whole_weight or self.feature_teacher)


def read_config(path: Path) -> tuple[ModelConfig, TrainConfig, Augmentation]:
    """The tables [model], [train] and [augmentation] of a TOML file."""
    document = tomllib.loads(path.read_text())

    def table(cls, name: str):
        values = document.get(name, {})
        known = {f.name for f in fields(cls)}
        if unknown := set(values) - known:
            raise ValueError(f"{path}: unknown keys in [{name}]: {sorted(unknown)}")
        return cls(**{k: tuple(v) if isinstance(v, list) and cls is not TrainConfig else v for k, v in values.items()})

    return table(ModelConfig, "model"), table(TrainConfig, "train"), table(Augmentation, "augmentation")


class Team:
    """The processes that share a run; alone when there is no launcher."""

    def __init__(self):
        self.rank, self.size = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        if self.size > 1:
            distributed.init_process_group("gloo", timeout=timedelta(hours=2))

    def share(self, count: float) -> int:
        """This process's part of a number of things."""
        return int(round(count * (self.rank + 1) / self.size)) - int(round(count * self.rank / self.size))

    def average_gradients(self, parameters: list[torch.nn.Parameter], seconds: float) -> float:
        """Means over all processes, of the gradients and of the seconds, so that all agree on the time.

        A parameter that a process did not use counts as zero.
        """
        if self.size == 1:
            return seconds
        clock = torch.full((1,), seconds, device=parameters[0].device)
        flat = torch.cat([(p.grad if p.grad is not None else torch.zeros_like(p)).flatten() for p in parameters] + [clock])
        distributed.all_reduce(flat)
        flat /= self.size
        for p, part in zip(parameters, flat[:-1].split([p.numel() for p in parameters])):
            p.grad = part.view_as(p)
        return flat[-1].item()


class Trainer:
    """One training run and its state on disk."""

    def __init__(
        self, config_path: Path, renders: Path | None, photos: Path | None, output: Path, initial: Path | None = None,
        trunk: str = "features",
    ):
        self.model_config, self.config, augmentation = read_config(config_path)
        config = self.config
        torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = config.device != "cpu"
        self.output = output
        output.mkdir(parents=True, exist_ok=True)
        resident = None if config.device == "cpu" else config.device
        self.renders = RenderSet(renders, resident) if renders else None
        photo_set = PhotoSet(photos, device=resident) if photos else None
        self.vocabulary = build_vocabulary(self.renders, photo_set)
        self.table = self.vocabulary.table().to(config.device)
        self.batches = Batches(
            self.renders, photo_set, self.vocabulary, augmentation, config.device, not config.learns_features, config.photo_kinds,
            config.familiar_photos, config.familiar_share, config.regions,
        )
        self.pair = Pair(self.model_config, len(self.vocabulary.classes), len(self.table)).to(config.device, memory_format=torch.channels_last)
        if initial:
            self.start_from(initial, trunk)
        if self.pair.world:
            self.pair.world.trunk.load_state_dict(lite.load().state_dict())
        self.stages: FrozenStages | None = None  # made when the run begins, of the weights that it then has
        if config.frozen_stages:
            self.pair.trunk.freeze_stages()
        if config.frozen_statistics:
            self.pair.keep_statistics()
        self.load_teachers()
        self.average = copy.deepcopy(self.pair).eval().requires_grad_(False)
        self.anchor = Anchor(self.pair) if config.anchor_weight else None
        betas, fused = (0.9, 0.98), config.device != "cpu"
        self.optimizer = torch.optim.AdamW(self.parameter_groups(), lr=config.learning_rate, betas=betas, fused=fused)
        self.team = Team()
        self.step = 0
        self.seconds = 0.0
        self.seen = 0

    def start_from(self, initial: Path, trunk: str):
        """Takes the averaged weights of another run as far as their shapes agree, or those of a folder of exported graphs."""
        if initial.is_dir():
            example = self.batches.make(Draw(self.config.seed, self.config.device), self.config.base_size, 24, 16)
            load_graphs(self.pair, initial, example.image, trunk)
            if self.config.learns_features:
                self.imprint()
            return
        own = self.pair.state_dict()
        weights = torch.load(initial, map_location="cpu", weights_only=False)["average"]
        self.pair.load_state_dict({k: v for k, v in weights.items() if k in own and v.shape == own[k].shape}, strict=False)

    @torch.no_grad()
    def imprint(self, batches: int = 24):
        """Prototypes for features that come without: the mean direction of each class's cells, none for classes that were not seen."""
        config, classes = self.config, len(self.vocabulary.classes)
        sums = torch.zeros(classes, self.model_config.feature_dimension, device=config.device)
        self.pair.eval()
        for index in range(batches):
            draw = Draw([config.seed, index], config.device)
            batch = self.batches.make(draw, config.base_size, config.runs, config.photos)
            features = self.pair.feature_head(self.pair.trunk(batch.image)).permute(0, 2, 3, 1)
            known = (batch.target >= 0) & (batch.target < classes)
            sums.index_add_(0, batch.target[known], features[known])
        self.pair.train()
        self.pair.prototypes.copy_(sums * torch.rsqrt(sums.square().sum(1, keepdim=True) + 1e-6))

    def load_teachers(self):
        """The foundation models that the configuration names."""
        config = self.config
        self.feature_teacher = self.mask_teacher = None
        if config.feature_teacher:
            side, patch = config.feature_teacher_side, config.feature_teacher_patch
            teacher = FeatureTeacher(Path(config.feature_teacher), side, patch, self.model_config.feature_dimension)
            self.feature_teacher = teacher.to(config.device)
        if config.mask_teacher_encoder:
            self.mask_teacher = MaskTeacher(Path(config.mask_teacher_encoder), Path(config.mask_teacher_decoder))

    @property
    def parameters(self) -> list[torch.nn.Parameter]:
        """Everything that is learned, the map to the teacher's features included."""
        own = [p for p in self.pair.parameters() if p.requires_grad]
        return [*own, *(self.feature_teacher.parameters() if self.feature_teacher else [])]

    def parameter_groups(self) -> list[dict]:
        """What is learned, by weight decay (matrices alone have it) and share of the learning rate."""
        config, joints = self.config, {id(p) for p in self.pair.world.joints.parameters()} if self.pair.world else set()
        groups = []
        for share, chosen in ((1.0, [p for p in self.parameters if id(p) not in joints]),
                              (config.joints_rate, [p for p in self.parameters if id(p) in joints])):
            groups.append({"params": [p for p in chosen if p.ndim > 1], "weight_decay": config.weight_decay, "share": share})
            groups.append({"params": [p for p in chosen if p.ndim <= 1], "weight_decay": 0.0, "share": share})
        return [group for group in groups if group["params"]]

    @property
    def render_count(self) -> int:
        return self.renders.count if self.renders else 0

    @property
    def checkpoint(self) -> Path:
        return self.output / "checkpoint.pt"

    def save(self, weights: str = "weights.pt"):
        """Writes the whole state, and apart from it the averaged weights at half precision. The first process does it for all."""
        if self.team.rank != 0:
            return
        state = {
            "pair": self.pair.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "adapter": self.feature_teacher.state_dict() if self.feature_teacher else None,
            "step": self.step,
            "seconds": self.seconds,
            "seen": self.seen,
            "model": self.model_config.to_dict(),
            "train": vars(self.config),
            "vocabulary": self.vocabulary.to_dict(),
            "renders": self.render_count,
        }
        self.write(state, self.checkpoint)
        half = {k: v.half() if v.dtype.is_floating_point else v for k, v in state["average"].items()}
        kept = ("step", "seconds", "seen", "model", "train", "vocabulary", "renders")
        self.write({"average": half} | {k: state[k] for k in kept}, self.output / weights)

    @staticmethod
    def write(state: dict, path: Path):
        """Writes beside the old file, then swaps."""
        partial = path.with_suffix(".partial")
        torch.save(state, partial)
        os.replace(partial, path)

    def resume(self):
        """Goes on from the checkpoint, if there is one of the same classes."""
        if not self.checkpoint.exists():
            return
        state = torch.load(self.checkpoint, map_location=self.config.device, weights_only=False)
        if state["vocabulary"] != self.vocabulary.to_dict():
            raise ValueError(f"{self.checkpoint} was trained with other classes; choose another output folder")
        self.pair.load_state_dict(state["pair"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.feature_teacher:
            self.feature_teacher.load_state_dict(state["adapter"])
        self.step, self.seconds, self.seen = state["step"], state["seconds"], state["seen"]

    @property
    def progress(self) -> float:
        """0...1, by steps or by minutes, whichever is further."""
        return min(1.0, max(self.step / self.config.steps, self.seconds / (60 * self.config.minutes)))

    @property
    def is_final(self) -> bool:
        return self.progress > self.config.decay_start

    def learning_rate(self) -> float:
        """Warm-up, plateau, then linearly to a fiftieth."""
        config = self.config
        factor = min(1.0, (self.step + 1) / config.warmup)
        if self.is_final:
            factor *= max(0.02, (1 - self.progress) / (1 - config.decay_start))
        return config.learning_rate * factor

    def batch(self, draw: Draw) -> Batch:
        """This process's batch, of a random size common to all, with as many pictures as keep the cost about the same."""
        config, team = self.config, self.team
        size = int(np.random.default_rng([config.seed, self.step]).choice(config.final_sizes if self.is_final else config.sizes))
        share = (config.base_size / size) ** 2
        runs, photos = max(team.size, round(config.runs * share)), max(2 * team.size, round(config.photos * share))
        grey = self.progress < config.grey_until
        return self.batches.make(draw, size, team.share(runs) if config.runs else 0, team.share(photos), grey)

    def losses(self, draw: Draw, batch: Batch) -> dict[str, Tensor]:
        """The weighted losses by name; those of weight zero are left out."""
        config, pair, device = self.config, self.pair, self.config.device
        with torch.autocast(device, torch.bfloat16, enabled=config.bfloat16):
            image = batch.image.contiguous(memory_format=torch.channels_last)
            maps, seen = self.stages(image) if self.stages else (pair.trunk.encode(image), None)
            category = pair.category(maps[-1].mean((2, 3))).float()
            trunk = pair.trunk.decode(maps, pair.world(seen or pair.world.see(image)) if pair.world else None)
            features = pair.feature_head(trunk, batch.inside == 1).float() if config.learns_features else None
            embedding = pair.embedding_head(trunk).float()
            objectness = pair.objectness(trunk)[:, 0].float()
            earlier = self.anchor.embedding(image, maps if config.frozen_stages else None).float() if self.anchor else None
        prototypes, table = pair.prototypes, self.table
        terms = {
            "class": lambda: losses.candidate_loss(
                draw, features, prototypes, batch.target, table, config.scale, config.smoothing, config.class_cells
            ),
            "contrast": lambda: losses.surface_contrast(draw, features, batch.surface, batch.category, batch.runs),
            "whole": lambda: losses.whole_picture_loss(
                features[batch.renders :], prototypes, batch.whole[batch.renders :], table, config.scale
            ),
            "category": lambda: F.cross_entropy(category, batch.kind, ignore_index=-1, label_smoothing=0.1),
            "object": lambda: losses.objectness_loss(objectness, batch.inside),
        }
        weights = {name: getattr(config, f"{name}_weight") for name in terms}
        result = {name: weights[name] * term() for name, term in terms.items() if weights[name] > 0}
        if self.feature_teacher:
            result["teacher"] = config.feature_teacher_weight * self.feature_teacher.loss(batch.image, features)
        segments = config.segment_every > 0 and self.step % config.segment_every == 0
        return result | (self.segmenter_losses(draw, batch, embedding, earlier) if segments else {})

    def segmenter_losses(self, draw: Draw, batch: Batch, embedding: Tensor, earlier: Tensor | None) -> dict[str, Tensor]:
        config = self.config
        prompts = make_prompts(draw, batch, config.prompts_per_picture)
        if self.mask_teacher:
            prompts = joined(prompts, self.mask_teacher.prompts(draw.on_host, batch, config.mask_teacher_prompts))
        result = self.round(prompts, batch, embedding, earlier)
        masks = result.pop("masks")
        if draw.on_host.random() < config.correction:
            more = self.round(corrected(draw, prompts, masks), batch, embedding, earlier)
            result = {name: (value + more[name]) / 2 for name, value in result.items()}
        return result

    def round(self, prompts: PromptBatch, batch: Batch, embedding: Tensor, earlier: Tensor | None) -> dict[str, Tensor]:
        """One answer of the decoder and its losses; `earlier` is the embedding of the anchor where there is one."""
        config, device = self.config, self.config.device
        with torch.autocast(device, torch.bfloat16, enabled=config.bfloat16):
            masks, scores = self.pair.decoder(
                embedding, prompts.points, prompts.labels, prompts.box, prompts.previous, prompts.picture
            )
            before = self.anchor.masks(prompts, earlier).float() if earlier is not None else None
        masks, scores = masks.float(), scores.float()
        iou = losses.intersection_over_union(masks.detach(), prompts.targets, prompts.valid)
        result = {
            "masks": masks,
            "mask": config.mask_weight * losses.mask_loss(masks, prompts.targets, prompts.valid, prompts.weight),
            "score": config.score_weight * losses.score_loss(scores, iou, (prompts.weight > 0).float()),
            "nesting": config.nesting_weight * losses.nesting_loss(masks),
        }
        if before is not None:
            familiar = prompts.weight * batch.familiar[prompts.picture, None]
            result["anchor"] = config.anchor_weight * losses.anchor_loss(masks, before, familiar)
        return result

    def update(self, total: Tensor):
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        now = time.monotonic()
        self.seconds = self.team.average_gradients(self.parameters, self.seconds + now - self.clock)
        self.clock = now
        torch.nn.utils.clip_grad_norm_(self.parameters, 3.0)
        rate = self.learning_rate()
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["share"]
        self.optimizer.step()
        keep = min(self.config.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            torch._foreach_lerp_(floating(self.average), floating(self.pair), 1 - keep)

    def wait_for_renders(self):
        while self.renders and self.renders.rescan() < self.config.minimum_renders:
            time.sleep(1)
        if self.renders:
            self.renders.watch(self.config.rescan_every_seconds)

    def run(self, stop_after: int | None = None):
        config = self.config
        self.resume()
        if self.step == 0:
            self.save("beginning.pt")
        if config.frozen_stages:
            self.stages = FrozenStages(self.pair, config.threads)
        self.wait_for_renders()
        self.clock = saved = time.monotonic()
        means: dict[str, Tensor] = {}
        log = (self.output / "log.jsonl").open("a")
        team = self.team
        self.pair.train()
        while self.progress < 1 and (stop_after is None or self.step < stop_after):
            draw = Draw([config.seed, self.step, team.rank], config.device)
            batch = self.batch(draw)
            parts = self.losses(draw, batch)
            self.update(sum(parts.values()))
            self.step += 1
            self.seen += len(batch.image) * team.size
            for name, value in parts.items():
                means[name] = torch.lerp(means.get(name, value.detach()), value.detach(), 0.02)
            # Losses are read now and then only, since reading makes the host wait for the device.
            is_saved = time.monotonic() - saved > config.save_every_seconds
            if self.step % 25 == 0 or is_saved:
                line = {"step": self.step, "seconds": round(self.seconds), "seen": self.seen, "renders": self.render_count}
                line |= self.read(means)
                if team.rank == 0:
                    print(json.dumps(line), file=log, flush=True)
                    print(json.dumps(line), flush=True)
            if is_saved:
                self.save()
                saved = time.monotonic()
        self.read(means)
        self.save()

    def read(self, means: dict[str, Tensor]) -> dict[str, float]:
        """The running means of the losses, which must be numbers."""
        if not means:
            return {}
        values = dict(zip(means, torch.stack(list(means.values())).tolist()))
        if not all(math.isfinite(value) for value in values.values()):
            raise FloatingPointError(f"by step {self.step} a loss is no number: {values}")
        return {name: round(value, 4) for name, value in values.items()}


def floating(module: torch.nn.Module) -> list[Tensor]:
    """The parameters and running statistics of a module, without its counters."""
    return [value for value in module.state_dict().values() if value.dtype.is_floating_point]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--renders", type=Path)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--initial", type=Path, help="checkpoint, or folder of exported graphs, whose weights to begin with")
    parser.add_argument("--initial-trunk", choices=["features", "segmenter"], default="features", help="of two graphs, whose trunk to keep")
    parser.add_argument("--stop-after", type=int, help="stop (and save) at this step, for tests")
    arguments = parser.parse_args()
    trainer = Trainer(arguments.config, arguments.renders, arguments.photos, arguments.output, arguments.initial, arguments.initial_trunk)
    trainer.run(arguments.stop_after)


if __name__ == "__main__":
    main()
