"""Measures an exported pair, with ONNX Runtime, on what training never saw.

    python -m bsb_training.evaluate --models DIR --renders VALIDATION_DIR --photos DIR [--output results.json] [--against other-results.json]

Matching (a proxy for the whole method): cells of photo-like renders of validation shapes look for the most similar object cell among
grey reference renders of the same shape (other pictures), and of another shape of the category. Success: the same part label. Chance
is the share of that label among the cells searched. Segmentation: one click; IoU of the best of three masks with the clicked part and
with the object, and of the mask that is meant for it (first and last). Against the results of another set of models on the same pictures:
how much more these have on the same clicks, with the standard error over pictures.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from .colours import normalise
from .data import GREY_REFERENCE, PHOTO_LIKE, PhotoSet, RenderSet, object_boxes
from .export import session
from .model import STRIDE
from .object_head import at_cells, combined, sampled
from .vocabulary import BACKGROUND, IGNORE, OBJECT, THING


UNSEEN = ("lights", "vehicles", "bathroom")  # groups of everyday objects that the split keeps whole


def side_of(models: Path, graph: str, side: int | None) -> int:
    """The longest side in pixels at which a graph is to be used: as asked for, or as the manifest says."""
    return side or json.loads((models / "models.json").read_text())["files"][graph]["inputSize"]


def resized(values: np.ndarray, side: int, nearest: bool) -> np.ndarray:
    """A square picture or label map at another size, as the product resizes."""
    how = Image.Resampling.NEAREST if nearest else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(values).resize((side, side), how))


def network_input(rgb: np.ndarray, side: int) -> np.ndarray:
    image = torch.from_numpy(resized(rgb, side, False).copy()).permute(2, 0, 1)[None].float() / 255
    return normalise(image).numpy()


def square_around(x0: int, y0: int, x1: int, y1: int, side: int, margin: float = 0.1) -> tuple[int, int, int, int]:
    """A square around a box with a margin, inside a picture of the given side."""
    size = min(side, round(max(x1 - x0, y1 - y0) * (1 + 2 * margin)))
    left, top = (int(np.clip((a + b - size) // 2, 0, side - size)) for a, b in ((x0, x1), (y0, y1)))
    return left, top, left + size, top + size


def interval(successes: float, n: int) -> str:
    """A share with its 95 % Wilson interval."""
    if n == 0:
        return "none"
    p, z = successes / n, 1.96
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{p:.3f} [{middle - half:.3f}, {middle + half:.3f}] n={n}"


class Matching:
    """Features and labels of the object cells of validation renders, by shape and style."""

    def __init__(self, models: Path, renders: RenderSet, per_shape: int, rng: np.random.Generator, side: int | None = None):
        self.side = side_of(models, "features.onnx", side)
        self.network = session(models / "features.onnx", torch.get_num_threads())
        self.stride = json.loads((models / "models.json").read_text())["files"]["features.onnx"]["stride"]
        self.renders, self.rng = renders, rng
        self.categories = renders.shape_categories
        self.pictures: dict[int, dict[int, list]] = {}
        for run in rng.permutation(renders.runs):
            data = renders.read_run(int(run))
            for i in range(len(data["rgb"])):
                shape, style = int(data["shape"][i]), int(data["style"][i])
                found = self.pictures.setdefault(shape, {}).setdefault(style, [])
                if len(found) < per_shape and style in (GREY_REFERENCE, PHOTO_LIKE):
                    cells = self.cells(data["rgb"][i], data["label"][i])
                    if cells is not None:
                        found.append(cells)

    def cells(self, rgb: np.ndarray, label: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """Unit features [n,D] and labels [n] of the labelled object cells of one picture."""
        x0, y0, x1, y1 = square_around(*object_boxes(torch.from_numpy(label)[None])[0][0].tolist(), len(label))
        rgb, label = rgb[y0:y1, x0:x1], label[y0:y1, x0:x1]
        features = self.network.run(None, {"image": network_input(rgb, self.side)})[0][0]
        features = features.reshape(len(features), -1).T
        half = self.stride // 2
        labels = resized(label, self.side, True)[half :: self.stride, half :: self.stride].ravel()
        known = labels < IGNORE
        if known.sum() < 20:
            return None
        features = features[known]
        return features / np.linalg.norm(features, axis=1, keepdims=True).clip(1e-6), labels[known]

    def measure(self, clicks: int = 24) -> dict:
        """Success and chance for same-shape and cross-shape search, over all and by category."""
        tally: dict[str, dict[str, list[float]]] = {"same": {}, "cross": {}}
        chance: dict[str, list[float]] = {"same": [], "cross": []}
        for shape, styles in self.pictures.items():
            category = self.categories[shape]
            others = [s for s in self.pictures if s != shape and self.categories[s] == category]
            targets = {"same": self.pictures[shape].get(GREY_REFERENCE, [])}
            if others:
                targets["cross"] = self.pictures[int(self.rng.choice(others))].get(GREY_REFERENCE, [])
            for kind, grey in targets.items():
                if grey:
                    bank = np.concatenate([g[0] for g in grey])
                    bank_labels = np.concatenate([g[1] for g in grey])
                    for features, labels in styles.get(PHOTO_LIKE, []):
                        chosen = self.clicks(labels, clicks)
                        hits = bank_labels[(features[chosen] @ bank.T).argmax(1)] == labels[chosen]
                        tally[kind].setdefault(category, []).extend(hits.tolist())
                        chance[kind] += [(bank_labels == label).mean() for label in labels[chosen]]
        result = {}
        for kind, by_category in tally.items():
            everything = [hit for hits in by_category.values() for hit in hits]
            result[kind] = {
                "success": interval(sum(everything), len(everything)),
                "mean over categories": round(float(np.mean([np.mean(h) for h in by_category.values()])), 3) if by_category else None,
                "chance": round(float(np.mean(chance[kind])), 3) if chance[kind] else None,
                "by category": {c: interval(sum(h), len(h)) for c, h in sorted(by_category.items())},
            }
        return result

    def clicks(self, labels: np.ndarray, count: int) -> np.ndarray:
        """Cells of a picture: a random part each, then a random cell of it, so that small parts count too."""
        values = np.unique(labels)
        return np.array([self.rng.choice(np.flatnonzero(labels == self.rng.choice(values))) for _ in range(count)])


class Segmentation:
    """One-click masks against parts and objects."""

    CLICKS = 3  # in each picture

    def __init__(self, models: Path, rng: np.random.Generator, side: int | None = None):
        self.side = side_of(models, "segmenter-encoder.onnx", side)
        self.encoder = session(models / "segmenter-encoder.onnx", torch.get_num_threads())
        self.decoder = session(models / "segmenter-decoder.onnx", torch.get_num_threads())
        self.rng = rng
        self.values: dict[str, list[float]] = {}
        self.features = None
        if (models / "object-head.onnx").exists():
            self.feature_side = side_of(models, "features.onnx", None)
            self.features, self.head = (session(models / f"{name}.onnx", torch.get_num_threads()) for name in ("features", "object-head"))

    def add(self, rgb: np.ndarray, label: np.ndarray, instance: np.ndarray, parts: bool):
        """Clicks random parts (or the object) of one square picture."""
        picture = rgb
        label, instance = resized(label, self.side, True), resized(instance, self.side, True)
        inside, known = (label != BACKGROUND) & (label != IGNORE), label != IGNORE
        ids, counts = np.unique(instance[inside], return_counts=True)
        ids = ids[(counts >= 48) & (ids < 251)]
        if inside.sum() < 200 or (parts and len(ids) == 0):
            return
        embedding = self.encoder.run(None, {"image": network_input(rgb, self.side)})[0]
        cells = self.features and self.features.run(["features"], {"image": network_input(picture, self.feature_side)})[0]
        for _ in range(self.CLICKS):
            region = inside & (instance == self.rng.choice(ids)) if parts else inside
            row, column = divmod(int(self.rng.choice(np.flatnonzero(region))), self.side)
            masks, scores = self.ask(embedding, column + 0.5, row + 0.5, cells)
            truths = {"part": region, "object": inside} if parts else {"object": inside}
            for name, truth in truths.items():
                ious = [((m & truth & known).sum() + 1e-9) / ((m | truth) & known).sum().clip(1) for m in masks]
                meant = 0 if name == "part" else 2
                self.note(f"{name} best of three", max(ious))
                self.note(f"{name} meant mask", ious[meant])
                self.note(f"{name} predicted IoU error", abs(scores[meant] - ious[meant]))
                self.note(f"{name} chance (whole frame)", truth.sum() / known.sum())
            self.note("nested", float((masks[0] & ~masks[2]).sum() <= 0.05 * masks[0].sum()))

    def note(self, name: str, value: float):
        self.values.setdefault(name, []).append(float(value))

    def ask(self, embedding: np.ndarray, x: float, y: float, seen: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        """Three masks [3,side,side] (bool) and their scores for one click; the last with what the object head adds, by the features `seen`."""
        cells = self.side // STRIDE
        masks, scores = self.decoder.run(
            None,
            {
                "embedding": embedding,
                "points": np.array([[[x, y]]], np.float32),
                "labels": np.ones((1, 1), np.float32),
                "box": np.zeros((1, 4), np.float32),
                "previous": np.zeros((1, 1, cells, cells), np.float32),
            },
        )
        masks = torch.from_numpy(masks)
        if seen is not None:
            columns = seen.shape[3]
            logits = at_cells(masks[0], columns)[None].numpy()
            click = np.array([[x, y]], np.float32) * columns / self.side
            added = self.head.run(None, {"features": seen, "masks": logits, "click": click})[0][0, 0]
            masks[0, 2] = combined(masks[0, 2], sampled(torch.from_numpy(added), columns / cells, (cells, cells)))
        large = torch.nn.functional.interpolate(masks, scale_factor=STRIDE, mode="bilinear", align_corners=False)
        return large[0].numpy() > 0, scores[0]

    def result(self) -> dict:
        """Means with standard errors."""
        return {
            name: f"{np.mean(v):.3f} +- {np.std(v) / max(1, len(v)) ** 0.5:.3f} n={len(v)}" for name, v in sorted(self.values.items())
        }

    def gain(self, other: dict[str, list[float]]) -> dict:
        """How much more these masks have than another segmenter's of the same clicks, with standard errors over pictures."""
        result = {}
        for name, values in sorted(self.values.items()):
            if len(values) != len(other.get(name, [])):
                raise ValueError(f"{name}: the other results are of other clicks")
            difference = (np.array(values) - np.array(other[name])).reshape(-1, self.CLICKS).mean(1)
            result[name] = f"{difference.mean():+.3f} +- {difference.std() / len(difference) ** 0.5:.3f}"
        return result


def kinds(name: str) -> str:
    """Whether training saw other objects of an everyday object's group."""
    return "unseen" if name.split("/")[0] in UNSEEN else "seen"


def segment_renders(models: Path, renders: RenderSet, pictures: int) -> dict[str, Segmentation]:
    """Clicks in photo-like and grey renders."""
    segmenters: dict[str, Segmentation] = {}
    count: dict[str, int] = {}
    for run in np.random.default_rng(0).permutation(renders.runs):
        data = renders.read_run(int(run))
        shape = renders.manifest["shapes"][data["shape"][0]]
        for i, style in enumerate(data["style"]):
            name = "photo-like" if style == PHOTO_LIKE else "grey"
            if shape["category"] == THING:
                name += f", {kinds(shape['name'])} everyday"
            labelled = bool((data["label"][i] < OBJECT).any())
            if labelled and count.get(name, 0) < pictures:
                segmenters.setdefault(name, Segmentation(models, np.random.default_rng(len(name))))
                count[name] = count.get(name, 0) + 1
                segmenters[name].add(data["rgb"][i], data["label"][i], data["instance"][i], True)
    return {f"{name} renders": segmenter for name, segmenter in segmenters.items()}


def segment_photos(models: Path, photos: PhotoSet, pictures: int) -> dict[str, Segmentation]:
    """Clicks in the held-out photos with masks, by collection."""
    result, rng = {}, np.random.default_rng(0)
    for kind, indices in photos.by_kind.items():
        if kind == "objects" or len(indices) == 0:
            continue
        segmenter = result[f"{kind} photos"] = Segmentation(models, rng)
        for index in rng.permutation(indices)[:pictures]:
            data = {k: v[0].numpy() for k, v in photos.read(torch.tensor([index])).items()}
            segmenter.add(data["rgb"], data["label"], data["instance"], photos.pictures[index]["parts"])
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--renders", type=Path)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--pictures", type=int, default=200, help="pictures per kind for segmentation")
    parser.add_argument("--threads", type=int, default=2, help="of each network; one on a machine that others use too")
    parser.add_argument("--no-matching", action="store_true", help="measure the segmenter alone")
    parser.add_argument("--output", type=Path, help="a file for the results, with the values of each click")
    parser.add_argument("--against", type=Path, help="such a file of another set of models, on the same pictures")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    result: dict = {}
    segmenters: dict[str, Segmentation] = {}
    if arguments.renders:
        renders = RenderSet(arguments.renders)
        if not arguments.no_matching:
            result["matching"] = Matching(arguments.models, renders, 8, np.random.default_rng(0)).measure()
        segmenters |= segment_renders(arguments.models, renders, arguments.pictures)
    if arguments.photos:
        segmenters |= segment_photos(arguments.models, PhotoSet(arguments.photos, held=True), arguments.pictures)
    result |= {f"segmentation, {name}": segmenter.result() for name, segmenter in segmenters.items()}
    if arguments.against:
        others = json.loads(arguments.against.read_text())["clicks"]
        result["gain"] = {name: segmenter.gain(others[name]) for name, segmenter in segmenters.items()}
    print(json.dumps(result, indent=2))
    if arguments.output:
        clicks = {name: segmenter.values for name, segmenter in segmenters.items()}
        arguments.output.write_text(json.dumps(result | {"clicks": clicks}, indent=1) + "\n")


if __name__ == "__main__":
    main()
