"""Exports a checkpoint as the three graphs and the manifest that the product reads.

    python -m bsb_training.export --checkpoint RUN/checkpoint.pt --output ../Sources/Backbones/Models --version 1

Batch normalisation is folded into the convolutions, and large weights are stored as float16 and cast to float32 inside the graph. The
graphs are then run by ONNX Runtime and compared with PyTorch; the differences go into the manifest.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from .colours import DEVIATION, MEAN
from .model import LEVELS, STRIDE, FeatureNetwork, ModelConfig, Pair, SegmenterEncoder

EXAMPLE_SIDE = 160
OPSET = 17
HALF_FROM = 256


def load_pair(checkpoint: Path) -> tuple[Pair, dict]:
    """The averaged weights of a checkpoint, for evaluation, and its whole state."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=False)
    classes = len(state["vocabulary"]["classes"])
    pair = Pair(ModelConfig(**state["model"]), classes, classes + len(state["vocabulary"]["sets"]))
    pair.load_state_dict(state["average"])
    return pair.eval().requires_grad_(False), state


def export(module: nn.Module, path: Path, example: dict, outputs: list[str], dynamic: dict, bytes_from: int | None = None):
    """Writes one graph with float16 weights, and those of convolutions of at least `bytes_from` numbers as bytes."""
    torch.onnx.export(
        module.eval(),
        tuple(example.values()),
        path,
        input_names=list(example),
        output_names=outputs,
        dynamic_axes=dynamic,
        opset_version=OPSET,
        dynamo=False,
    )
    graph = onnx.load(path)
    assert not any(node.op_type == "BatchNormalization" for node in graph.graph.node), "batch normalisation was not folded"
    if bytes_from:
        store_bytes(graph.graph, bytes_from)
    store_half(graph.graph)
    onnx.checker.check_model(graph)
    onnx.save(graph, path)


def store_bytes(graph: onnx.GraphProto, smallest: int):
    """Replaces the kernels of large convolutions by signed bytes and a factor for each output, which runtimes fold when they load the graph.

    A cast and a product, and not `DequantizeLinear`, which runtimes keep and work out at every run.
    """
    kernels = {node.input[1] for node in graph.node if node.op_type == "Conv"}
    nodes, factors = [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.name in kernels and values.dtype == np.float32 and values.size >= smallest:
            name = tensor.name
            factor = np.abs(values).max((1, 2, 3), keepdims=True).clip(1e-12) / 127
            tensor.CopyFrom(numpy_helper.from_array(np.rint(values / factor).astype(np.int8), name + "_bytes"))
            factors.append(numpy_helper.from_array(factor.astype(np.float32), name + "_factor"))
            nodes.append(helper.make_node("Cast", [name + "_bytes"], [name + "_whole"], name=name + "_cast", to=TensorProto.FLOAT))
            nodes.append(helper.make_node("Mul", [name + "_whole", name + "_factor"], [name], name=name + "_scaled"))
    graph.initializer.extend(factors)
    for index, node in enumerate(nodes):
        graph.node.insert(index, node)


def store_half(graph: onnx.GraphProto):
    """Replaces each large float32 constant by a float16 one and a cast, which runtimes fold when they load the graph."""
    casts = []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size >= HALF_FROM and np.abs(values).max() < 60000:
            name = tensor.name
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), name + "_half"))
            casts.append(helper.make_node("Cast", [name + "_half"], [name], name=name + "_cast", to=TensorProto.FLOAT))
    for index, cast in enumerate(casts):
        graph.node.insert(index, cast)


def examples(pair: Pair, side: int, prompts: int = 2, points: int = 3) -> dict:
    """Inputs of the decoder with every kind of prompt in it, for export and comparison."""
    generator = torch.Generator().manual_seed(0)
    cells = side // STRIDE
    labels = torch.ones(prompts, points)
    if points > 1:
        labels[:, -1] = -1
        labels[0, 1] = 0
    box = torch.zeros(prompts, 4)
    box[-1] = torch.tensor([20.0, 30.0, 0.7 * side, 0.8 * side])
    previous = torch.zeros(prompts, 1, cells, cells)
    previous[0] = torch.randn(1, cells, cells, generator=generator)
    return {
        "embedding": torch.randn(1, pair.config.embedding_dimension, cells, cells, generator=generator),
        "points": torch.rand(prompts, points, 2, generator=generator) * side,
        "labels": labels,
        "box": box,
        "previous": previous,
    }


def export_all(pair: Pair, features: FeatureNetwork | None, folder: Path, bytes_from: int | None = None):
    """Writes the three graphs, or those of the segmenter alone."""
    folder.mkdir(parents=True, exist_ok=True)
    image_axes = {"image": {0: "images", 2: "height", 3: "width"}}
    cells = {0: "images", 2: "rows", 3: "columns"}
    image = {"image": torch.randn(2, 3, 96, 128)}
    if features:
        export(features, folder / "features.onnx", image, ["features"], image_axes | {"features": cells})
    embedding_axes = image_axes | {"embedding": cells}
    export(SegmenterEncoder(pair), folder / "segmenter-encoder.onnx", image, ["embedding"], embedding_axes, bytes_from)
    axes = {
        "embedding": {2: "rows", 3: "columns"},
        "points": {0: "prompts", 1: "points"},
        "labels": {0: "prompts", 1: "points"},
        "box": {0: "prompts"},
        "previous": {0: "prompts", 2: "rows", 3: "columns"},
        "masks": {0: "prompts", 2: "rows", 3: "columns"},
        "scores": {0: "prompts"},
    }
    decoder = examples(pair, EXAMPLE_SIDE)
    export(pair.decoder, folder / "segmenter-decoder.onnx", decoder, ["masks", "scores"], axes)


def session(path: Path, threads: int = 2) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def compare(pair: Pair, network: FeatureNetwork | None, folder: Path) -> dict[str, float]:
    """The largest absolute difference from PyTorch (whose weights are not rounded), by output."""
    largest: dict[str, float] = {}

    def note(name: str, truth: torch.Tensor, found: np.ndarray):
        if truth.shape != found.shape:
            raise ValueError(f"{name}: {tuple(truth.shape)} in PyTorch, {found.shape} exported")
        largest[name] = max(largest.get(name, 0.0), float(np.abs(truth.numpy() - found).max()))

    generator = torch.Generator().manual_seed(1)
    features = session(folder / "features.onnx") if network else None
    encoder = session(folder / "segmenter-encoder.onnx")
    for count, height, width in ((1, 224, 224), (2, 96, 160), (1, 256, 256)):
        image = torch.rand(count, 3, height, width, generator=generator) * 3 - 1.5
        if network:
            note("features", network(image), features.run(None, {"image": image.numpy()})[0])
        note("embedding", SegmenterEncoder(pair)(image), encoder.run(None, {"image": image.numpy()})[0])
    decoder = session(folder / "segmenter-decoder.onnx")
    for prompts, points in ((1, 1), (5, 3), (100, 2), (2, 0)):
        inputs = examples(pair, EXAMPLE_SIDE, prompts, points)
        masks, scores = pair.decoder(**inputs)
        found = decoder.run(None, {k: v.numpy() for k, v in inputs.items()})
        note("masks", masks, found[0])
        note("scores", scores, found[1])
    return {name: round(value, 6) for name, value in largest.items()}


def entry(path: Path, **more) -> dict:
    data = path.read_bytes()
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} | more


def manifest(pair: Pair, state: dict, folder: Path, arguments: argparse.Namespace, parity: dict) -> dict:
    """What the product needs to know about the files, and how they came to be."""
    mean, deviation = MEAN.flatten().tolist(), DEVIATION.flatten().tolist()
    image = {"stride": STRIDE, "mean": [round(v, 6) for v in mean], "std": [round(v, 6) for v in deviation]}
    config = pair.config
    return {
        "version": arguments.version,
        "name": "embedded-pair",
        "files": {
            "features.onnx": entry(folder / "features.onnx", inputSize=arguments.feature_side, dimension=config.feature_dimension, **image),
            "segmenter-encoder.onnx": entry(
                folder / "segmenter-encoder.onnx", inputSize=arguments.segmenter_side, dimension=config.embedding_dimension, **image
            ),
            "segmenter-decoder.onnx": entry(
                folder / "segmenter-decoder.onnx", inputSize=arguments.segmenter_side, dimension=config.embedding_dimension, masks=LEVELS, **image
            ),
        },
        "training": {
            "steps": state["step"],
            "seconds": round(state["seconds"]),
            "picturesSeen": state["seen"],
            "renders": state["renders"],
            "seed": state["train"]["seed"],
            "classes": len(state["vocabulary"]["classes"]),
            "parameters": sum(p.numel() for p in pair.parameters()),
            "torch": torch.__version__,
            "onnxruntime": onnxruntime.__version__,
            "largestDifferenceFromPyTorch": parity,
        },
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--features", type=Path, help="checkpoint for features.onnx, if another")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--version", default="1")
    parser.add_argument("--feature-side", type=int, default=160, help="longest side in pixels at which features.onnx is to be used")
    parser.add_argument("--segmenter-side", type=int, default=192, help="longest side in pixels at which the segmenter is to be used")
    arguments = parser.parse_args()
    torch.manual_seed(0)
    pair, state = load_pair(arguments.checkpoint)
    feature_pair, feature_state = load_pair(arguments.features or arguments.checkpoint)
    features = FeatureNetwork(feature_pair)
    export_all(pair, features, arguments.output)
    parity = compare(pair, features, arguments.output)
    document = manifest(pair, state, arguments.output, arguments, parity)
    document["training"]["featureSteps"] = feature_state["step"]
    (arguments.output / "models.json").write_text(json.dumps(document, indent=2) + "\n")
    print(json.dumps(parity))
    if parity["features"] > 0.02:
        sys.exit("the exported features differ from PyTorch's by more than float16 weights explain")


if __name__ == "__main__":
    main()
