"""Makes the small ONNX graphs that the tests of Inference run. Needs the Python package onnx (made with 1.23)."""

import pathlib

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
TYPES = ["float", "float16", "int64", "int32", "uint8", "bool"]


def tensor(name, kind, shape):
    return helper.make_tensor_value_info(name, getattr(TensorProto, kind.upper()), shape)


def save(name, nodes, inputs, outputs, initializers=(), external=None):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(initializers))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="bsb")
    onnx.checker.check_model(model)
    onnx.save(model, HERE / f"{name}.onnx", **(external or {}))


# sum = a + b, product = a @ b: two inputs, two outputs, one open axis.
save(
    "arithmetic",
    [helper.make_node("Add", ["a", "c"], ["sum"]), helper.make_node("MatMul", ["a", "b"], ["product"])],
    [tensor("a", "float", ["rows", 3]), tensor("b", "float", [3, 2]), tensor("c", "float", [])],
    [tensor("sum", "float", ["rows", 3]), tensor("product", "float", ["rows", 2])],
)
# Every element type, through unchanged.
save(
    "types",
    [helper.make_node("Identity", [kind], [f"{kind}_out"]) for kind in TYPES],
    [tensor(kind, kind, ["n"]) for kind in TYPES],
    [tensor(f"{kind}_out", kind, ["n"]) for kind in TYPES],
)
# Fails when it runs: an index past the end.
save(
    "gather",
    [helper.make_node("Gather", ["table", "index"], ["row"])],
    [tensor("table", "float", ["n"]), tensor("index", "int64", [1])],
    [tensor("row", "float", [1])],
)
# Things that sessions refuse: doubles, strings, a list of tensors.
save("double", [helper.make_node("Identity", ["x"], ["y"])], [tensor("x", "double", [1])], [tensor("y", "double", [1])])
save("string", [helper.make_node("Identity", ["x"], ["y"])], [tensor("x", "string", [1])], [tensor("y", "string", [1])])
save(
    "sequence",
    [helper.make_node("SequenceConstruct", ["x"], ["y"])],
    [tensor("x", "float", [1])],
    [helper.make_tensor_sequence_value_info("y", TensorProto.FLOAT, [1])],
)
# Weights in a file beside the graph.
save(
    "external",
    [helper.make_node("Add", ["x", "weight"], ["y"])],
    [tensor("x", "float", [4])],
    [tensor("y", "float", [4])],
    [numpy_helper.from_array(numpy.float32([1, 2, 3, 4]), "weight")],
    dict(save_as_external_data=True, location="external.weights", size_threshold=0, convert_attribute=False),
)
# Never ends by itself: a loop of as many rounds as there are numbers.
save(
    "endless",
    [helper.make_node("Loop", ["rounds", "", "x"], ["y"], body=helper.make_graph(
        [
            helper.make_node("Identity", ["on"], ["on_out"]),
            helper.make_node("Add", ["state", "state"], ["state_out"]),
        ],
        "round",
        [tensor("round", "int64", []), tensor("on", "bool", []), tensor("state", "float", [1])],
        [tensor("on_out", "bool", []), tensor("state_out", "float", [1])],
    ))],
    [tensor("x", "float", [1])],
    [tensor("y", "float", [1])],
    [numpy_helper.from_array(numpy.int64(2**62), "rounds")],
)
