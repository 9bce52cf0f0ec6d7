"""The configuration of a network that trains in seconds."""

MODEL = """
[model]
widths = [8, 8, 8, 8, 8]
blocks = [1, 1, 1, 1]
pyramid = 8
feature_dimension = 8
embedding_dimension = 8
decoder_width = 8
"""
TRAIN = """
[train]
steps = 4
warmup = 1
runs = 2
sizes = [64]
final_sizes = [64]
base_size = 64
save_every_seconds = 0
"""
