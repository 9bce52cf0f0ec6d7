"""Writes a trained segmenter beside the features of a released set, as one set of models.

    python -m bsb_training.export_segmenter --checkpoint RUN/weights.pt --models MODELS --output OTHER_FOLDER --version 1 [--beginning RUN/beginning.pt --share 0.7]

The kernels of the encoder's large convolutions are stored as bytes, so that the pretrained trunk has room beside its own. With a share
the weights are those so far of the way from the run's beginning to its end, which keep more of what it began with.
"""

import argparse
import json
import shutil
from pathlib import Path

import onnxruntime
import torch

from .colours import DEVIATION, MEAN
from .export import compare, entry, export_all, load_pair
from .model import LEVELS, STRIDE, Pair

BYTES_FROM = 16384  # numbers of a kernel


@torch.no_grad()
def go_back(pair: Pair, beginning: Pair, share: float):
    """Leaves a pair only so far from where it began as `share` says: 0 is the beginning, 1 changes nothing."""
    for value, earlier in zip(pair.state_dict().values(), beginning.state_dict().values(), strict=True):
        if value.dtype.is_floating_point:
            value.copy_(torch.lerp(earlier, value, share))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True, help="the set whose features are kept")
    parser.add_argument("--output", type=Path, required=True, help="another folder than that of the models")
    parser.add_argument("--version", required=True)
    parser.add_argument("--beginning", type=Path, help="the weights that the run began with, for --share")
    parser.add_argument("--share", type=float, default=1.0, help="how far to go from the beginning")
    parser.add_argument("--bytes-from", type=int, default=BYTES_FROM, help="numbers of a kernel from which on it is stored as bytes")
    parser.add_argument("--side", type=int, default=192, help="longest side in pixels at which the segmenter is to be used")
    arguments = parser.parse_args()
    if (arguments.beginning is None) != (arguments.share == 1):
        parser.error("--share and --beginning go together")
    torch.manual_seed(0)
    pair, state = load_pair(arguments.checkpoint)
    if arguments.beginning:
        go_back(pair, load_pair(arguments.beginning)[0], arguments.share)
    arguments.output.mkdir(parents=True, exist_ok=True)
    export_all(pair, None, arguments.output, arguments.bytes_from)
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
        "seed": state["train"]["seed"], "share": arguments.share, "trunk": "EfficientNet-Lite0" if pair.world else None, "torch": torch.__version__, "onnxruntime": onnxruntime.__version__,
        "largestDifferenceFromPyTorch": parity,
    }
    shutil.copyfile(arguments.models / "features.onnx", arguments.output / "features.onnx")
    (arguments.output / "models.json").write_text(json.dumps(document, indent=2) + "\n")
    print(json.dumps({"differences": parity, "bytes": sum(f["bytes"] for f in document["files"].values())}))


if __name__ == "__main__":
    main()
