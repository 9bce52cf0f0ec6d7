"""Makes cases for the parity tests: models with fixed random weights, their graphs, and what their own code makes of a picture.

    python -m export_foundation.parity tiny OUT          # the fixtures of Tests/BackbonesTests/Fixtures/parity
    python -m export_foundation.parity full OUT [NAME…]  # sizes of the published models; gigabytes
    BSB_PARITY=OUT swift test -c release --filter ParityTests   # compares, and prints the table of docs/models-parity.md
"""

import json
import pathlib
import sys

import numpy
import onnx
import onnxruntime
import torch
from PIL import Image, ImageDraw, ImageFilter

from . import exporting, reference


def randomise(model, seed):
    """Fixed random weights that keep activations and logits of a size that can be compared."""
    generator = torch.Generator().manual_seed(seed)
    tables = {f"{name}.weight" for name, module in model.named_modules() if isinstance(module, torch.nn.Embedding)}
    for name, value in sorted(model.state_dict().items()):
        if not value.is_floating_point():
            continue
        own = name.rsplit(".", 1)[-1]
        noise = torch.randn(value.shape, generator=generator)
        # Tables and tokens stand for activations; all other matrices are applied to some.
        if value.dim() > 1 and name not in tables and "embed" not in own and "token" not in own:
            noise = noise / value[0].numel() ** 0.5
        elif value.dim() == 1:
            noise = noise * 0.1 + (1 if "weight" in name or "lambda" in name else 0)
        value.copy_(noise)
    return model.eval()


def picture(width, height, seed):
    """A picture with edges, smooth areas and grain."""
    generator = numpy.random.default_rng(seed)
    image = Image.new("RGB", (width, height), (90, 120, 150))
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        x, y, r = generator.integers(0, width), generator.integers(0, height), int(generator.integers(3, max(4, height // 3)))
        draw.ellipse([x - r, y - r, x + r, y + r], fill=tuple(int(c) for c in generator.integers(0, 256, 3)))
    image = image.filter(ImageFilter.GaussianBlur(1))
    grain = generator.integers(-20, 21, (height, width, 3))
    return Image.fromarray(numpy.clip(numpy.asarray(image).astype(int) + grain, 0, 255).astype(numpy.uint8))


def prompts(width, height, count, seed, points_only):
    """Random prompts in pixels: one or two points, a box, or an earlier answer."""
    generator = numpy.random.default_rng(seed)
    made = []
    for index in range(count):
        def point(label):
            return [int(generator.integers(0, width)), int(generator.integers(0, height)), label]
        points, box, previous = [point(1)], None, None
        kind = index % 5
        if kind == 1:
            points.append(point(0))
        if not points_only and kind in (2, 3):
            a, b = sorted(generator.integers(0, width, 2).tolist()), sorted(generator.integers(0, height, 2).tolist())
            box = [a[0], b[0], a[1] + 1, b[1] + 1]
            points = points if kind == 2 else []
        if not points_only and kind == 4:
            previous = 0
        made.append({"points": points, "box": box, "previous": previous})
    return made


class Case:
    def __init__(self, folder, name, image, **description):
        self.folder = pathlib.Path(folder) / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.image = image
        self.description = description
        image.save(self.folder / "picture.png")

    def array(self, name, value):
        value = value.detach().numpy() if isinstance(value, torch.Tensor) else numpy.asarray(value)
        if value.dtype == bool:
            # Eight to a byte, each row on its own.
            value = numpy.packbits(value, axis=-1, bitorder="little")
        numpy.save(self.folder / f"{name}.npy", numpy.ascontiguousarray(value))

    def finish(self):
        (self.folder / "case.json").write_text(json.dumps(self.description, indent=1) + "\n")
        print(self.folder.name, sum(f.stat().st_size for f in self.folder.iterdir()) // 1000, "kB", flush=True)


@torch.no_grad()
def features_case(folder, name, model, image, side, pixel_count):
    generator = numpy.random.default_rng(7)
    pixels = [[int(generator.integers(0, image.size[0])), int(generator.integers(0, image.size[1]))] for _ in range(pixel_count)]
    patch = model.config.patch_size
    case = Case(folder, name, image, kind="features", side=side, patch=patch, pixels=pixels)
    resized, frame = reference.dino_frame(image, side)
    tokens = model(frame).last_hidden_state
    cells = side // patch
    assert tokens.shape[1] == 1 + model.config.num_register_tokens + cells * cells
    grid = tokens[:, -cells * cells:].transpose(1, 2).reshape(1, -1, cells, cells)
    case.array("resized", resized.byte())
    case.array("frame", frame[0, :, ::4, ::4])
    case.array("grid", grid[0].permute(1, 2, 0))
    case.array("pixels", reference.dino_pixels(grid, image, side, pixels))
    exporting.features(model, side, case.folder / "graph.onnx")
    case.finish()


@torch.no_grad()
def segmenter_case(folder, name, model, image, count, export, stretched, points_only):
    side = exporting.picture_side(model)
    asked = prompts(*image.size, count, 11, points_only)
    case = Case(folder, name, image, kind="segmenter", side=side, prompts=asked)
    resized, frame = (reference.sam2_frame if stretched else reference.sam_frame)(image, side)
    embeddings = model.get_image_embeddings(frame)
    logits, scores = reference.sam_answers(model, embeddings, asked, image, side, stretched)
    masks = (reference.sam2_masks if stretched else reference.sam_masks)(logits, image, side)
    case.array("resized", resized[::4, ::4] if stretched else resized.byte())
    case.array("frame", frame[0, :, ::4, ::4])
    case.array("grid", (embeddings[-1] if stretched else embeddings)[0].permute(1, 2, 0))
    case.array("logits", logits)
    case.array("scores", scores)
    case.array("masks", masks)
    export(model, case.folder)
    case.finish()


def compact(path):
    """Folds the constants of a small graph, whose bookkeeping is larger than its weights."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(path)
    onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    graph = onnx.load(path)
    exporting.shorten(graph.graph)
    del graph.opset_import[1:]
    onnx.save(graph, path)


def tiny(folder):
    from transformers import (
        DINOv3ViTConfig, DINOv3ViTModel, Dinov2WithRegistersConfig, Dinov2WithRegistersModel, Sam2Config, Sam2Model, SamConfig, SamModel)

    dino = Dinov2WithRegistersModel(Dinov2WithRegistersConfig(
        hidden_size=8, num_hidden_layers=2, num_attention_heads=2, mlp_ratio=2, image_size=70, patch_size=14, num_register_tokens=4))
    image = picture(72, 50, 1)
    features_case(folder, "dinov2-registers", randomise(dino, 1), image, 56, 40)
    dino = DINOv3ViTModel(dinov3_config(DINOv3ViTConfig, 16, 2, 2, 32))
    features_case(folder, "dinov3", randomise(dino, 1), image, 64, 40)
    sam = randomise(SamModel(sam_config(SamConfig, 8, 2, 2, 64, 2, [1], tiny=True)), 2)
    segmenter_case(folder, "sam-own-layout", sam, image, 5, exporting.sam, False, False)
    segmenter_case(folder, "sam-transformers-layout", sam, image, 2, exporting.sam_transformers, False, True)
    sam2 = randomise(Sam2Model(sam2_config(Sam2Config, tiny=True)), 3)
    segmenter_case(folder, "sam2-own-layout", sam2, image, 5, exporting.sam2, True, False)
    segmenter_case(folder, "sam2-transformers-layout", sam2, image, 2, exporting.sam2_transformers, True, True)
    for path in sorted(pathlib.Path(folder).glob("*/*.onnx")):
        compact(path)
    # As public exports of DINOv3 have it: weights in a file beside the graph.
    graph = pathlib.Path(folder) / "dinov3" / "graph.onnx"
    exporting.write(onnx.load(graph), graph, weights_beside=True)
    # What one layout of a model has shown need not be shown twice.
    for name in ("sam", "sam2"):
        for repeated in ("frame", "resized", "grid"):
            (pathlib.Path(folder) / f"{name}-transformers-layout" / f"{repeated}.npy").unlink()


def dinov3_config(kind, hidden, layers, heads, inner):
    return kind(hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=inner, num_register_tokens=4)


# Width, layers, heads, width of the layers in between.
DINOV3 = {"vits16": (384, 12, 6, 1536), "vitb16": (768, 12, 12, 3072), "vitl16": (1024, 24, 16, 4096)}

# Width, layers, heads, side, window, layers that see the whole picture.
SAM = {"base": (768, 12, 12, 1024, 14, [2, 5, 8, 11]), "large": (1024, 24, 16, 1024, 14, [5, 11, 17, 23]),
       "huge": (1280, 32, 16, 1024, 14, [7, 15, 23, 31])}

# What is left of ViT-B: width, and width of the layers in between.
SLIMSAM = {"slimsam-77": (168, 696), "slimsam-50": (384, 1536)}


def slimsam_config(kind, name):
    hidden, inner = SLIMSAM[name]
    config = sam_config(kind, hidden, *SAM["base"][1:])
    config.vision_config.mlp_dim = inner
    return config


def sam_config(kind, hidden, layers, heads, side, window, attention, tiny=False):
    vision = dict(hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads, image_size=side, window_size=window,
                  global_attn_indexes=attention)
    prompt, mask = dict(image_size=side), {}
    if tiny:
        vision |= dict(output_channels=8, mlp_dim=16, num_pos_feats=4)
        prompt |= dict(hidden_size=8, mask_input_channels=4)
        mask = dict(hidden_size=8, mlp_dim=16, num_attention_heads=2, iou_head_hidden_dim=8)
    return kind(vision_config=vision, prompt_encoder_config=prompt, mask_decoder_config=mask)


def sam2_config(kind, tiny=False):
    if not tiny:
        return kind()
    backbone = dict(model_type="sam2_hiera_det_model", hidden_size=4, image_size=[64, 64], blocks_per_stage=[1, 1, 2, 1],
                    embed_dim_per_stage=[4, 8, 16, 32], num_attention_heads_per_stage=[1, 1, 2, 2], window_size_per_stage=[4, 2, 4, 2],
                    window_positional_embedding_background_size=[4, 4], global_attention_blocks=[3], mlp_ratio=2.0)
    vision = dict(backbone_config=backbone, backbone_channel_list=[32, 16, 8, 4], backbone_feature_sizes=[[16, 16], [8, 8], [4, 4]],
                  fpn_hidden_size=8)
    prompt = dict(hidden_size=8, image_size=64, mask_input_channels=4)
    mask = dict(hidden_size=8, mlp_dim=16, num_attention_heads=2, iou_head_hidden_dim=8)
    return kind(vision_config=vision, prompt_encoder_config=prompt, mask_decoder_config=mask)


def full(folder, names):
    """The cases of `names`, or all but SAM ViT-H, whose weights take 2.5 GB."""
    from transformers import (
        DINOv3ViTConfig, DINOv3ViTModel, Dinov2WithRegistersConfig, Dinov2WithRegistersModel, Sam2Config, Sam2Model, SamConfig, SamModel)

    image = picture(640, 427, 5)

    def wanted(name):
        return name in names or (not names and name != "sam-vit-huge")

    sizes = {"small": (384, 12, 6), "large": (1024, 24, 16)}
    for size, (hidden, layers, heads) in sizes.items():
        for side in (224, 518):
            name = f"dinov2-{size}-registers-{side}"
            if wanted(name):
                config = Dinov2WithRegistersConfig(
                    hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads, image_size=518, patch_size=14)
                features_case(folder, name, randomise(Dinov2WithRegistersModel(config), 1), image, side, 200)
    for size in ("vits16", "vitl16"):
        for side in (224, 512):
            name = f"dinov3-{size}-{side}"
            if wanted(name):
                model = DINOv3ViTModel(dinov3_config(DINOv3ViTConfig, *DINOV3[size]))
                features_case(folder, name, randomise(model, 1), image, side, 200)
    for size in ("base", "huge"):
        name = f"sam-vit-{size}"
        if wanted(name):
            model = randomise(SamModel(sam_config(SamConfig, *SAM[size])), 2)
            segmenter_case(folder, name, model, image, 20, exporting.sam, False, False)
    for name in SLIMSAM:
        if wanted(name):
            model = randomise(SamModel(slimsam_config(SamConfig, name)), 2)
            segmenter_case(folder, name, model, image, 20, exporting.sam_transformers, False, True)
    if wanted("sam2.1-tiny"):
        segmenter_case(folder, "sam2.1-tiny", randomise(Sam2Model(sam2_config(Sam2Config)), 3), image, 20, exporting.sam2, True, False)


if __name__ == "__main__":
    kind, folder, *names = sys.argv[1:]
    tiny(folder) if kind == "tiny" else full(folder, names)
