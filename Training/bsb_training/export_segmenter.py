"""Writes a trained segmenter beside the features of a released set, as one set of models.

    python -m bsb_training.export_segmenter --checkpoint RUN/weights.pt --models MODELS --output OTHER_FOLDER --version 1

The kernels of the encoder's large convolutions are stored as bytes, so that the pretrained trunk has room beside its own.
"""

import argparse
import json
import shutil
from pathlib import Path

import onnxruntime
import torch

from .colours import DEVIATION, MEAN
from .export import compare, entry, export_all, load_pair
from .model import LEVELS, STRIDE

BYTES_FROM = 16384  # numbers of a kernel


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True, help="the set whose features are kept")
    parser.add_argument("--output", type=Path, required=True, help="another folder than that of the models")
    parser.add_argument("--version", required=True)
    parser.add_argument("--side", type=int, default=192, help="longest side in pixels at which the segmenter is to be used")
    arguments = parser.parse_args()
    torch.manual_seed(0)
    pair, state = load_pair(arguments.checkpoint)
    arguments.output.mkdir(parents=True, exist_ok=True)
    export_all(pair, None, arguments.output, BYTES_FROM)
    parity = compare(pair, None, arguments.output)
    document = json.loads((arguments.models / "models.json").read_text())
    document["version"] = arguments.version
    image = {
        "inputSize": arguments.side, "dimension": pair.config.embedding_dimension, "stride": STRIDE,
        "mean": [round(v, 6) for v in MEAN.flatten().tolist()], "std": [round(v, 6) for v in DEVIATION.flatten().tolist()],
    }
    for name, more in (("segmenter-encoder.onnx", {}), ("segmenter-decoder.onnx", {"masks": LEVELS})):
        document["files"][name] = entry(arguments.output / name, **image, **more)
    document["training"]["segmenter"] = {
        "steps": state["step"], "seconds": round(state["seconds"]), "picturesSeen": state["seen"], "renders": state["renders"],
        "seed": state["train"]["seed"], "trunk": "EfficientNet-Lite0", "torch": torch.__version__, "onnxruntime": onnxruntime.__version__,
        "largestDifferenceFromPyTorch": parity,
    }
    shutil.copyfile(arguments.models / "features.onnx", arguments.output / "features.onnx")
    (arguments.output / "models.json").write_text(json.dumps(document, indent=2) + "\n")
    print(json.dumps({"differences": parity, "bytes": sum(f["bytes"] for f in document["files"].values())}))


if __name__ == "__main__":
    main()
