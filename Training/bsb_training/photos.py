"""Turns the real photos into one shard of the renders' layout, so that both are read alike.

Writes DIR/photos/: rgb.npy uint8 [N,192,192,3] (letterboxed, padded with the mean colour), label.npy uint8 [N,192,192] (index into the
manifest's sets; 255 background, 254 object without a class, 253 unknown), instance.npy uint8 [N,192,192] (255 none), and manifest.json
(sets; per picture: name, set of the whole picture, extent, which masks it has, whether it is held out).

    python -m bsb_training.photos PHOTOS DIR
"""

import argparse
import json
import re
import sys
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from .vocabulary import BACKGROUND, IGNORE, OBJECT, SAME_PARTS, garment_sets

SIDE = 192
MEAN_COLOUR = (124, 116, 104)
TOOL_CHANNELS = ("grasp", "cut", "scoop", "contain", "pound", "support", "wrap-grasp")
TOOL_SETS = {
    ("cup", "grasp"): ["Cup/handle"],
    ("mug", "grasp"): ["Cup/handle"],
    ("scissors", "grasp"): ["Plier/handle"],
    ("shears", "grasp"): ["Plier/handle"],
    ("scissors", "cut"): ["Plier/edge"],
    ("shears", "cut"): ["Plier/edge"],
} | {(tool, "grasp"): ["Hammer/handle"] for tool in ("hammer", "mallet", "tenderizer")} | {
    (tool, "pound"): ["Hammer/head"] for tool in ("hammer", "mallet", "tenderizer")
}
HELD_TOOLS = "bowl_09 bowl_10 cup_05 hammer_04 knife_11 knife_12 ladle_04 mallet_04 mug_15 mug_17 mug_19 pot_02".split() + (
    "scissors_07 scoop_02 shears_02 shovel_02 spoon_09 spoon_10 tenderizer_02 trowel_05 turner_07 turner_08".split()
)


def tool_set(kind: str, channel: str) -> list[str]:
    """The candidate classes of an affordance of a kind of tool."""
    if channel in ("contain", "wrap-grasp"):
        return ["Cup/body"] if kind in ("cup", "mug") else ["Cup/body", "Vase/body"]
    return TOOL_SETS.get((kind, channel), ["Tool/grasp" if channel == "grasp" else "Tool/work"])


class Shard:
    """Pictures collected so far, and the sets their labels refer to."""

    def __init__(self, side: int = SIDE):
        self.side = side
        self.rgb, self.label, self.instance, self.pictures = [], [], [], []
        self.sets: dict[str, list[str]] = {}

    def set_index(self, name: str, classes: list[str]) -> int:
        self.sets.setdefault(name, classes)
        return list(self.sets).index(name)

    def add(self, image: Image.Image, label: np.ndarray, name: str, kind: str, held: bool, parts: bool, mask: bool, whole: str = ""):
        """Letterboxes and appends one picture; `label` has the picture's size."""
        scale = self.side / max(image.size)
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        rgb = Image.new("RGB", (self.side, self.side), MEAN_COLOUR)
        rgb.paste(image.convert("RGB").resize(size, Image.Resampling.BILINEAR), (0, 0))
        letterboxed = np.full((self.side, self.side), BACKGROUND, np.uint8)
        letterboxed[: size[1], : size[0]] = np.asarray(Image.fromarray(label).resize(size, Image.Resampling.NEAREST))
        self.rgb.append(np.asarray(rgb))
        self.label.append(letterboxed)
        self.instance.append(components(letterboxed) if parts else np.full((self.side, self.side), BACKGROUND, np.uint8))
        self.pictures.append(
            {"name": name, "kind": kind, "set": whole, "extent": size, "parts": parts, "mask": mask, "held": held}
        )


def components(label: np.ndarray, smallest: int = 12) -> np.ndarray:
    """Numbers the connected regions of equal label, largest-first up to 250; 255 where there is none."""
    regions = []
    for value in np.unique(label):
        if value < IGNORE:
            numbered, count = ndimage.label(label == value)
            sizes = np.bincount(numbered.ravel(), minlength=count + 1)
            regions += [(sizes[i], numbered == i) for i in range(1, count + 1) if sizes[i] >= smallest]
    regions.sort(key=lambda region: -region[0])
    instance = np.full(label.shape, BACKGROUND, np.uint8)
    for index, (_, region) in enumerate(regions[:250]):
        instance[region] = index
    return instance


def add_tools(shard: Shard, root: Path):
    for folder in sorted(root.iterdir()):
        image = Image.open(folder / "photo.jpg")
        inside = np.asarray(Image.open(folder / "object_mask.jpg").convert("L")) > 127
        try:
            rank = np.load(folder / "part_rank.npz")["rank"]
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            print(f"skipped {folder.name}: {error}", file=sys.stderr)
            continue
        kind = folder.name.rsplit("_", 1)[0]
        label = np.where(inside, OBJECT, BACKGROUND).astype(np.uint8)
        for channel, affordance in enumerate(TOOL_CHANNELS):
            part = rank[:, :, channel] == 1
            if part.any():
                label[part] = shard.set_index(f"{kind} {affordance}", tool_set(kind, affordance))
        shard.add(image, label, folder.name, "affordance-tools", folder.name in HELD_TOOLS, True, True)


def add_cars(shard: Shard, root: Path):
    for part in ("trainingset", "testset"):
        document = json.loads((root / part / "annotations.json").read_text())
        names = {c["id"]: c["name"] for c in document["categories"]}
        shapes: dict[int, list] = {}
        for annotation in document["annotations"]:
            shapes.setdefault(annotation["image_id"], []).append(annotation)
        for entry in document["images"]:
            image = Image.open(next((root / part).glob("*/" + entry["file_name"])))
            label = Image.new("L", (entry["width"], entry["height"]), BACKGROUND)
            draw = ImageDraw.Draw(label)
            outline = []
            for annotation in sorted(shapes.get(entry["id"], []), key=lambda a: -a["area"]):
                name = names[annotation["category_id"]]
                index = shard.set_index("car " + name, ["Car/" + re.sub("_?(left|right)_?", "_", name).strip("_")])
                for polygon in annotation["segmentation"]:
                    draw.polygon(polygon, fill=index)
                    outline += list(zip(polygon[0::2], polygon[1::2]))
            # Fenders and roofs have no polygon: inside the outline of the labelled parts the object is unknown.
            hull = convex_mask(outline, label.size)
            pixels = np.array(label)
            pixels[(pixels == BACKGROUND) & hull] = IGNORE
            shard.add(image, pixels, f"{part}/{entry['file_name']}", "car-parts", part == "testset", True, True)


def convex_mask(points: list[tuple[float, float]], size: tuple[int, int]) -> np.ndarray:
    """The filled convex hull of points (Andrew's monotone chain)."""
    mask = Image.new("1", size)
    hull: list[tuple[float, float]] = []
    for ordered in (sorted(points), sorted(points, reverse=True)):
        chain: list[tuple[float, float]] = []
        for p in ordered:
            while len(chain) > 1 and cross(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        hull += chain[:-1]
    if len(hull) > 2:
        ImageDraw.Draw(mask).polygon(hull, fill=1)
    return np.array(mask)


def cross(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def add_clothing(shard: Shard, root: Path):
    names = (root / "labels.txt").read_text().split()
    sets = garment_sets()
    for number, path in enumerate(sorted((root / "label").glob("*.png"))):
        image = Image.open(next((root / "photo").glob(path.stem + ".*")))
        source = np.asarray(Image.open(path))
        label = np.full(source.shape, BACKGROUND, np.uint8)
        for value in np.unique(source):
            name = names[value]
            if name != "null":
                label[source == value] = shard.set_index("worn " + name, sets[name]) if name in sets else OBJECT
        split_skin(shard, label, source == names.index("skin"), source != 0)
        shard.add(image, label, path.stem, "clothing", number % 5 == 0, True, True)


def split_skin(shard: Shard, label: np.ndarray, skin: np.ndarray, person: np.ndarray):
    """Calls skin at the top of a person head, and at the bottom foot."""
    rows = np.flatnonzero(person.any(1))
    if len(rows) == 0:
        return
    top, height = rows[0], max(1, rows[-1] - rows[0])
    numbered, count = ndimage.label(skin)
    for index in range(1, count + 1):
        region = numbered == index
        middle = (np.flatnonzero(region.any(1)).mean() - top) / height
        if middle < 0.2:
            label[region] = shard.set_index("face", ["Human/head"])
        elif middle > 0.9:
            label[region] = shard.set_index("bare foot", ["Human/foot", "Human/lowerleg"])


def add_horses(shard: Shard, root: Path):
    index = shard.set_index("horse", SAME_PARTS["horse"])
    for number, path in enumerate(sorted((root / "mask").glob("*.png"))):
        image = Image.open(next((root / "horse").glob(path.stem + ".*")))
        mask = np.asarray(Image.open(path).convert("L").resize(image.size, Image.Resampling.NEAREST)) > 127
        label = np.where(mask, index, BACKGROUND).astype(np.uint8)
        shard.add(image, label, path.stem, "horses", number % 5 == 0, False, True)


def add_objects(shard: Shard, root: Path):
    for folder in sorted(root.iterdir()):
        if folder.name == "BACKGROUND_Google":
            continue
        shard.set_index(folder.name, SAME_PARTS.get(folder.name, [folder.name + "/*"]))
        for number, path in enumerate(sorted(folder.glob("*.jpg"))):
            image = Image.open(path)
            label = np.full((image.height, image.width), IGNORE, np.uint8)
            name = f"{folder.name}/{path.name}"
            shard.add(image, label, name, "objects", number % 5 == 0, False, False, whole=folder.name)


def add_masks(shard: Shard, root: Path):
    for folder in sorted(root.iterdir()):
        index = shard.set_index("masked " + folder.name, [folder.name + "/*"])
        for number, path in enumerate(sorted(folder.glob("*.mask.png"))):
            image = Image.open(path.with_name(path.name.removesuffix(".mask.png") + ".webp"))
            mask = np.asarray(Image.open(path).convert("L").resize(image.size, Image.Resampling.NEAREST)) > 127
            label = np.where(mask, index, BACKGROUND).astype(np.uint8)
            shard.add(image, label, f"{folder.name}/{path.name}", "object-masks", number % 5 == 0, False, True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--masks", type=Path, help="a folder of photos with masks of objects, by kind")
    parser.add_argument("--side", type=int, default=SIDE, help="pixels of a picture's longest side")
    arguments = parser.parse_args()
    shard = Shard(arguments.side)
    steps = {
        "affordance-tools": add_tools,
        "car-parts": add_cars,
        "clothing": add_clothing,
        "horses": add_horses,
        "objects": add_objects,
    }
    for name, step in steps.items():
        if (arguments.photos / name).is_dir():
            step(shard, arguments.photos / name)
            print(name, len(shard.pictures))
    if arguments.masks:
        add_masks(shard, arguments.masks)
        print(arguments.masks.name, len(shard.pictures))
    folder = arguments.output / "photos"
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "rgb.npy", np.stack(shard.rgb))
    np.save(folder / "label.npy", np.stack(shard.label))
    np.save(folder / "instance.npy", np.stack(shard.instance))
    (folder / "manifest.json").write_text(json.dumps({"sets": shard.sets, "pictures": shard.pictures}))


if __name__ == "__main__":
    main()
