"""Makes graphs that no feature extractor should be. Needs the Python package onnx (made with 1.23)."""

import pathlib

import onnx
from onnx import TensorProto, helper

HERE = pathlib.Path(__file__).parent / "hostile"
HERE.mkdir(exist_ok=True)


def save(name, nodes, shape, result):
    given = helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, shape)
    gives = helper.make_tensor_value_info("features", TensorProto.FLOAT, result)
    graph = helper.make_graph(nodes, name, [given], [gives])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), HERE / f"{name}.onnx")


same = [helper.make_node("Identity", ["pixel_values"], ["features"])]
save("huge-output", same, [1, 3, 2**31, 2**31], [1, 3, 2**31, 2**31])
save("huge-side", same, [1, 3, 60000, 60000], [1, 3, 60000, 60000])
save("huge-batch", same, [10**9, 3, 56, 56], [10**9, 3, 56, 56])
save("huge-dimension", same, [1, 3, 56, 56], [1, 2**40, 56, 56])
pooled = helper.make_node("AveragePool", ["pixel_values"], ["cells"], kernel_shape=[14, 14], strides=[14, 14])
save("no-numbers", [pooled, helper.make_node("Sub", ["cells", "cells"], ["zero"]), helper.make_node("Div", ["zero", "zero"], ["features"])], [1, 3, 56, 56], [1, 3, 4, 4])
save("infinite", [pooled, helper.make_node("Sub", ["cells", "cells"], ["zero"]), helper.make_node("Reciprocal", ["zero"], ["features"])], [1, 3, 56, 56], [1, 3, 4, 4])

# A decoder of embeddings that no encoder here gives.
decoder = onnx.load(HERE.parent / "published" / "mobilesam-decoder.onnx")
next(i for i in decoder.graph.input if i.name == "image_embeddings").type.tensor_type.shape.dim[1].dim_value = 5
onnx.save(decoder, HERE / "five-channel-decoder.onnx")
