"""Reads the weights of exported graphs back into the networks, so that training can go on from a released pair.

Export folds each batch normalisation into its convolution. Here the two are taken apart again such that the network computes the same:
statistics are measured on a batch of pictures, and scale and shift are chosen to cancel them.
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from .model import Pair, Standardisation

FOLDED_PREFIX = "onnx::Conv_"


def constants(path: Path) -> dict[str, Tensor]:
    """The float32 constants of a graph by name, in the file's order."""
    values = {}
    for tensor in onnx.load(path).graph.initializer:
        array = numpy_helper.to_array(tensor)
        if array.dtype in (np.float16, np.float32):
            values[tensor.name.removesuffix("_half")] = torch.from_numpy(array.astype(np.float32).copy())
    return values


def load_graphs(pair: Pair, folder: Path, example: Tensor, trunk: str = "features"):
    """Fills a pair from features.onnx, segmenter-encoder.onnx and segmenter-decoder.onnx of a folder.

    example [B,3,H,W]: a normalised batch on which statistics are measured. The trunk is that of the features or of the segmenter, as
    `trunk` says, or of the one that alone has the pair's sizes. A head or decoder whose graph has other sizes stays as it is, and so do
    the classifiers, which are not exported.
    """
    features, encoder = constants(folder / "features.onnx"), constants(folder / "segmenter-encoder.onnx")
    parts = [(head, values) for head, values in ((pair.embedding_head, encoder), (pair.feature_head, features)) if fits(pair, head, values)]
    if not parts:
        raise ValueError(f"{folder}: the graphs have other sizes than the configuration's [model]")
    decoder, own = constants(folder / "segmenter-decoder.onnx"), pair.decoder.state_dict()
    if {k: v.shape for k, v in decoder.items()} == {k: v.shape for k, v in own.items()}:
        pair.decoder.load_state_dict(decoder)
    with torch.no_grad():
        # The graph whose trunk is kept comes last; the other head is measured on its own trunk.
        for head, values in parts if trunk == "features" else reversed(parts):
            fill(pair, head, values, example)


def fits(pair: Pair, head: nn.Module, values: dict[str, Tensor]) -> bool:
    """Whether a graph has as many folded convolutions as trunk and head, of the same shapes."""
    folded = [tuple(v.shape) for k, v in values.items() if k.startswith(FOLDED_PREFIX) and v.ndim == 4]
    return sorted(folded) == sorted(tuple(m.weight.shape) for m in modules_of(pair, head, nn.Conv2d) if m.bias is None)


def fill(pair: Pair, head: nn.Module, values: dict[str, Tensor], example: Tensor):
    """Trunk and one head from the constants of a graph."""
    for prefix, module in (("trunk.", pair.trunk), ("head.", head)):
        own = module.state_dict()
        own.update({k.removeprefix(prefix): v for k, v in values.items() if k.startswith(prefix)})
        module.load_state_dict(own)
    folded = iter([v for k, v in values.items() if k.startswith(FOLDED_PREFIX)])
    hooks = [
        convolution.register_forward_pre_hook(lambda module, _: set_weight(module, next(folded)))
        for convolution in modules_of(pair, head, nn.Conv2d) if convolution.bias is None
    ]
    hooks += [
        norm.register_forward_pre_hook(lambda module, inputs: cancel(module, inputs[0], next(folded)))
        for norm in modules_of(pair, head, nn.BatchNorm2d)
    ]
    was_training = pair.training
    pair.eval()
    head(pair.trunk(example))
    pair.train(was_training)
    for hook in hooks:
        hook.remove()
    if standardisation := modules_of(None, head, Standardisation):
        mean, factor = [v.flatten() for k, v in values.items() if k.startswith(("onnx::Sub_", "onnx::Mul_"))]
        standardisation[0].mean.copy_(mean)
        standardisation[0].variance.copy_(factor**-2 - 1e-4)


def modules_of(pair: Pair | None, head: nn.Module, kind: type) -> list:
    return [m for owner in ([pair.trunk] if pair else []) + [head] for m in owner.modules() if isinstance(m, kind)]


def set_weight(convolution: nn.Conv2d, weight: Tensor):
    if weight.shape != convolution.weight.shape:
        raise ValueError(f"the graph has a convolution of {tuple(weight.shape)} where the network has {tuple(convolution.weight.shape)}")
    convolution.weight.copy_(weight)


def cancel(norm: nn.BatchNorm2d, inputs: Tensor, bias: Tensor):
    """Statistics of the inputs, with a scale and shift that give the inputs back, plus the folded bias."""
    norm.running_mean.copy_(inputs.mean((0, 2, 3)))
    norm.running_var.copy_(inputs.var((0, 2, 3), unbiased=True))
    norm.weight.copy_((norm.running_var + norm.eps).sqrt())
    norm.bias.copy_(bias + norm.running_mean)
