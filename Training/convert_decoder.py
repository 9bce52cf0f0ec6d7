"""Converts a click decoder that the published code of iSeg trained to the file that `bsb segment --decoder` reads.

    python Training/convert_decoder.py decoder_checkpoint.pth pred_f.pth decoder.safetensors

The checkpoint is a dictionary with `attention_state_dict` (W_Q, W_Kp, W_Kn, W_Vp, W_Vn) and `model_state_dict` (mlp.0, mlp.2, mlp.3, ...:
Linear and LayerNorm in turn, every third number being a ReLU without parameters), with or without the `module.` that training on several
GPUs puts in front; the features are one tensor, vertices x length. Neither file says which mesh it belongs to, nor how it was trained.

A `.pth` file holds a pickle, which is a program: here it may build plain values and tensors and call nothing else. Needs NumPy, not torch.
"""

import argparse
import collections
import hashlib
import io
import json
import pathlib
import pickle
import sys
import zipfile

import numpy as np

MAPS = {"W_Q": "query", "W_Kp": "key.positive", "W_Kn": "key.negative", "W_Vp": "value.positive", "W_Vn": "value.negative"}
STORAGES = {"FloatStorage": "<f4", "DoubleStorage": "<f8", "HalfStorage": "<f2", "LongStorage": "<i8", "IntStorage": "<i4"}


class Refused(Exception):
    """A file that is not what it should be."""


def rebuild_tensor(storage, offset, shape, strides, *_):
    if len(shape) != len(strides) or min([offset, *shape, *strides], default=0) < 0:
        raise Refused("a tensor in it has a shape that cannot be")
    last = offset + sum((side - 1) * step for side, step in zip(shape, strides))
    if 0 not in shape and last >= storage.size:
        raise Refused("a tensor in it reaches beyond its numbers")
    item = storage.itemsize
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, [step * item for step in strides]).copy()


class TensorUnpickler(pickle.Unpickler):
    """Builds plain values and tensors; whatever else the pickle asks for is refused."""

    KNOWN = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor,
        ("torch._utils", "_rebuild_parameter"): lambda tensor, *_: tensor,
        **{("torch", name): kind for name, kind in STORAGES.items()},
    }

    def __init__(self, data, archive, folder):
        super().__init__(io.BytesIO(data))
        self.archive, self.folder = archive, folder

    def find_class(self, module, name):
        if (module, name) not in self.KNOWN:
            raise Refused(f"it asks for {module}.{name}, which is no tensor, number, word, list or dictionary")
        return self.KNOWN[module, name]

    def persistent_load(self, identity):
        if not isinstance(identity, tuple) or len(identity) != 5 or identity[1] not in STORAGES.values():
            raise Refused("it has numbers of a kind that is not known")
        return np.frombuffer(self.archive.read(f"{self.folder}/data/{identity[2]}"), identity[1])


def load(path):
    """What `torch.save` (1.6 or later) put into a file."""
    try:
        with zipfile.ZipFile(path) as archive:
            name = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
            return TensorUnpickler(archive.read(name), archive, name.removesuffix("/data.pkl")).load()
    except Refused as refused:
        raise Refused(f"{path}: {refused}") from None
    except zipfile.BadZipFile:
        raise Refused(f"{path}: it is not an archive of torch 1.6 or later, or it is damaged") from None
    # A damaged pickle can fail in any way.
    except Exception as error:
        raise Refused(f"{path}: it cannot be read: {error or type(error).__name__}") from None


def network(checkpoint):
    """The decoder's sizes, and its tensors in the order of `bsb`."""
    try:
        attention, layers = checkpoint["attention_state_dict"], checkpoint["model_state_dict"]
    except (TypeError, KeyError, IndexError):
        raise Refused("it has no 'attention_state_dict' and 'model_state_dict'") from None

    def find(state, name):
        value = state.get(name, state.get(f"module.{name}"))
        if not isinstance(value, np.ndarray) or value.ndim not in (1, 2):
            raise Refused(f"there is no vector or matrix '{name}'; it has {', '.join(map(str, state))}")
        return value

    tensors = {f"attention.{ours}.{part}": find(attention, f"{theirs}.{part}") for theirs, ours in MAPS.items() for part in ("weight", "bias")}
    hidden = []
    while any(f"{front}mlp.{3 * len(hidden) + 2}.weight" in layers for front in ("", "module.")):
        place, ours = 3 * len(hidden), f"hidden.{len(hidden)}"
        for part, theirs in [("weight", f"{place}.weight"), ("bias", f"{place}.bias"), ("gain", f"{place + 2}.weight"), ("shift", f"{place + 2}.bias")]:
            tensors[f"{ours}.{part}"] = find(layers, f"mlp.{theirs}")
        hidden.append(len(tensors[f"{ours}.weight"]))
    for part in ("weight", "bias"):
        tensors[f"output.{part}"] = find(layers, f"mlp.{3 * len(hidden)}.{part}")
    attention_size, features = tensors["attention.query.weight"].shape
    return {"features": features, "attention": attention_size, "hidden": hidden}, tensors


def provenance(tensors, features, identity):
    """What is known of where the decoder comes from; counts that are not known are 0, and so is the mesh."""
    # With single clicks only, queries and keys get no gradient and keep numbers of their initial range, ±1/√inputs.
    def left_initial_range(*names):
        return any(np.abs(tensors[f"attention.{name}.weight"]).max() > 1.0001 / features**0.5 for name in names)

    several = left_initial_range("query", "key.positive")
    return {
        "meshHash": "", "segmenter": {"name": "published decoder", "hash": identity}, "normalisation": "vertexMean", "signal": "published",
        "views": 0, "prompts": 0, "severalWanted": int(several), "withUnwanted": int(several and left_initial_range("key.negative", "value.negative")),
        "answersHash": "", "steps": 0, "bestStep": 0, "heldOutLoss": 0, "heldOutIoU": 0,
        "sampling": {
            "vertexShare": 0.03, "minimumVertices": 1, "maximumVertices": 2**63 - 1, "maximumPrompts": 2**63 - 1, "minimumFrontality": 0,
            "secondClickShare": 0, "secondClicks": 1, "refinementRounds": 2, "minimumScore": 0.4, "maximumOverlap": 0.9},
        "training": {
            "architecture": "reference", "learningRate": 1e-4, "finalLearningRate": 1, "batch": 16, "steps": 0, "favoursSmallParts": False,
            "rendersProbabilities": True, "standardizesFeatures": False, "heldOutShare": 0, "evaluationInterval": 100, "patience": 8, "seed": 0},
    }


def converted(checkpoint_path, features_path):
    """The bytes of the safetensors file."""
    try:
        shape, tensors = network(load(checkpoint_path))
    except Refused as refused:
        raise Refused(str(refused) if str(checkpoint_path) in str(refused) else f"{checkpoint_path}: {refused}") from None
    field = load(features_path)
    if not isinstance(field, np.ndarray) or field.ndim != 2 or field.dtype.kind != "f" or field.shape[1] != shape["features"]:
        raise Refused(f"{features_path}: it is not one tensor of vertices x {shape['features']} numbers; the published code calls it pred_f.pth")
    identity = hashlib.sha256(b"".join(hashlib.sha256(pathlib.Path(path).read_bytes()).digest() for path in (checkpoint_path, features_path)))
    length = shape["features"]
    # Biases are matrices of one row.
    tensors = {f"decoder.{name}": value.reshape(-1, value.shape[-1]) for name, value in tensors.items()} | {
        "features": field, "context": np.zeros((len(field), 0)), "features.observed": np.ones(len(field)),
        "scaling.mean": np.zeros(length), "scaling.scale": np.ones(length)}
    header, body = {"__metadata__": {
        "format": "segmentation-buddies click decoder", "version": "2", "shape": json.dumps(shape),
        "provenance": json.dumps(provenance({name.removeprefix("decoder."): value for name, value in tensors.items()}, length, identity.hexdigest()))}}, b""
    for name, value in sorted(tensors.items()):
        content = np.ascontiguousarray(value, "<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(body), len(body) + len(content)]}
        body += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + body


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", help="decoder_checkpoint.pth")
    parser.add_argument("features", help="pred_f.pth")
    parser.add_argument("output", type=pathlib.Path, help="where to write decoder.safetensors")
    options = parser.parse_args()
    try:
        content = converted(options.checkpoint, options.features)
    except (Refused, OSError) as error:
        sys.exit(f"convert_decoder: {error}")
    partial = options.output.with_name(options.output.name + ".partial")
    partial.write_bytes(content)
    partial.replace(options.output)


if __name__ == "__main__":
    main()
