"""Times the graphs of several sets of models in turns, so that a busy machine is as busy for each.

    python -m bsb_training.speed --models MODELS OTHER_MODELS [--runs 30]

Milliseconds on one thread, the smallest of all runs, and as a share of the first set's: the features of a picture, its embedding, one
click, and what the object head says to it, where there is one; each at the size that `models.json` names.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from .export import session

GRAPHS = ("features.onnx", "segmenter-encoder.onnx", "segmenter-decoder.onnx", "object-head.onnx")


def inputs(entry: dict, graph: str) -> dict[str, np.ndarray]:
    """A picture, or a click in the middle of one."""
    rng = np.random.default_rng(0)
    side, cells = entry["inputSize"], entry["inputSize"] // entry["stride"]
    if "head" in graph:
        return {
            "features": rng.standard_normal((1, entry["dimension"], cells, cells)).astype(np.float32),
            "masks": rng.standard_normal((1, 3, cells, cells)).astype(np.float32), "click": np.full((1, 2), cells / 2, np.float32),
        }
    if "decoder" not in graph:
        return {"image": rng.standard_normal((1, 3, side, side)).astype(np.float32)}
    return {
        "embedding": rng.standard_normal((1, entry["dimension"], cells, cells)).astype(np.float32),
        "points": np.full((1, 1, 2), side / 2, np.float32), "labels": np.ones((1, 1), np.float32), "box": np.zeros((1, 4), np.float32),
        "previous": np.zeros((1, 1, cells, cells), np.float32),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, nargs="+", required=True)
    parser.add_argument("--runs", type=int, default=30)
    arguments = parser.parse_args()
    entries = [json.loads((folder / "models.json").read_text())["files"] for folder in arguments.models]
    sessions = [{g: session(folder / g, threads=1) for g in GRAPHS if (folder / g).exists()} for folder in arguments.models]
    smallest = [dict.fromkeys(graphs, float("inf")) for graphs in sessions]
    for _ in range(arguments.runs):
        for index, graphs in enumerate(sessions):
            for graph in graphs:
                feed, start = inputs(entries[index][graph], graph), time.perf_counter()
                graphs[graph].run(None, feed)
                smallest[index][graph] = min(smallest[index][graph], 1000 * (time.perf_counter() - start))
    for folder, times in zip(arguments.models, smallest):
        first = smallest[0]
        shares = {g: f"{value:.1f} ms" + (f", {value / first[g]:.2f}" if g in first else "") for g, value in times.items()}
        print(json.dumps({"models": folder.name} | shares))


if __name__ == "__main__":
    main()
