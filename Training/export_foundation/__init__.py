"""Exports published foundation models to the ONNX graphs that `bsb` runs, and checks them. See README.md."""
