"""Reads checkpoints of the models' own repositories into the models of `transformers`."""

import re

import torch
from transformers import Dinov2Config, Dinov2Model, Dinov2WithRegistersConfig, Dinov2WithRegistersModel

DINOV2_HEADS = {384: 6, 768: 12, 1024: 16, 1536: 24}


def dinov2_state(weights):
    """The names of the repository's Vision Transformer -> those of transformers; the joint query, key and value are taken apart."""
    state = {}
    renamed = [
        (r"^cls_token$", "embeddings.cls_token"), (r"^mask_token$", "embeddings.mask_token"),
        (r"^pos_embed$", "embeddings.position_embeddings"), (r"^register_tokens$", "embeddings.register_tokens"),
        (r"^patch_embed\.proj\.", "embeddings.patch_embeddings.projection."), (r"^norm\.", "layernorm."),
        (r"^blocks\.(\d+)\.", r"encoder.layer.\1."), (r"\.attn\.proj\.", ".attention.output.dense."),
        (r"\.ls([12])\.gamma$", r".layer_scale\1.lambda1"), (r"\.mlp\.w12\.", ".mlp.weights_in."), (r"\.mlp\.w3\.", ".mlp.weights_out."),
    ]
    for name, value in weights.items():
        # The class token has its own row of the position table, first in both.
        target = name
        for pattern, replacement in renamed:
            target = re.sub(pattern, replacement, target)
        if ".attn.qkv." in target:
            for part, piece in zip(("query", "key", "value"), value.chunk(3, dim=0)):
                state[target.replace(".attn.qkv.", f".attention.attention.{part}.")] = piece
        else:
            state[target] = value
    return state


def dinov2(path):
    """The model of a dinov2_vit*14*_pretrain.pth."""
    weights = torch.load(path, map_location="cpu", weights_only=True)
    hidden = weights["pos_embed"].shape[-1]
    settings = dict(
        hidden_size=hidden, num_attention_heads=DINOV2_HEADS[hidden], image_size=518, patch_size=weights["patch_embed.proj.weight"].shape[-1],
        num_hidden_layers=1 + max(int(name.split(".")[1]) for name in weights if name.startswith("blocks.")),
        use_swiglu_ffn="blocks.0.mlp.w12.weight" in weights)
    if "register_tokens" in weights:
        model = Dinov2WithRegistersModel(Dinov2WithRegistersConfig(num_register_tokens=weights["register_tokens"].shape[1], **settings))
    else:
        model = Dinov2Model(Dinov2Config(**settings))
    missing, unexpected = model.load_state_dict(dinov2_state(weights), strict=False)
    if missing or unexpected:
        raise ValueError(f"{path}: not such a checkpoint; missing {missing[:3]}, unexpected {unexpected[:3]}")
    return model
