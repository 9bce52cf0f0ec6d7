"""Reading renders and photos, and turning them into augmented training batches.

Renders: shards of runs of four pictures of the same shape. Photos: the one shard that `photos.py` writes. A batch is assembled on the
fly: one random affine map per picture (a mirror image is shared by a run, because it makes another shape of it), then colours.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .model import STRIDE
from .vocabulary import BACKGROUND, IGNORE, OBJECT, Vocabulary

RUN = 4  # pictures of a shape in a row, on disk
PICTURES = 2  # of these, how many a batch takes: more shapes are worth more than more pictures of one
GREY_REFERENCE, GREY_ROBUST, PHOTO_LIKE, REAL = 0, 1, 2, 3
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def normalise(image: Tensor) -> Tensor:
    """RGB in 0...1 to what the networks expect."""
    return (image - MEAN.to(image.device)) / DEVIATION.to(image.device)


class RenderSet:
    """All complete shards of a folder of renders; `rescan` picks up those that have appeared since."""

    ARRAYS = ("rgb", "label", "instance", "surface", "shape", "style")

    def __init__(self, root: Path):
        self.root = root
        self.manifest = json.loads((root / "manifest.json").read_text())
        self.shards: list[dict[str, np.ndarray]] = []
        self.known: set[str] = set()
        self.rescan()

    def rescan(self) -> int:
        """Opens new shards; one that is still being written is left for the next time. Returns how many pictures there are."""
        for folder in sorted(self.root.glob("shard-*")):
            if folder.name not in self.known and all((folder / f"{name}.npy").exists() for name in self.ARRAYS):
                try:
                    shard = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in self.ARRAYS}
                except (ValueError, OSError, EOFError):
                    continue
                if len({len(array) for array in shard.values()}) == 1:
                    self.shards.append(shard)
                    self.known.add(folder.name)
        self.runs = np.array([(s, i) for s, shard in enumerate(self.shards) for i in range(0, len(shard["rgb"]) - RUN + 1, RUN)])
        return len(self.runs) * RUN

    @property
    def class_names(self) -> list[str]:
        """The class of each label; made-up shapes share the classes of real ones of the same name."""
        return [f"{c['category'].removeprefix('example:')}/{c['part']}" for c in self.manifest["classes"]]

    @property
    def shape_categories(self) -> list[str]:
        return [shape["category"].removeprefix("example:") for shape in self.manifest["shapes"]]

    def read(self, runs: np.ndarray, rng: np.random.Generator | None = None, prefer_grey: bool = False) -> dict[str, np.ndarray]:
        """The pictures of the given runs, run after run: all, or a random few of each (grey ones first, if wished) with a generator."""
        parts = []
        for s, i in self.runs[runs]:
            pick = np.arange(RUN)
            if rng:
                order = rng.random(RUN) + (prefer_grey & (self.shards[s]["style"][i : i + RUN] == PHOTO_LIKE))
                pick = np.sort(np.argsort(order)[:PICTURES])
            parts.append({k: a[i + pick] for k, a in self.shards[s].items()})
        return {k: np.concatenate([part[k] for part in parts]) for k in self.ARRAYS}


class PhotoSet:
    """The real photos, without (or only) those held out."""

    def __init__(self, root: Path, held: bool = False):
        manifest = json.loads((root / "photos" / "manifest.json").read_text())
        self.sets: dict[str, list[str]] = manifest["sets"]
        self.pictures = manifest["pictures"]
        self.arrays = {k: np.load(root / "photos" / f"{k}.npy", mmap_mode="r") for k in ("rgb", "label", "instance")}
        self.by_kind: dict[str, np.ndarray] = {}
        for kind in sorted({p["kind"] for p in self.pictures}):
            chosen = [i for i, p in enumerate(self.pictures) if p["kind"] == kind and p["held"] == held]
            self.by_kind[kind] = np.array(chosen, np.int64)

    def read(self, indices: np.ndarray) -> dict[str, np.ndarray]:
        return {k: np.stack([a[i] for i in indices]) for k, a in self.arrays.items()}


def build_vocabulary(renders: RenderSet | None, photos: PhotoSet | None) -> Vocabulary:
    """The classes of the renders, then those that only weak labels name."""
    categories = sorted(set(renders.shape_categories)) if renders else []
    return Vocabulary.build(renders.class_names if renders else [], categories, photos.sets if photos else {})


@dataclass
class Batch:
    """B augmented pictures; maps have the networks' stride."""

    image: Tensor  # [B,3,S,S] normalised
    target: Tensor  # [B,h,w] index of a candidate set, -1 where nothing is known
    inside: Tensor  # [B,h,w] 1 object, 0 background, -1 unknown
    label: Tensor  # [B,h,w] raw labels, for grouping instances
    instance: Tensor  # [B,h,w] 255 none
    surface: Tensor  # [B,h,w,3] surface coordinates, NaN where there are none
    category: Tensor  # [B] a number for the category of the run, -1 for photos
    whole: Tensor  # [B] candidate set of a whole photo without masks, -1 none
    kind: Tensor  # [B] the set that names the category of the shape or photo, -1 none
    has_parts: Tensor  # [B] bool
    has_mask: Tensor  # [B] bool
    runs: int  # the first PICTURES * runs pictures are renders


@dataclass
class Augmentation:
    """How far pictures are changed."""

    zoom: tuple[float, float] = (0.6, 1.4)
    focus: float = 0.0  # share of pictures whose view is the object's bounding box, zoomed by at most `focus_zoom`
    focus_zoom: tuple[float, float] = (0.65, 1.1)
    degrees: float = 15
    mirror: float = 0.3
    colour: float = 0.35
    grey: float = 0.1
    blur: float = 0.25
    noise: float = 0.03


class Batches:
    """Makes batches from renders and photos."""

    KIND_WEIGHTS = {"affordance-tools": 1.0, "car-parts": 2.0, "clothing": 2.5, "horses": 1.5, "objects": 4.0}

    def __init__(self, renders: RenderSet | None, photos: PhotoSet | None, vocabulary: Vocabulary, augmentation: Augmentation):
        self.renders, self.photos, self.augmentation = renders, photos, augmentation
        if renders:
            categories = sorted(set(renders.shape_categories))
            self.category_of_shape = np.array([categories.index(c) for c in renders.shape_categories])
            self.set_of_shape = np.array([vocabulary.set_index(c) for c in renders.shape_categories])
            self.class_of_label = torch.tensor([vocabulary.classes.index(name) for name in renders.class_names])
            self.labelled_classes = len(renders.class_names)
        if photos:
            self.photo_sets = np.array([vocabulary.set_index(name) for name in photos.sets])
            self.kinds = [k for k in photos.by_kind if len(photos.by_kind[k]) > 0]
            weights = np.array([self.KIND_WEIGHTS.get(k, 1.0) for k in self.kinds])
            self.kind_weights = weights / weights.sum()

    def make(self, rng: np.random.Generator, size: int, runs: int, photos: int, prefer_grey: bool = False) -> Batch:
        """A batch of `PICTURES * runs` renders and `photos` photos at `size` pixels."""
        runs = runs if self.renders else 0
        parts = [self.make_renders(rng, size, runs, prefer_grey)] if runs else []
        if self.photos and photos:
            parts.append(self.make_photos(rng, size, photos))
        fields = {k: torch.cat([getattr(p, k) for p in parts]) for k in Batch.__dataclass_fields__ if k != "runs"}
        return Batch(**fields, runs=runs)

    def make_renders(self, rng: np.random.Generator, size: int, runs: int, prefer_grey: bool = False) -> Batch:
        data = self.renders.read(rng.integers(len(self.renders.runs), size=runs), rng, prefer_grey)
        count = len(data["rgb"])
        mirrored = np.repeat(rng.random(runs) < self.augmentation.mirror, PICTURES)
        source = data["rgb"].shape[1]
        affine = self.affine(rng, np.tile([0, 0, source, source], (count, 1)), source, mirrored, data["label"])
        image = self.picture(rng, data["rgb"], affine, size, data["style"] == GREY_REFERENCE)
        label, instance = (sample_map(data[k], affine, size // STRIDE) for k in ("label", "instance"))
        shape = data["shape"].astype(np.int64)
        target = torch.where(label < self.labelled_classes, self.class_of_label[label.clamp_max(self.labelled_classes - 1)], -1)
        whole = torch.from_numpy(self.set_of_shape[shape]).view(-1, 1, 1).expand_as(target)
        target = torch.where(label == OBJECT, whole, target)
        return Batch(
            image=image,
            target=target,
            inside=known_inside(label),
            label=label,
            instance=torch.where(label == OBJECT, BACKGROUND, instance),
            surface=sample_surface(data["surface"], affine, size // STRIDE, label),
            category=torch.from_numpy(self.category_of_shape[shape]),
            whole=torch.full((count,), -1),
            kind=torch.from_numpy(self.set_of_shape[shape]),
            has_parts=(instance < IGNORE).flatten(1).any(1) & (label < self.labelled_classes).flatten(1).any(1),
            has_mask=torch.ones(count, dtype=torch.bool),
            runs=runs,
        )

    def make_photos(self, rng: np.random.Generator, size: int, count: int) -> Batch:
        kinds = rng.choice(len(self.kinds), size=count, p=self.kind_weights)
        indices = np.array([rng.choice(self.photos.by_kind[self.kinds[k]]) for k in kinds])
        data = self.photos.read(indices)
        pictures = [self.photos.pictures[i] for i in indices]
        extents = np.array([(0, 0, *p["extent"]) for p in pictures])
        affine = self.affine(rng, extents, data["rgb"].shape[1], rng.random(count) < 0.5, data["label"])
        label, instance = (sample_map(data[k], affine, size // STRIDE) for k in ("label", "instance"))
        sets = torch.from_numpy(self.photo_sets)
        known = label < IGNORE
        names = list(self.photos.sets)
        whole = [int(self.photo_sets[names.index(p["set"])]) if p["set"] else -1 for p in pictures]
        cells = size // STRIDE
        return Batch(
            image=self.picture(rng, data["rgb"], affine, size, np.zeros(count, bool)),
            target=torch.where(known, sets[torch.where(known, label, 0)], -1),
            inside=known_inside(label),
            label=label,
            instance=instance,
            surface=torch.full((count, cells, cells, 3), float("nan")),
            category=torch.full((count,), -1),
            whole=torch.tensor(whole),
            kind=torch.tensor(whole),
            has_parts=torch.tensor([p["parts"] for p in pictures]),
            has_mask=torch.tensor([p["mask"] for p in pictures]),
            runs=0,
        )

    def affine(self, rng: np.random.Generator, extents: np.ndarray, source: int, mirrored: np.ndarray, label: np.ndarray) -> Tensor:
        """[B,2,3]: from the output square to the source square, both -1...1. Keeps the middle of the extent or of the object in view.

        extents [B,4]: x0, y0, x1, y1 in pixels of the source.
        """
        count, a = len(extents), self.augmentation
        zoom = np.exp(rng.uniform(np.log(a.zoom[0]), np.log(a.zoom[1]), count))
        close = np.exp(rng.uniform(np.log(a.focus_zoom[0]), np.log(a.focus_zoom[1]), count))
        boxes, found = object_boxes(label)
        focused = found & (rng.random(count) < a.focus)
        extents = np.where(focused[:, None], boxes, extents).astype(np.float64)
        zoom = np.where(focused, close, zoom)
        aspect = np.exp(rng.uniform(-0.1, 0.1, count))
        angle = np.radians(rng.uniform(-a.degrees, a.degrees, count)) * (rng.random(count) < 0.5)
        half_extent = (extents[:, 2:] - extents[:, :2]) / source
        middle = (extents[:, 2:] + extents[:, :2]) / source - 1
        largest = half_extent.max(1)
        half_x, half_y = largest / zoom * aspect, largest / zoom / aspect
        # A small view wanders over the picture; a large one lets the picture wander inside it.
        shift_x = rng.uniform(-1, 1, count) * np.abs(half_extent[:, 0] - half_x) * 0.8
        shift_y = rng.uniform(-1, 1, count) * np.abs(half_extent[:, 1] - half_y) * 0.8
        cos, sin = np.cos(angle), np.sin(angle)
        flip = np.where(mirrored, -1.0, 1.0)
        rows = [
            [half_x * cos * flip, -half_y * sin, middle[:, 0] + shift_x],
            [half_x * sin * flip, half_y * cos, middle[:, 1] + shift_y],
        ]
        return torch.from_numpy(np.stack([np.stack(row, -1) for row in rows], 1).astype(np.float32))

    def picture(self, rng: np.random.Generator, rgb: np.ndarray, affine: Tensor, size: int, plain: np.ndarray) -> Tensor:
        """Resampled and recoloured pictures, normalised; half of them padded with zeros where the view leaves the picture."""
        source = torch.from_numpy(np.ascontiguousarray(rgb)).permute(0, 3, 1, 2).float().div_(255)
        grid = F.affine_grid(affine, [len(rgb), 3, size, size], align_corners=False)
        image = F.grid_sample(source, grid, mode="bilinear", padding_mode="border", align_corners=False)
        image = self.recolour(rng, image, plain)
        padded = torch.from_numpy(rng.random(len(rgb)) < 0.5).view(-1, 1, 1)
        outside = (grid.abs() > 1).any(3) & padded
        return torch.where(outside[:, None], 0.0, normalise(image))

    def recolour(self, rng: np.random.Generator, image: Tensor, plain: np.ndarray) -> Tensor:
        """Gain, contrast, saturation, tint, blur and noise; plain renders keep their exact look half of the time."""
        count, a = len(image), self.augmentation

        def spread(amount: float, channels: int = 1) -> Tensor:
            values = rng.uniform(-amount, amount, (count, channels, 1, 1)).astype(np.float32)
            return torch.from_numpy(np.exp(values))

        changed = image * spread(a.colour * 0.7) * spread(a.colour * 0.3, 3)
        middle = changed.mean((1, 2, 3), keepdim=True)
        changed = (changed - middle) * spread(a.colour) + middle
        luminance = changed.mean(1, keepdim=True)
        grey = torch.from_numpy(rng.random(count) < a.grey).view(-1, 1, 1, 1)
        changed = torch.where(grey, luminance, (changed - luminance) * spread(a.colour) + luminance)
        soft = torch.from_numpy(np.flatnonzero(rng.random(count) < a.blur))
        changed[soft] = blur(changed[soft], float(rng.uniform(0.4, 1.4)))
        seed = torch.Generator().manual_seed(int(rng.integers(2**31)))
        sigma = torch.from_numpy(rng.uniform(0, a.noise, (count, 1, 1, 1)).astype(np.float32))
        changed = (changed + torch.randn(changed.shape, generator=seed) * sigma).clamp(0, 1)
        keep = torch.from_numpy(plain & (rng.random(count) < 0.5)).view(-1, 1, 1, 1)
        return torch.where(keep, image, changed)


def object_boxes(label: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The bounding boxes [B,4] (x0, y0, x1, y1) of what is labelled in [B,H,W], and whether there is enough of it to look at."""
    inside = (label != BACKGROUND) & (label != IGNORE)
    columns, rows = inside.any(1), inside.any(2)
    width, height = label.shape[2], label.shape[1]
    boxes = [columns.argmax(1), rows.argmax(1), width - columns[:, ::-1].argmax(1), height - rows[:, ::-1].argmax(1)]
    return np.stack(boxes, 1), inside.sum((1, 2)) > 60


def blur(image: Tensor, sigma: float) -> Tensor:
    """A 5-tap Gaussian along both axes."""
    taps = torch.exp(-0.5 * (torch.arange(-2.0, 3.0) / sigma) ** 2)
    kernel = (taps / taps.sum()).view(1, 1, 1, 5).repeat(3, 1, 1, 1)
    image = F.conv2d(F.pad(image, (2, 2, 0, 0), mode="replicate"), kernel, groups=3)
    return F.conv2d(F.pad(image, (0, 0, 2, 2), mode="replicate"), kernel.transpose(2, 3), groups=3)


def known_inside(label: Tensor) -> Tensor:
    """1 object, 0 background, -1 unknown."""
    return torch.where(label == BACKGROUND, 0, torch.where(label == IGNORE, -1, 1))


def sample_map(values: np.ndarray, affine: Tensor, cells: int) -> Tensor:
    """Nearest labels [B,cells,cells] (int64); background outside the source."""
    source = 255 - torch.from_numpy(np.ascontiguousarray(values))[:, None].float()
    grid = F.affine_grid(affine, [len(values), 1, cells, cells], align_corners=False)
    return 255 - F.grid_sample(source, grid, mode="nearest", padding_mode="zeros", align_corners=False)[:, 0].round().long()


def sample_surface(values: np.ndarray, affine: Tensor, cells: int, label: Tensor) -> Tensor:
    """Nearest surface coordinates [B,cells,cells,3]; NaN off the object."""
    source = torch.from_numpy(np.nan_to_num(values.astype(np.float32), nan=99.0)).permute(0, 3, 1, 2)
    grid = F.affine_grid(affine, [len(values), 3, cells, cells], align_corners=False)
    found = F.grid_sample(source, grid, mode="nearest", padding_mode="border", align_corners=False).permute(0, 2, 3, 1)
    known = (found < 50).all(3) & (label != BACKGROUND)
    return torch.where(known[..., None], found, float("nan"))
