"""Clicks in the affordance-tools photos, as `bsb evaluate photos` and `bsb evaluate relate` read them.

Each photo of a mug, a cup or a pair of scissors has the rank of seven affordances for each pixel. Where the first affordance is one that
a part of the meshes has, pixels well inside the region are drawn as clicks on that part. With --masks, all pixels of each part
are written as a picture too, which `bsb evaluate relate` needs.

    python Training/affordance_clicks.py PHOTOS clicks.json --clicks 4 --masks masks
"""

import argparse
import json
import pathlib

import numpy as np
from PIL import Image
from scipy import ndimage

AFFORDANCES = ["grasp", "cut", "scoop", "contain", "pound", "support", "wrap-grasp"]
CATEGORIES = {"cup": "Cup", "mug": "Cup", "scissors": "Plier", "shears": "Plier"}
PARTS = {
    "Cup": {"grasp": "handle", "contain": "body", "wrap-grasp": "body"},
    # What opens scissors is held as the handle of pliers is; what cuts is at the place of their edge.
    "Plier": {"grasp": "handle", "cut": "edge"},
}


def clicks_of(rank: np.ndarray, category: str, count: int, random: np.random.Generator) -> list[dict]:
    """Up to `count` clicks for each affordance that ranks first somewhere; `rank` is height x width x 7."""
    clicks = []
    for affordance, part in PARTS[category].items():
        inside = rank[..., AFFORDANCES.index(affordance)] == 1
        # The annotation's border is rough: clicks stay two pixels inside where the region is thick enough.
        core = ndimage.binary_erosion(inside, iterations=2)
        rows, columns = np.nonzero(core if core.any() else inside)
        if len(rows) == 0:
            continue
        for index in random.choice(len(rows), size=min(count, len(rows)), replace=False):
            clicks.append({"x": int(columns[index]), "y": int(rows[index]), "part": part})
    return clicks


def masks_of(rank: np.ndarray, category: str) -> dict[str, np.ndarray]:
    """For each part of the category that the photo shows, the pixels where one of its affordances ranks first."""
    masks: dict[str, np.ndarray] = {}
    for affordance, part in PARTS[category].items():
        inside = rank[..., AFFORDANCES.index(affordance)] == 1
        masks[part] = masks.get(part, np.zeros_like(inside)) | inside
    return {part: mask for part, mask in masks.items() if mask.any()}


def write_masks(masks: dict[str, np.ndarray], name: str, folder: pathlib.Path) -> dict[str, str]:
    """Writes black and white pictures; returns their paths by part."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for part, mask in masks.items():
        path = folder / f"{name}-{part}.png"
        Image.fromarray(mask.astype(np.uint8) * 255).save(path)
        paths[part] = str(path.resolve())
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=pathlib.Path, help="the folder affordance-tools")
    parser.add_argument("output", type=pathlib.Path, help="the file of clicks to write")
    parser.add_argument("--clicks", type=int, default=4, help="clicks for each region of a photo")
    parser.add_argument("--masks", type=pathlib.Path, help="a folder to write the masks of the parts to")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random = np.random.default_rng(options.seed)
    photos = []
    for folder in sorted(path for path in options.photos.iterdir() if path.is_dir()):
        category = CATEGORIES.get(folder.name.rsplit("_", 1)[0])
        if category is None:
            continue
        rank = np.load(folder / "part_rank.npz")["rank"]
        clicks = clicks_of(rank, category, options.clicks, random)
        if clicks:
            photo = {"image": str((folder / "photo.jpg").resolve()), "category": category, "clicks": clicks}
            if options.masks:
                photo["masks"] = write_masks(masks_of(rank, category), folder.name, options.masks)
            photos.append(photo)
    options.output.write_text(json.dumps({"photos": photos}, indent=1) + "\n")


if __name__ == "__main__":
    main()
