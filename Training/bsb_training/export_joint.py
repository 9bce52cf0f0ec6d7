"""Exports a joint head, with the frozen networks below it, as the features of a new pair; the segmenter is that of the pair it began from.

    python -m bsb_training.export_joint --head WORK/joint/head-6000.pt --models ../Sources/Backbones/Models --output MODELS --version 0.9

One graph comes out: the picture's half goes through the earlier pair's features.onnx as it is, the picture through the pretrained trunk,
and both through the head. ONNX Runtime's result is compared with PyTorch's on top of the same embedded features. Beside the features the graph
gives the pieces that they are made of, by which photos are compared with photos; a set that was exported without them gets them by

    python -m bsb_training.export_joint --expose MODELS
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper

from . import lite
from .colours import DEVIATION, MEAN
from .encode import PIECES, SIDE
from .export import OPSET, entry, session, store_half
from .joint import JointConfig, JointHead, JointNetwork

PREFIX = "embedded/"


def load_head(path: Path) -> tuple[JointHead, dict]:
    """A head that `train_joint.py` wrote, and what it says of itself."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    config = state["config"]
    head = JointHead(JointConfig(**config | {"weights": tuple(config["weights"])}))
    head.load_state_dict(state["head"])
    return head.eval().requires_grad_(False), state


def renamed(name: str, own: dict[str, str]) -> str:
    return own.get(name, PREFIX + name) if name else name


def merge(upper: onnx.ModelProto, lower: onnx.ModelProto) -> onnx.ModelProto:
    """One graph: the picture's half through `lower`, and its result with the picture through `upper`."""
    own = {lower.graph.input[0].name: PREFIX + "half", lower.graph.output[0].name: "embedded"}
    for node in lower.graph.node:
        node.name = PREFIX + node.name
        node.input[:] = [renamed(n, own) for n in node.input]
        node.output[:] = [renamed(n, own) for n in node.output]
    for tensor in lower.graph.initializer:
        tensor.name = renamed(tensor.name, own)
    half = helper.make_node("AveragePool", ["image"], [PREFIX + "half"], name=PREFIX + "half", kernel_shape=[2, 2], strides=[2, 2])
    graph = helper.make_graph(
        [half, *lower.graph.node, *upper.graph.node], "features", [upper.graph.input[0]], list(upper.graph.output),
        [*lower.graph.initializer, *upper.graph.initializer],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=lower.ir_version)


def expose(model: onnx.ModelProto) -> list[str]:
    """Makes the head's inputs, the unit pieces in their own grids, outputs `piece0`, `piece1`, ... of a joint graph; returns their names."""
    maps = sorted((n for n in model.graph.node if n.op_type == "Conv" and n.name.startswith("/maps.")), key=lambda n: n.name)
    if len(maps) != len(PIECES):
        raise ValueError(f"the graph has {len(maps)} maps of pieces, not {len(PIECES)}")
    names = {node.input[0]: f"piece{index}" for index, node in enumerate(maps)}
    for node in model.graph.node:
        node.input[:] = [names.get(n, n) for n in node.input]
        node.output[:] = [names.get(n, n) for n in node.output]
    for name, channels in zip(names.values(), PIECES):
        shape = ["images", channels, f"{name}Rows", f"{name}Columns"]
        model.graph.output.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape))
    onnx.checker.check_model(model)
    return list(names.values())


def pieces_of(names: list[str], weights: list[float]) -> list[dict]:
    """What `models.json` says of the pieces."""
    return [{"output": name, "weight": weight} for name, weight in zip(names, weights)]


def write_manifest(folder: Path, document: dict):
    (folder / "models.json").write_text(json.dumps(document, indent=2) + "\n")


def expose_released(folder: Path):
    """Gives the graph of a released set its pieces as outputs, and says so in its manifest."""
    path = folder / "features.onnx"
    document = json.loads((folder / "models.json").read_text())
    model = onnx.load(path)
    names = expose(model)
    onnx.save(model, path)
    document["files"]["features.onnx"] |= entry(path, pieces=pieces_of(names, document["training"]["joint"]["weights"]))
    write_manifest(folder, document)


def export(network: JointNetwork, embedded: Path, path: Path) -> list[str]:
    """Writes the graph with float16 weights; returns the names of its pieces."""
    with torch.no_grad():
        torch.onnx.export(
            network, (torch.randn(2, 3, 96, 128), torch.randn(2, 64, 12, 16)), path, input_names=["image", "embedded"],
            output_names=["features"], opset_version=OPSET, dynamo=False,
            dynamic_axes={
                "image": {0: "images", 2: "height", 3: "width"}, "embedded": {0: "images", 2: "rows", 3: "columns"},
                "features": {0: "images", 2: "rows", 3: "columns"},
            },
        )
    upper = onnx.load(path)
    store_half(upper.graph)
    merged = merge(upper, onnx.load(embedded))
    names = expose(merged)
    onnx.save(merged, path)
    return names


@torch.no_grad()
def compare(network: JointNetwork, embedded: Path, path: Path) -> float:
    """The largest absolute difference from PyTorch, whose weights are not rounded."""
    below, whole = session(embedded), session(path)
    generator = torch.Generator().manual_seed(1)
    largest = 0.0
    for count, height, width in ((1, 320, 320), (2, 96, 160), (1, 416, 416)):
        image = torch.rand(count, 3, height, width, generator=generator) * 3 - 1.5
        half = torch.nn.functional.avg_pool2d(image, 2)
        truth = network(image, torch.from_numpy(below.run(None, {"image": half.numpy()})[0]))
        found = whole.run(["features"], {"image": image.numpy()})[0]
        if truth.shape != found.shape:
            raise ValueError(f"{tuple(truth.shape)} in PyTorch, {found.shape} exported")
        largest = max(largest, float(np.abs(truth.numpy() - found).max()))
    return round(largest, 6)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--expose", type=Path, help="a folder of models whose graph gets its pieces as outputs, and nothing else")
    parser.add_argument("--head", type=Path)
    parser.add_argument("--models", type=Path, help="the pair that the cells were encoded with")
    parser.add_argument("--output", type=Path, help="another folder than that of the models")
    parser.add_argument("--version")
    arguments = parser.parse_args()
    if arguments.expose:
        expose_released(arguments.expose)
        return
    if not all((arguments.head, arguments.models, arguments.output, arguments.version)):
        parser.error("--head, --models, --output and --version are needed")
    head, state = load_head(arguments.head)
    network = JointNetwork(lite.load(), head).eval()
    arguments.output.mkdir(parents=True, exist_ok=True)
    embedded, path = arguments.models / "features.onnx", arguments.output / "features.onnx"
    names = export(network, embedded, path)
    difference = compare(network, embedded, path)
    if difference > 0.02:
        raise SystemExit(f"the exported features differ from PyTorch's by {difference}, more than float16 weights explain")
    document = json.loads((arguments.models / "models.json").read_text())
    document["version"] = arguments.version
    document["files"]["features.onnx"] = entry(
        path, inputSize=SIDE, dimension=head.config.dimension, stride=8, mean=[round(v, 6) for v in MEAN.flatten().tolist()],
        std=[round(v, 6) for v in DEVIATION.flatten().tolist()], pieces=pieces_of(names, list(head.config.weights)),
    )
    document["training"]["joint"] = {
        "steps": state["step"], "weights": list(head.config.weights), "hidden": head.config.hidden, "trunk": "EfficientNet-Lite0",
        "torch": torch.__version__, "onnxruntime": onnxruntime.__version__, "largestDifferenceFromPyTorch": difference,
    }
    for name in ("segmenter-encoder.onnx", "segmenter-decoder.onnx"):
        shutil.copyfile(arguments.models / name, arguments.output / name)
    write_manifest(arguments.output, document)
    print(json.dumps({"difference": difference, "bytes": sum(f["bytes"] for f in document["files"].values())}))


if __name__ == "__main__":
    main()
