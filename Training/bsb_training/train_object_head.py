"""Trains the object head on clicks in photos with masks and in renders, and writes its graph beside a released pair.

    python -m bsb_training.train_object_head --models ../Sources/Backbones/Models --renders WORK/renders --photos WORK/photos \
        --validation WORK/validation --examples WORK/objects --output MODELS --version 0.10

Both networks of the pair run once over all pictures, whole and in cuts around the object (kept in `--examples`); then only the head is
trained. No GPU: about ten minutes for the examples on two cores, five for the head. What it says on held-out photos and on validation
renders, beside the segmenter's own mask of the object, goes to stdout, with standard errors over pictures.
"""

import argparse
import json
import shutil
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from PIL import Image

from .colours import normalise
from .data import PHOTO_LIKE, PhotoSet, RenderSet
from .export import OPSET, entry, session, store_half
from .export_joint import write_manifest
from .evaluate import UNSEEN
from .object_head import ObjectHead, at_cells, combined, loss, sampled
from .vocabulary import BACKGROUND, IGNORE, THING

SIDE, GRID = 320, 40  # the features' frame in pixels and in cells
FINE = 2  # points across a cell at which the mask is judged in training
SEGMENTER = 192  # the segmenter's frame
CLICKS = 2  # in each view of a picture for training
CUTS = {"object-masks": 2, "horses": 1, "affordance-tools": 2, "clothing": 0, "car-parts": 0}  # views beside the whole picture
RENDERS = {"renders, labelled": 2400, "renders, everyday": 800}  # photo-like pictures for training
LEAST = 0.01  # share of a view that an object takes at least
HELD_RENDERS = 120  # pictures of each kind for validation


class Networks:
    """The released pair."""

    def __init__(self, models: Path):
        names = ("features", "segmenter-encoder", "segmenter-decoder")
        self.features, self.encoder, self.decoder = (session(models / f"{name}.onnx", threads=1) for name in names)

    def look(self, rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Features [D,40,40] and embedding of a square picture of 320 pixels."""
        seen = normalise(torch.from_numpy(rgb.copy()).permute(2, 0, 1)[None].float() / 255)
        small = np.asarray(Image.fromarray(rgb).resize((SEGMENTER, SEGMENTER), Image.Resampling.BILINEAR))
        small = normalise(torch.from_numpy(small.copy()).permute(2, 0, 1)[None].float() / 255)
        return self.features.run(["features"], {"image": seen.numpy()})[0][0], self.encoder.run(None, {"image": small.numpy()})[0]

    def ask(self, embedding: np.ndarray, x: float, y: float) -> np.ndarray:
        """Logits [3,48,48] of a click at a share of the frame."""
        cells = embedding.shape[2]
        return self.decoder.run(
            ["masks"],
            {
                "embedding": embedding,
                "points": np.array([[[x * SEGMENTER, y * SEGMENTER]]], np.float32),
                "labels": np.ones((1, 1), np.float32),
                "box": np.zeros((1, 4), np.float32),
                "previous": np.zeros((1, 1, cells, cells), np.float32),
            },
        )[0][0]


def inside_of(label: np.ndarray) -> np.ndarray:
    """1 object, 0 background, -1 unknown, of labels."""
    return np.where(label == BACKGROUND, 0, np.where(label == IGNORE, -1, 1)).astype(np.int8)


def window_of(inside: np.ndarray, extent: tuple[int, int], rng: np.random.Generator) -> tuple[int, int, int] | None:
    """A square cut around the object, inside the picture, somewhat to much larger than it: left, top, side."""
    rows, columns = np.flatnonzero((inside == 1).any(1)), np.flatnonzero((inside == 1).any(0))
    side = int(max(columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0], 32) * rng.uniform(1.05, 2.5))
    if side >= min(extent):
        return None
    middle = ((columns[0] + columns[-1] + 1) / 2, (rows[0] + rows[-1] + 1) / 2)
    left, top = (int(m - side / 2 + rng.uniform(-0.15, 0.15) * side) for m in middle)
    return min(max(0, left), extent[0] - side), min(max(0, top), extent[1] - side), side


def views(picture: dict, rng: np.random.Generator, cuts: int):
    """The picture whole, and cuts around its object: rgb [320,320,3], inside [320,320], extent in pixels."""
    rgb, inside, extent = picture["rgb"], picture["inside"], picture["extent"]
    scale = SIDE / len(rgb)

    def frame(window):
        area = (window[0], window[1], window[0] + window[2], window[1] + window[2])
        colours = Image.fromarray(rgb).resize((SIDE, SIDE), Image.Resampling.BILINEAR, box=area)
        return np.asarray(colours), np.asarray(Image.fromarray(inside.astype(np.uint8)).resize((SIDE, SIDE), 0, box=area)).astype(np.int8)

    yield *frame((0, 0, len(rgb))), (round(extent[0] * scale), round(extent[1] * scale))
    for _ in range(cuts):
        window = window_of(inside, extent, rng)
        if window:
            yield *frame(window), (SIDE, SIDE)


def examples_of(networks: Networks, picture: dict, cuts: int, clicks: int) -> list[dict]:
    """What the head sees of each click in each view of a picture, and what it should say."""
    rng, found = np.random.default_rng(picture["seed"]), []
    for rgb, inside, extent in views(picture, rng, cuts):
        places = np.flatnonzero(inside == 1)
        if len(places) < LEAST * extent[0] * extent[1]:
            continue
        features, embedding = networks.look(rgb)
        features = torch.from_numpy(features).half()
        columns, rows = (min(GRID, -(-length * GRID // SIDE)) for length in extent)
        for _ in range(clicks):
            row, column = divmod(int(rng.choice(places)), SIDE)
            own = networks.ask(embedding, (column + 0.5) / SIDE, (row + 0.5) / SIDE)
            found.append({
                "features": features[:, :rows, :columns],
                "logits": at_cells(torch.from_numpy(own), GRID)[:, :rows, :columns].half(),
                "click": torch.tensor([[column + 0.5, row + 0.5]]) * GRID / SIDE,
                "own": torch.from_numpy(own[2]).half(), "inside": torch.from_numpy(inside[: extent[1], : extent[0]].copy()),
                "kind": picture["kind"], "name": picture["name"],
            })
    return found


def photo_pictures(photos: PhotoSet, held: bool) -> list[dict]:
    """Photos whose objects' masks are known."""
    return [
        {"kind": p["kind"], "name": p["name"], "index": i, "seed": [3, i]}
        for i, p in enumerate(photos.pictures) if p["mask"] and p["held"] == held and p["kind"] in CUTS
    ]


def render_pictures(renders: RenderSet, held: bool) -> list[dict]:
    """Photo-like renders drawn by a seed, of each kind up to a number."""
    style, shape = (np.concatenate([shard[name] for shard in renders.shards]) for name in ("style", "shape"))
    found: dict[str, list[dict]] = {}
    for index in np.random.default_rng(5).permutation(np.flatnonzero(style == PHOTO_LIKE)):
        about = renders.manifest["shapes"][shape[index]]
        kind = "renders, labelled"
        if about["category"] == THING:
            kind = "renders, everyday" + (", unseen" if about["name"].split("/")[0] in UNSEEN else "")
        row = {"kind": kind, "name": f"{about['name']} {index}", "index": int(index), "seed": [4, int(index)]}
        if len(found.setdefault(kind, [])) < (HELD_RENDERS if held else RENDERS[kind]):
            found[kind].append(row)
    return [row for rows in found.values() for row in rows]


def encode(models: Path, source: Path, rows: list[dict], held: bool, path: Path):
    """Writes the examples of some pictures, if they are not there; a process of its own."""
    torch.set_num_threads(1)
    if path.exists():
        return
    networks, found = Networks(models), []
    renders = rows and rows[0]["kind"].startswith("renders")
    pictures = RenderSet(source) if renders else PhotoSet(source)
    for row in rows:
        index = torch.tensor([row["index"]])
        data = {k: pictures.column(k, index)[0].numpy() for k in ("rgb", "label")} if renders else {
            k: v[0].numpy() for k, v in pictures.read(index).items()}
        extent = (len(data["rgb"]),) * 2 if renders else tuple(pictures.pictures[row["index"]]["extent"])
        inside = inside_of(data["label"])
        if not (inside == 1).any():
            continue
        # Half of the renders are seen whole, which leaves their object small at times, the others in a cut.
        cuts = 0 if held else row["index"] % 2 if renders else CUTS[row["kind"]]
        found += examples_of(networks, row | {"rgb": data["rgb"], "inside": inside, "extent": extent}, cuts, 1 if held else CLICKS)
    temporary = path.with_suffix(".partial")
    torch.save(found, temporary)
    temporary.rename(path)


def prepare(arguments: argparse.Namespace, held: bool) -> list[dict]:
    """All examples, made on two processes; they stay on disk."""
    renders = arguments.validation if held else arguments.renders
    work = {"photos": (arguments.photos, photo_pictures(PhotoSet(arguments.photos), held))}
    work["renders"] = (renders, render_pictures(RenderSet(renders), held))
    arguments.examples.mkdir(parents=True, exist_ok=True)
    start, jobs = time.time(), {}
    with ProcessPoolExecutor(2) as pool:
        for name, (source, rows) in work.items():
            for k in range(8):
                path = arguments.examples / f"{'held' if held else 'training'}-{name}-{k}.pt"
                jobs[path] = pool.submit(encode, arguments.models, source, rows[k::8], held, path)
        for job in jobs.values():
            job.result()
    found = [example for path in jobs for example in torch.load(path, mmap=True, weights_only=True)]
    print(f"{len(found)} examples, {time.time() - start:.0f} s", flush=True)
    return found


def inputs(example: dict, mirrored: bool = False) -> tuple[torch.Tensor, ...]:
    """What the head takes: features, logits and click."""
    features, logits = (example[k].float()[None] for k in ("features", "logits"))
    click = example["click"].clone()
    if mirrored:
        features, logits = features.flip(3), logits.flip(3)
        click[:, 0] = features.shape[3] - click[:, 0]
    return features, logits, click


def judged(head: ObjectHead, example: dict, mirrored: bool = False) -> torch.Tensor:
    """The loss of one click, judged at `FINE` points across each cell."""
    features, logits, click = inputs(example, mirrored)
    rows, columns = features.shape[2:]
    size, points = SIDE // GRID // FINE, (FINE * rows, FINE * columns)
    inside = example["inside"].float()
    inside = F.pad(inside, (0, points[1] * size - inside.shape[1], 0, points[0] * size - inside.shape[0]), value=-1)
    cells = inside.reshape(points[0], size, points[1], size)
    known = (cells >= 0).float().sum((1, 3))
    share = torch.where(known > 0, (cells == 1).float().sum((1, 3)) / known.clamp(min=1), -1)[None, None]
    own = F.interpolate(example["own"].float()[None, None], size=(FINE * GRID,) * 2, mode="bilinear", align_corners=False)
    own = own[..., : points[0], : points[1]]
    if mirrored:
        own, share = own.flip(3), share.flip(3)
    added = F.interpolate(head(features, logits, click), size=points, mode="bilinear", align_corners=False)
    return loss(combined(own, added), share)


def iou(mask: np.ndarray, inside: np.ndarray) -> float:
    known = inside >= 0
    return float((mask & (inside == 1)).sum() / max(1, ((mask | (inside == 1)) & known).sum()))


def measure(head: ObjectHead, held: list[dict]) -> dict[str, dict]:
    """By kind of picture: the IoU of the segmenter's mask and of the head's with the object, and the difference with its standard error."""
    values: dict[str, list[tuple[float, float]]] = {}
    head.eval()
    with torch.no_grad():
        for example in held:
            inside = example["inside"].numpy()
            own, frame = example["own"].float(), SIDE / len(example["own"])
            added = sampled(head(*inputs(example))[0, 0], frame * GRID / SIDE, own.shape)
            masks = [sampled(logits, 1 / frame, inside.shape).numpy() > 0 for logits in (own, combined(own, added))]
            pair = tuple(iou(mask, inside) for mask in masks)
            kinds = [example["kind"]] + ([f"object-masks, {example['name'].split('/')[0]}"] if example["kind"] == "object-masks" else [])
            for kind in kinds:
                values.setdefault(kind, []).append(pair)
    head.train()
    result = {}
    for kind, pairs in sorted(values.items()):
        own, said = np.array(pairs).T
        result[kind] = {
            "n": len(own), "segmenter": round(float(own.mean()), 3), "head": round(float(said.mean()), 3),
            "gain": f"{(said - own).mean():+.3f} +- {(said - own).std() / len(own) ** 0.5:.3f}",
        }
    return result


def train(training: list[dict], held: list[dict], epochs: int, seed: int, rate: float = 2e-3, together: int = 8) -> ObjectHead:
    """A head trained on the examples, each seen once an epoch, as it is or mirrored."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    head = ObjectHead(training[0]["features"].shape[0])
    optimiser = torch.optim.AdamW(head.parameters(), lr=rate, weight_decay=0.02)
    steps, step = epochs * len(training), 0
    for epoch in range(epochs):
        start, total = time.time(), 0.0
        for index in rng.permutation(len(training)):
            value = judged(head, training[index], rng.random() < 0.5)
            (value / together).backward()
            total, step = total + value.item(), step + 1
            if step % together == 0:
                for group in optimiser.param_groups:
                    group["lr"] = rate * (0.5 + 0.5 * np.cos(np.pi * step / steps))
                optimiser.step()
                optimiser.zero_grad()
        found = {k: v for k, v in measure(head, held).items() if "masks, " not in k}
        print(f"epoch {epoch}: loss {total / len(training):.4f}, {time.time() - start:.0f} s, {json.dumps(found)}", flush=True)
    return head


def export(head: ObjectHead, path: Path, example: dict) -> float:
    """Writes the graph, its weights as halves; returns the largest difference of a logit from PyTorch."""
    features, logits, click = inputs(example)
    sizes = {2: "rows", 3: "columns"}
    torch.onnx.export(
        head.eval(), (features, logits, click), path, input_names=["features", "masks", "click"], output_names=["added"],
        dynamic_axes={name: sizes for name in ("features", "masks", "added")}, opset_version=OPSET, dynamo=False,
    )
    graph = onnx.load(path)
    store_half(graph.graph)
    onnx.checker.check_model(graph)
    onnx.save(graph, path)
    told = session(path).run(None, {"features": features.numpy(), "masks": logits.numpy(), "click": click.numpy()})[0]
    with torch.no_grad():
        return float(np.abs(told - head(features, logits, click).numpy()).max())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("models", "renders", "photos", "validation", "examples", "output"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    held, training = prepare(arguments, True), prepare(arguments, False)
    torch.set_num_threads(2)
    start = time.time()
    head = train(training, held, arguments.epochs, arguments.seed)
    seconds = round(time.time() - start)
    arguments.output.mkdir(parents=True, exist_ok=True)
    for path in arguments.models.iterdir():
        if path.resolve() != (arguments.output / path.name).resolve():
            shutil.copy(path, arguments.output / path.name)
    graph = arguments.output / "object-head.onnx"
    difference = export(head, graph, held[0])
    document = json.loads((arguments.models / "models.json").read_text()) | {"version": arguments.version}
    about = {k: document["files"]["features.onnx"][k] for k in ("inputSize", "stride", "dimension", "mean", "std")}
    document["files"]["object-head.onnx"] = entry(graph, **about)
    document["training"]["objectHead"] = {
        "examples": len(training), "epochs": arguments.epochs, "seconds": seconds, "seed": arguments.seed,
        "parameters": sum(p.numel() for p in head.parameters()), "torch": torch.__version__, "onnxruntime": onnxruntime.__version__,
        "largestDifferenceFromPyTorch": round(difference, 6),
    }
    write_manifest(arguments.output, document)
    print(json.dumps(measure(head, held), indent=1))


if __name__ == "__main__":
    main()
