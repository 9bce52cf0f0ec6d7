"""What scripts/clicks, scripts/pairs and scripts/paintings share: photos and meshes of a kind, `bsb`, and pictures side by side."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

try:
    import numpy
    from PIL import Image, ImageDraw
except ImportError as error:
    sys.exit(f"{Path(sys.argv[0]).name}: {error}; install Pillow and numpy")

ROOT = Path(__file__).resolve().parent.parent
BSB = os.environ.get("BSB", str(ROOT / ".build/release/bsb"))


def validation_shapes():
    """The labelled meshes that training has not seen: their ids by category, in the order of the split."""
    shapes = {}
    with open(ROOT / "Training/split.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["split"] == "validation":
                shapes.setdefault(row["category"], []).append(row["id"])
    return shapes


def kinds():
    """Where photos and meshes of each kind are, by name."""
    return json.loads((ROOT / "scripts/clicks.json").read_text())


def photos_of(data, kind):
    """The photos of a kind; where each photo has a folder of its own, those that are named so."""
    photos = []
    for folder in kind["photos"]:
        place, _, name = folder.rpartition("/")
        if place == "photos/affordance-tools":
            photos += sorted(path for path in (data / place).glob(f"{name}_*/photo.*"))
        else:
            photos += sorted(path for path in (data / folder).iterdir() if path.suffix in {".webp", ".jpg"})
    return photos


def meshes_of(data, kind):
    """The meshes of a kind; of labelled ones only the validation shapes."""
    held_out = {f"labeled-meshes/{category}/{name}.off" for category, names in validation_shapes().items() for name in names}
    meshes = [path for pattern in kind["meshes"] for path in sorted(data.glob(pattern)) if path.suffix in {".obj", ".off", ".glb", ".ply"}]
    return [path for path in meshes if path.parts[-3] != "labeled-meshes" or str(path.relative_to(data)) in held_out]


def pixels_of(mask):
    """Which pixels the picture of a mask has."""
    return numpy.asarray(Image.open(mask).convert("L")) > 127


def mask_of(photo):
    """Which pixels show the object, as the data has it; None where it does not say."""
    mask, ranks = photo.with_name(photo.stem + ".mask.png"), photo.with_name("part_rank.npz")
    if mask.exists():
        return pixels_of(mask)
    return (numpy.load(ranks)["rank"] > 0).any(axis=-1) if ranks.exists() else None


def click_in(photo, draw):
    """A pixel of the object, (x, y): anywhere on it where the data has its mask, else anywhere in the middle third of the photo."""
    inside = mask_of(photo)
    if inside is None:
        width, height = Image.open(photo).size
        inside = numpy.zeros((height, width), bool)
        inside[height // 3 : -(-2 * height // 3), width // 3 : -(-2 * width // 3)] = True
    rows, columns = numpy.nonzero(inside)
    at = draw.randrange(len(rows))
    return int(columns[at]), int(rows[at])


def ask(*words):
    """The exit code of `bsb` and what it prints as JSON; nothing where it fails, which is told."""
    run = subprocess.run([BSB, *map(str, words), "--json"], capture_output=True, text=True)
    if run.returncode in (0, 2):
        return run.returncode, json.loads(run.stdout)
    print(run.stderr.strip(), file=sys.stderr)
    return run.returncode, {}


def write_table(path, rows):
    """A file of lines with tabs."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t").writerows(rows)


def sheets(output, names, name="sheet", columns=3, rows=3, size=(600, 410)):
    """Pictures of some overviews each, in order, each with its name."""
    width, height = size
    for start in range(0, len(names), columns * rows):
        part = names[start : start + columns * rows]
        sheet = Image.new("RGB", (columns * width, height * -(-len(part) // columns)), "white")
        for index, folder in enumerate(part):
            path = output / folder / "overview.png"
            if path.exists():
                picture = Image.open(path).convert("RGB")
                picture.thumbnail((width, height - 14))
                sheet.paste(picture, (index % columns * width, index // columns * height + 14))
            ImageDraw.Draw(sheet).text((index % columns * width + 4, index // columns * height), folder, fill="red")
        sheet.save(output / f"{name}-{start // (columns * rows)}.png")
