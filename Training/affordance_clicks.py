"""Clicks in the affordance-tools photos, as `bsb evaluate photos` reads them.

Each photo of a mug, a cup or a pair of scissors has the rank of seven affordances for each pixel. Where the first affordance is one that
a part of the meshes has, pixels well inside the region are drawn as clicks on that part.

    python Training/affordance_clicks.py PHOTOS clicks.json --clicks 4
"""

import argparse
import json
import pathlib

import numpy as np
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=pathlib.Path, help="the folder affordance-tools")
    parser.add_argument("output", type=pathlib.Path, help="the file of clicks to write")
    parser.add_argument("--clicks", type=int, default=4, help="clicks for each region of a photo")
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
            photos.append({"image": str((folder / "photo.jpg").resolve()), "category": category, "clicks": clicks})
    options.output.write_text(json.dumps({"photos": photos}, indent=1) + "\n")


if __name__ == "__main__":
    main()
