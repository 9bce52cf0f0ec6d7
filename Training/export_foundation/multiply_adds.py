"""Counts the multiply-adds of one encoding by published architectures, without weights: the numbers of the catalogue's `multiplyAdds`.

    python -m export_foundation.multiply_adds [MOBILESAM-CHECKOUT] [EFFICIENTSAM-CHECKOUT]
"""

import pathlib
import sys

import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import (
    DINOv3ViTConfig, DINOv3ViTModel, Dinov2Config, Dinov2Model, Dinov2WithRegistersConfig, Dinov2WithRegistersModel, Sam2Config, Sam2Model,
    SamConfig, SamModel)

from . import parity


def count(name, model, run, side):
    """Half of the floating-point operations of matrix products, convolutions and attention, as torch counts them."""
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        run(model.eval(), torch.empty(1, 3, side, side, device="meta"))
    print(f"{name} {counter.get_total_flops() / 2:.3g}", flush=True)


def tokens(model, frame):
    return model(frame)


def embeddings(model, frame):
    return model.get_image_embeddings(frame)


def dinov2():
    for name, (hidden, layers, heads) in {"small": (384, 12, 6), "base": (768, 12, 12), "large": (1024, 24, 16), "giant": (1536, 40, 24)}.items():
        settings = dict(hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads, image_size=518, patch_size=14,
                        use_swiglu_ffn=name == "giant", attn_implementation="eager")
        count(f"dinov2-{name}", Dinov2Model(Dinov2Config(**settings)), tokens, 224)
        count(f"dinov2-{name}-registers", Dinov2WithRegistersModel(Dinov2WithRegistersConfig(**settings)), tokens, 224)


def dinov3():
    for name, shape in parity.DINOV3.items():
        config = parity.dinov3_config(DINOv3ViTConfig, *shape)
        config._attn_implementation = "eager"
        count(f"dinov3-{name}", DINOv3ViTModel(config), tokens, 224)


def sam():
    configs = {f"sam-vit-{name}": parity.sam_config(SamConfig, *shape) for name, shape in parity.SAM.items()}
    configs |= {name: parity.slimsam_config(SamConfig, name) for name in parity.SLIMSAM}
    for name, config in configs.items():
        config._attn_implementation = "eager"
        count(name, SamModel(config), embeddings, 1024)


def sam2():
    shapes = {"tiny": ([1, 2, 7, 2], 96, 1, [5, 7, 9], [8, 4, 14, 7]), "small": ([1, 2, 11, 2], 96, 1, [7, 10, 13], [8, 4, 14, 7]),
              "base-plus": ([2, 3, 16, 3], 112, 2, [12, 16, 20], [8, 4, 14, 7]), "large": ([2, 6, 36, 4], 144, 2, [23, 33, 43], [8, 4, 16, 8])}
    for name, (blocks, width, heads, attention, windows) in shapes.items():
        config = Sam2Config()
        backbone = config.vision_config.backbone_config
        backbone.hidden_size = width
        backbone.blocks_per_stage = blocks
        backbone.embed_dim_per_stage = [width * 2**i for i in range(4)]
        backbone.num_attention_heads_per_stage = [heads * 2**i for i in range(4)]
        backbone.window_size_per_stage = windows
        backbone.global_attention_blocks = attention
        config.vision_config.backbone_channel_list = [width * 2**i for i in (3, 2, 1, 0)]
        count(f"sam2.1-{name}", Sam2Model(config), embeddings, 1024)


def own_code(checkouts):
    for checkout in checkouts:
        sys.path.insert(0, str(pathlib.Path(checkout).resolve()))
    if checkouts:
        from mobile_sam import sam_model_registry

        count("mobilesam", sam_model_registry["vit_t"]().to("meta"), lambda model, frame: model.image_encoder(frame), 1024)
    if len(checkouts) > 1:
        from efficient_sam.efficient_sam import build_efficient_sam

        for name, (width, heads) in {"tiny": (192, 3), "small": (384, 6)}.items():
            model = build_efficient_sam(encoder_patch_embed_dim=width, encoder_num_heads=heads)
            count(f"efficientsam-{name}", model.to("meta"), embeddings, 1024)


if __name__ == "__main__":
    with torch.device("meta"):
        for family in (dinov2, dinov3, sam, sam2):
            family()
    own_code(sys.argv[1:])
