"""Reading renders and photos, and turning them into augmented training batches.

Renders: shards of runs of four pictures of the same shape. Photos: the one shard that `photos.py` writes. A batch is assembled on the
fly, on the device that trains: one random affine map per picture (a mirror image is shared by a run, because it makes another shape
of it), then colours. On a GPU all pictures stay in its memory; on a CPU they stay on disk and are mapped.
"""

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .colours import normalise
from .model import STRIDE
from .randomness import Draw
from .vocabulary import BACKGROUND, IGNORE, OBJECT, THING, Vocabulary

RUN = 4  # pictures of a shape in a row, on disk
PICTURES = 2  # of these, how many a batch takes: more shapes are worth more than more pictures of one
GREY_REFERENCE, GREY_ROBUST, PHOTO_LIKE, REAL = 0, 1, 2, 3


class RenderSet:
    """All complete shards of a folder of renders; `rescan` picks up those that have appeared since, `watch` does so beside the training.

    With `device` the pictures are copied there, into room for as many as the manifest announces.
    """

    ARRAYS = ("rgb", "label", "instance", "region", "surface", "shape", "style")

    def __init__(self, root: Path, device: str | None = None):
        self.root = root
        self.manifest = json.loads((root / "manifest.json").read_text())
        self.shards: list[dict[str, np.ndarray]] = []
        self.starts = np.zeros(0, np.int64)  # the first run of each shard
        self.known: set[str] = set()
        self.count = 0
        self.device = device
        self.resident: dict[str, Tensor] = {}
        self.rescan()

    def watch(self, seconds: float):
        """Looks for new shards every so often for as long as the process lives or until all announced pictures are there."""

        def look():
            while self.count < self.manifest.get("count", 0):
                time.sleep(seconds)
                self.rescan()

        threading.Thread(target=look, daemon=True).start()

    def rescan(self) -> int:
        """Opens new shards; one that is still being written is left for the next time. Returns how many pictures there are."""
        for folder in sorted(self.root.glob("shard-*")):
            if folder.name not in self.known and all((folder / f"{name}.npy").exists() for name in self.ARRAYS):
                try:
                    shard = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in self.ARRAYS}
                except (ValueError, OSError, EOFError):
                    continue
                if len({len(array) for array in shard.values()}) == 1:
                    self.add(shard)
                    self.known.add(folder.name)
        return self.count

    def add(self, shard: dict[str, np.ndarray]):
        """Takes a shard's whole runs."""
        length = len(shard["rgb"]) // RUN * RUN
        shard = {name: array[:length] for name, array in shard.items()}
        self.starts = np.append(self.starts, self.count // RUN)
        if self.device:
            room = max(self.manifest.get("count", 0), self.count + length)
            for name, array in shard.items():
                values = torch.from_numpy(np.ascontiguousarray(array))
                if name not in self.resident:
                    self.resident[name] = torch.empty((room, *values.shape[1:]), dtype=values.dtype, device=self.device)
                self.fill(self.resident[name][self.count : self.count + length], values)
        else:
            self.shards.append(shard)
        self.count += length

    @staticmethod
    def fill(room: Tensor, values: Tensor):
        """Copies to the device, on a stream of its own so that nobody waits for it but the caller."""
        if room.device.type != "cuda":
            room.copy_(values)
            return
        stream = torch.cuda.Stream(room.device)
        with torch.cuda.stream(stream):
            room.copy_(values.pin_memory(), non_blocking=True)
        stream.synchronize()

    @property
    def runs(self) -> int:
        return self.count // RUN

    @property
    def run_shapes(self) -> Tensor:
        """The shape of each run."""
        if self.device:
            return self.resident["shape"][: self.count : RUN].long()
        return torch.from_numpy(np.concatenate([shard["shape"][::RUN] for shard in self.shards])).long()

    @property
    def class_names(self) -> list[str]:
        """The class of each label; made-up shapes share the classes of real ones of the same name."""
        return [f"{c['category'].removeprefix('example:')}/{c['part']}" for c in self.manifest["classes"]]

    @property
    def shape_categories(self) -> list[str]:
        return [shape["category"].removeprefix("example:") for shape in self.manifest["shapes"]]

    def column(self, name: str, pictures: Tensor) -> Tensor:
        """One array of the given pictures, in their order."""
        if self.device:
            return self.resident[name][pictures]
        runs = pictures.numpy() // RUN
        shards = np.searchsorted(self.starts, runs, side="right") - 1
        rows = pictures.numpy() - self.starts[shards] * RUN
        return torch.from_numpy(np.stack([self.shards[s][name][r] for s, r in zip(shards, rows)]))

    def read(self, pictures: Tensor) -> dict[str, Tensor]:
        """All arrays of the given pictures."""
        return {name: self.column(name, pictures) for name in self.ARRAYS}

    def read_run(self, run: int) -> dict[str, np.ndarray]:
        """The pictures of one run."""
        return {name: values.cpu().numpy() for name, values in self.read(torch.arange(RUN * run, RUN * (run + 1))).items()}


class PhotoSet:
    """The real photos, without (or only) those held out."""

    def __init__(self, root: Path, held: bool = False, device: str | None = None):
        manifest = json.loads((root / "photos" / "manifest.json").read_text())
        self.sets: dict[str, list[str]] = manifest["sets"]
        self.pictures = manifest["pictures"]
        self.device = device
        self.arrays = {k: np.load(root / "photos" / f"{k}.npy", mmap_mode="r") for k in ("rgb", "label", "instance")}
        if device:
            self.arrays = {k: torch.from_numpy(np.array(a)).to(device) for k, a in self.arrays.items()}
        self.by_kind: dict[str, np.ndarray] = {}
        for kind in sorted({p["kind"] for p in self.pictures}):
            chosen = [i for i, p in enumerate(self.pictures) if p["kind"] == kind and p["held"] == held]
            self.by_kind[kind] = np.array(chosen, np.int64)

    def read(self, indices: Tensor) -> dict[str, Tensor]:
        if self.device:
            return {k: a[indices] for k, a in self.arrays.items()}
        return {k: torch.from_numpy(np.stack([a[i] for i in indices.tolist()])) for k, a in self.arrays.items()}


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
    familiar: Tensor  # [B] bool, whether it is of a kind that a training that goes on from another should not forget
    runs: int  # the first PICTURES * runs pictures are renders

    @property
    def renders(self) -> int:
        """How many pictures are renders."""
        return PICTURES * self.runs


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
    """Makes batches from renders and photos, on `device`."""

    KIND_WEIGHTS = {"affordance-tools": 1.0, "car-parts": 2.0, "clothing": 2.5, "horses": 1.5, "objects": 4.0, "object-masks": 3.0}

    def __init__(
        self, renders: RenderSet | None, photos: PhotoSet | None, vocabulary: Vocabulary, augmentation: Augmentation, device: str = "cpu",
        masked_only: bool = False, kind_weights: dict[str, float] | None = None, familiar_kinds: Sequence[str] = (),
        familiar_share: float | None = None, regions: bool = True,
    ):
        self.renders, self.photos, self.augmentation, self.device = renders, photos, augmentation, device
        self.familiar_kinds, self.familiar_share, self.regions = set(familiar_kinds), familiar_share, regions
        if renders:
            categories = sorted(set(renders.shape_categories))
            self.category_of_shape = torch.tensor([categories.index(c) for c in renders.shape_categories], device=device)
            self.set_of_shape = torch.tensor([vocabulary.set_index(c) for c in renders.shape_categories], device=device)
            self.class_of_label = torch.tensor([vocabulary.classes.index(name) for name in renders.class_names], device=device)
            self.labelled_classes = len(renders.class_names)
            familiar = [bool(shape["labelled"]) and shape["category"] != THING for shape in renders.manifest["shapes"]]
            self.shape_familiar = torch.tensor(familiar, device=device)
        if photos:
            self.set_up_photos(photos, vocabulary, masked_only, self.KIND_WEIGHTS | (kind_weights or {}))

    def set_up_photos(self, photos: PhotoSet, vocabulary: Vocabulary, masked_only: bool, kind_weights: dict[str, float]):
        """What is known of each photo, as tensors, and how often each is drawn."""
        names, sets = list(photos.sets), [vocabulary.set_index(name) for name in photos.sets]
        weights = np.zeros(len(photos.pictures), np.float32)
        for kind, indices in photos.by_kind.items():
            if masked_only:
                indices = indices[[photos.pictures[i]["mask"] for i in indices]]
            weights[indices] = kind_weights.get(kind, 1.0) / max(1, len(indices))
        self.photo_weights = torch.from_numpy(weights).to(self.device)
        self.photo_sets = torch.tensor(sets, device=self.device)
        whole = [sets[names.index(p["set"])] if p["set"] else -1 for p in photos.pictures]
        self.photo_whole = torch.tensor(whole, device=self.device)
        self.photo_extents = torch.tensor([(0, 0, *p["extent"]) for p in photos.pictures], dtype=torch.float32, device=self.device)
        self.photo_has_parts = torch.tensor([p["parts"] for p in photos.pictures], device=self.device)
        self.photo_has_mask = torch.tensor([p["mask"] for p in photos.pictures], device=self.device)
        self.photo_familiar = torch.tensor([p["kind"] in self.familiar_kinds for p in photos.pictures], device=self.device)

    def make(self, draw: Draw, size: int, runs: int, photos: int, prefer_grey: bool = False) -> Batch:
        """A batch of `PICTURES * runs` renders and `photos` photos at `size` pixels."""
        runs = runs if self.renders else 0
        parts = [self.make_renders(draw, size, runs, prefer_grey)] if runs else []
        if self.photos and photos:
            parts.append(self.make_photos(draw, size, photos))
        fields = {k: torch.cat([getattr(p, k) for p in parts]) for k in Batch.__dataclass_fields__ if k != "runs"}
        return Batch(**fields, runs=runs)

    def pick_runs(self, draw: Draw, runs: int) -> Tensor:
        """Random runs [runs], so many of familiar shapes as `familiar_share` says where it is given and there are some of both."""
        familiar = None if self.familiar_share is None else self.shape_familiar[self.renders.run_shapes].float()
        if familiar is None or familiar.min() == familiar.max():
            return draw.integers(self.renders.runs, (runs,))
        weights = familiar / familiar.sum() * self.familiar_share + (1 - familiar) / (1 - familiar).sum() * (1 - self.familiar_share)
        return draw.choice(weights[None], runs)[0]

    def pick_pictures(self, draw: Draw, runs: int, prefer_grey: bool) -> Tensor:
        """Random runs, and a random few pictures of each (grey ones first, if wished)."""
        pictures = self.pick_runs(draw, runs)[:, None] * RUN + torch.arange(RUN, device=self.device)
        order = draw.uniform((runs, RUN))
        if prefer_grey:
            order = order + (self.renders.column("style", pictures.reshape(-1)).view(runs, RUN) == PHOTO_LIKE)
        return pictures.gather(1, order.argsort(1)[:, :PICTURES].sort(1).values).reshape(-1)

    def make_renders(self, draw: Draw, size: int, runs: int, prefer_grey: bool = False) -> Batch:
        data = self.renders.read(self.pick_pictures(draw, runs, prefer_grey))
        count, source = len(data["rgb"]), data["rgb"].shape[1]
        mirrored = (draw.uniform((runs,)) < self.augmentation.mirror).repeat_interleave(PICTURES)
        extents = torch.tensor([0.0, 0, source, source], device=self.device).expand(count, 4)
        affine = self.affine(draw, extents, source, mirrored, data["label"])
        image = self.picture(draw, data["rgb"], affine, size, data["style"] == GREY_REFERENCE)
        label, instance = (sample_map(data[k], affine, size // STRIDE) for k in ("label", "instance"))
        region = sample_map(data["region"], affine, size // STRIDE) if self.regions else torch.full_like(label, BACKGROUND)
        grouped, pieces = unnamed_parts(label, instance, region)
        shape = data["shape"].long()
        target = torch.where(label < self.labelled_classes, self.class_of_label[label.clamp_max(self.labelled_classes - 1)], -1)
        target = torch.where(label == OBJECT, self.set_of_shape[shape].view(-1, 1, 1), target)
        return Batch(
            image=image,
            target=target,
            inside=known_inside(label),
            label=grouped,
            instance=pieces,
            surface=sample_surface(data["surface"], affine, size // STRIDE, label),
            category=self.category_of_shape[shape],
            whole=torch.full((count,), -1, device=self.device),
            kind=self.set_of_shape[shape],
            has_parts=(pieces < IGNORE).flatten(1).any(1),
            has_mask=torch.ones(count, dtype=torch.bool, device=self.device),
            familiar=self.shape_familiar[shape],
            runs=runs,
        )

    def make_photos(self, draw: Draw, size: int, count: int) -> Batch:
        indices = draw.choice(self.photo_weights.expand(1, -1), count)[0]
        data = self.photos.read(indices)
        mirrored = draw.uniform((count,)) < 0.5
        affine = self.affine(draw, self.photo_extents[indices], data["rgb"].shape[1], mirrored, data["label"])
        label, instance = (sample_map(data[k], affine, size // STRIDE) for k in ("label", "instance"))
        known = label < IGNORE
        cells = size // STRIDE
        whole = self.photo_whole[indices]
        return Batch(
            image=self.picture(draw, data["rgb"], affine, size, torch.zeros_like(mirrored)),
            target=torch.where(known, self.photo_sets[torch.where(known, label, 0)], -1),
            inside=known_inside(label),
            label=label,
            instance=instance,
            surface=torch.full((count, cells, cells, 3), float("nan"), device=self.device),
            category=torch.full((count,), -1, device=self.device),
            whole=whole,
            kind=whole,
            has_parts=self.photo_has_parts[indices],
            has_mask=self.photo_has_mask[indices],
            familiar=self.photo_familiar[indices],
            runs=0,
        )

    def affine(self, draw: Draw, extents: Tensor, source: int, mirrored: Tensor, label: Tensor) -> Tensor:
        """[B,2,3]: from the output square to the source square, both -1...1. Keeps the middle of the extent or of the object in view.

        extents [B,4]: x0, y0, x1, y1 in pixels of the source.
        """
        count, a = (len(extents),), self.augmentation
        zoom, close = draw.log_uniform(count, *a.zoom), draw.log_uniform(count, *a.focus_zoom)
        boxes, found = object_boxes(label)
        focused = found & (draw.uniform(count) < a.focus)
        extents = torch.where(focused[:, None], boxes.float(), extents)
        zoom = torch.where(focused, close, zoom)
        aspect = draw.log_uniform(count, 0.905, 1.105)
        angle = torch.deg2rad(draw.uniform(count, -a.degrees, a.degrees)) * (draw.uniform(count) < 0.5)
        half_extent = (extents[:, 2:] - extents[:, :2]) / source
        middle = (extents[:, 2:] + extents[:, :2]) / source - 1
        largest = half_extent.amax(1)
        half_x, half_y = largest / zoom * aspect, largest / zoom / aspect
        # A small view wanders over the picture; a large one lets the picture wander inside it.
        shift_x = draw.uniform(count, -1, 1) * (half_extent[:, 0] - half_x).abs() * 0.8
        shift_y = draw.uniform(count, -1, 1) * (half_extent[:, 1] - half_y).abs() * 0.8
        cos, sin = torch.cos(angle), torch.sin(angle)
        flip = torch.where(mirrored, -1.0, 1.0)
        rows = [
            [half_x * cos * flip, -half_y * sin, middle[:, 0] + shift_x],
            [half_x * sin * flip, half_y * cos, middle[:, 1] + shift_y],
        ]
        return torch.stack([torch.stack(row, -1) for row in rows], 1)

    def picture(self, draw: Draw, rgb: Tensor, affine: Tensor, size: int, plain: Tensor) -> Tensor:
        """Resampled and recoloured pictures, normalised; half of them padded with zeros where the view leaves the picture."""
        source = rgb.permute(0, 3, 1, 2).float().div_(255)
        grid = F.affine_grid(affine, [len(rgb), 3, size, size], align_corners=False)
        image = F.grid_sample(source, grid, mode="bilinear", padding_mode="border", align_corners=False)
        image = self.recolour(draw, image, plain)
        outside = (grid.abs() > 1).any(3) & (draw.uniform((len(rgb), 1, 1)) < 0.5)
        return torch.where(outside[:, None], 0.0, normalise(image))

    def recolour(self, draw: Draw, image: Tensor, plain: Tensor) -> Tensor:
        """Gain, contrast, saturation, tint, blur and noise; plain renders keep their exact look half of the time."""
        count, a = len(image), self.augmentation
        one = (count, 1, 1, 1)

        def spread(amount: float, channels: int = 1) -> Tensor:
            return torch.exp(draw.uniform((count, channels, 1, 1), -amount, amount))

        changed = image * spread(a.colour * 0.7) * spread(a.colour * 0.3, 3)
        middle = changed.mean((1, 2, 3), keepdim=True)
        changed = (changed - middle) * spread(a.colour) + middle
        luminance = changed.mean(1, keepdim=True)
        changed = torch.where(draw.uniform(one) < a.grey, luminance, (changed - luminance) * spread(a.colour) + luminance)
        soft = draw.uniform(one) < a.blur
        changed = torch.where(soft, blur(changed, float(draw.on_host.uniform(0.4, 1.4))), changed)
        changed = (changed + draw.normal(changed.shape) * draw.uniform(one, 0, a.noise)).clamp(0, 1)
        return torch.where(plain.view(one) & (draw.uniform(one) < 0.5), image, changed)


def object_boxes(label: Tensor) -> tuple[Tensor, Tensor]:
    """The bounding boxes [B,4] (x0, y0, x1, y1) of what is labelled in [B,H,W], and whether there is enough of it to look at."""
    inside = (label != BACKGROUND) & (label != IGNORE)
    x0, x1 = first_and_end(inside.any(1))
    y0, y1 = first_and_end(inside.any(2))
    return torch.stack([x0, y0, x1, y1], 1), inside.sum((1, 2)) > 60


def first_and_end(marked: Tensor) -> tuple[Tensor, Tensor]:
    """Of each row of [B,n]: the index of the first mark, and one more than that of the last; 0 and n where there is none."""
    values = marked.to(torch.uint8)
    return values.argmax(1), marked.shape[1] - values.flip(1).argmax(1)


def blur(image: Tensor, sigma: float) -> Tensor:
    """A 5-tap Gaussian along both axes."""
    taps = torch.exp(-0.5 * (torch.arange(-2.0, 3.0, device=image.device) / sigma) ** 2)
    kernel = (taps / taps.sum()).view(1, 1, 1, 5).repeat(3, 1, 1, 1)
    image = F.conv2d(F.pad(image, (2, 2, 0, 0), mode="replicate"), kernel, groups=3)
    return F.conv2d(F.pad(image, (0, 0, 2, 2), mode="replicate"), kernel.transpose(2, 3), groups=3)


def unnamed_parts(label: Tensor, instance: Tensor, region: Tensor) -> tuple[Tensor, Tensor]:
    """Labels and parts [B,h,w] in which the makers' regions stand for names where an object has none.

    A part of an unnamed object is a connected piece of a region, and all of a region has one label, beyond those of names. Where not
    even regions are known, or one is all that is seen, the object is without parts, as pieces alone say little of meaning.
    """
    unnamed = (label == OBJECT) & (region < BACKGROUND)
    several = unnamed & (region != torch.where(unnamed, region, -1).amax((1, 2), keepdim=True))
    unnamed &= several.flatten(1).any(1)[:, None, None]
    grouped = torch.where(unnamed, 256 + region, label)
    pieces = torch.where(label == OBJECT, BACKGROUND, instance)
    for index in unnamed.flatten(1).any(1).nonzero()[:, 0].tolist():
        mine = unnamed[index]
        _, number = torch.unique(region[index][mine] * 256 + instance[index][mine], return_inverse=True)
        # Numbers from the top, apart from those of named parts; what is beyond them is of no part.
        free = 250 - number
        taken = pieces[index][~mine & (pieces[index] <= 250)]
        lowest = int(taken.max()) + 1 if len(taken) else 0
        pieces[index][mine] = torch.where(free >= lowest, free, BACKGROUND)
    return grouped, pieces


def known_inside(label: Tensor) -> Tensor:
    """1 object, 0 background, -1 unknown."""
    return torch.where(label == BACKGROUND, 0, torch.where(label == IGNORE, -1, 1))


def sample_map(values: Tensor, affine: Tensor, cells: int) -> Tensor:
    """Nearest labels [B,cells,cells] (int64); background outside the source."""
    source = 255 - values[:, None].float()
    grid = F.affine_grid(affine, [len(values), 1, cells, cells], align_corners=False)
    return 255 - F.grid_sample(source, grid, mode="nearest", padding_mode="zeros", align_corners=False)[:, 0].round().long()


def sample_surface(values: Tensor, affine: Tensor, cells: int, label: Tensor) -> Tensor:
    """Nearest surface coordinates [B,cells,cells,3]; NaN off the object."""
    source = torch.nan_to_num(values.float(), nan=99.0).permute(0, 3, 1, 2)
    grid = F.affine_grid(affine, [len(values), 3, cells, cells], align_corners=False)
    found = F.grid_sample(source, grid, mode="nearest", padding_mode="border", align_corners=False).permute(0, 2, 3, 1)
    known = (found < 50).all(3) & (label != BACKGROUND)
    return torch.where(known[..., None], found, float("nan"))
